"""The methods of the Bot API that the emulator has."""

from tests.telegram.methods import chats, commands, editing, receiving, sending, topics
from tests.telegram.methods.registry import HANDLERS

__all__ = ["HANDLERS", "chats", "commands", "editing", "receiving", "sending", "topics"]
