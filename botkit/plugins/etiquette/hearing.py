"""Hearing: which lines of a group are meant for the desk. The screen's hook, in memory (E4, E5, E6, E15)."""

from __future__ import annotations

from botkit.decision import Concern, Verdict
from botkit.messages import ChatKind, Message, MessageKind
from botkit.plugins.etiquette.addressing import calls_everybody, is_call, names
from botkit.plugins.etiquette.settings import EtiquetteSettings
from botkit.plugins.etiquette.smalltalk import smalltalk
from botkit.services import Services

CALLED = Verdict(Concern.ADDRESSED, "called")
ALIAS = Verdict(Concern.ADDRESSED, "alias")
AWAITED = Verdict(Concern.ADDRESSED, "awaited")
HERE = Verdict(Concern.ADDRESSED, "empty")
STILL_HERE = Verdict(Concern.ADDRESSED, "empty.again")
_SAID = frozenset(
    {MessageKind.TEXT, MessageKind.PHOTO, MessageKind.VOICE, MessageKind.VIDEO, MessageKind.DOCUMENT,
     MessageKind.LOCATION}
)  # fmt: skip
_EMPTY = 60


def hear(message: Message, services: Services) -> Verdict | None:
    """Whether a group message speaks to the desk by word; the platform marks mentions of the bot and replies to it."""
    if message.chat.kind is not ChatKind.GROUP:
        return None
    activity = services.activity
    if message.addressed:
        if _empty(message):
            return HERE if activity.awaits(message, _settings(services).wait) else STILL_HERE
        activity.awaited(message)
        return None
    ways = services.chats.ways(message.chat)
    if ways.mentions_only or ways.off:
        return None
    for_others = bool(message.mentions) or message.text.startswith(("@", "＠"))
    if for_others and calls_everybody(message.text):
        return None
    if for_others or "@" in message.text or "＠" in message.text:
        if _means_desk(message, services):
            return ALIAS
        if for_others:
            return None
    if activity.awaiting and message.revision == 0 and message.kind in _SAID and activity.awaited(message):
        return AWAITED
    if not message.text or not is_call(message.text):
        return None
    return None if activity.officer_spoke(message.chat, _settings(services).officer) else CALLED


def _empty(message: Message) -> bool:
    if message.kind is not MessageKind.TEXT or message.attachments or len(message.text) > _EMPTY:
        return False
    # An edit or a reply is no new call.
    return not message.revision and message.reply_to is None and smalltalk(message.text) == "empty"


def _means_desk(message: Message, services: Services) -> bool:
    """Whether an officer's place is mentioned which the bot holds now: no officer is there to answer."""
    settings = _settings(services)
    if not names(message.text, settings.aliases) and not any(
        each.lstrip("@") in settings.aliases or services.officers.known(message.chat.adapter, each)
        for each in message.mentions
    ):
        return False
    return services.covers(services.clock.now()) and not services.activity.officer_spoke(message.chat, settings.officer)


def _settings(services: Services) -> EtiquetteSettings:
    settings: EtiquetteSettings = services.plugin_settings("etiquette")
    return settings
