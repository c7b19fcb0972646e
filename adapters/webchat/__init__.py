"""Web chat: a page on which a resident talks with the station's desk, without an account anywhere."""

from adapters.webchat.adapter import WebChat

__all__ = ["WebChat"]
