"""The page's texts: what its script says, and the numbers that are always in sight."""

from __future__ import annotations

from botkit.i18n import Catalogues

EMERGENCY = (
    ("110", "webchat.danger.police"),
    ("119", "webchat.danger.fire"),
    ("120", "webchat.danger.ambulance"),
)
"""Shown where the station's emergency list holds them."""

PAGE_TEXTS = {
    "online": "webchat.state.online",
    "connecting": "webchat.state.connecting",
    "offline": "webchat.state.offline",
    "sending": "webchat.state.sending",
    "sent": "webchat.state.sent",
    "seen": "webchat.state.seen",
    "failed": "webchat.state.failed",
    "edited": "webchat.state.edited",
    "retry": "webchat.action.retry",
    "discard": "webchat.action.discard",
    "earlier": "webchat.action.earlier",
    "newer": "webchat.action.newer",
    "more": "webchat.action.more",
    "less": "webchat.action.less",
    "remove": "webchat.action.remove_photo",
    "bot": "webchat.author.bot",
    "officer": "webchat.author.officer",
    "me": "webchat.author.me",
    "photo": "webchat.photo.alt",
    "photoBroken": "webchat.photo.broken",
    "photoWaiting": "webchat.photo.waiting",
    "photoTooLarge": "webchat.error.photo_size.fix",
    "photoTooMany": "webchat.error.photo_count.fix",
    "photoLost": "webchat.photo.lost",
    "call": "webchat.action.call",
    "today": "webchat.day.today",
    "yesterday": "webchat.day.yesterday",
    "news": "webchat.state.news",
}
"""What the script says, by the names it uses."""


def page_texts(catalogues: Catalogues, language: str) -> dict[str, str]:
    """The script's texts in a language."""
    # The script puts the number in.
    return {name: catalogues.text(language, key, number="{number}") for name, key in PAGE_TEXTS.items()}
