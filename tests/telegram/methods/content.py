"""What the parameters of a message mean: formatted text, buttons, what it answers."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from tests.telegram.chats import Chat, Stored
from tests.telegram.entities import cleaned, found, utf16
from tests.telegram.errors import bad
from tests.telegram.markup import parse_html
from tests.telegram.world import World

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024


def formatted(world: World, call: dict[str, Any], name: str = "text") -> tuple[str, list[dict[str, Any]]]:
    """A text without its markup, and its entities."""
    source = call.get(name, "")
    given = call.get("entities" if name == "text" else "caption_entities")
    mode = str(call.get("parse_mode", "")).lower()
    if mode == "html" and not given:
        text, marked = parse_html(source)
    elif mode and not given:
        raise bad("unsupported parse_mode")
    else:
        text, marked = source, list(given or ())
    text, marked = cleaned(text, marked)
    marked = [entity for entity in (_named(world, one) for one in marked) if entity]
    spans = [range(one["offset"], one["offset"] + one["length"]) for one in marked]
    marked += [one for one in found(text) if not any(one["offset"] in span for span in spans)]
    return _trimmed(text, sorted(marked, key=lambda one: one["offset"]))


def _named(world: World, entity: dict[str, Any]) -> dict[str, Any] | None:
    """A mention by id becomes one of the account; who is unknown to the bot can't be mentioned."""
    if entity["type"] != "text_mention":
        return entity
    user = entity["user"]
    known = world.users.get(user if isinstance(user, int) else user["id"])
    return entity | {"user": known.json()} if known else None


def _trimmed(text: str, marked: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """Space at both ends is taken away."""
    left = utf16(text) - utf16(text.lstrip())
    text = text.strip()
    room = utf16(text)
    kept = []
    for entity in marked:
        start = max(entity["offset"] - left, 0)
        end = min(entity["offset"] - left + entity["length"], room)
        if start < end:
            kept.append(entity | {"offset": start, "length": end - start})
    return text, kept


def text_of(world: World, call: dict[str, Any]) -> dict[str, Any]:
    """The fields of a text message."""
    text, marked = formatted(world, call)
    if not text:
        raise bad("message text is empty")
    if utf16(text) > LONGEST_TEXT:
        raise bad("message is too long")
    content: dict[str, Any] = {"text": text}
    if marked:
        content["entities"] = marked
    options = call.get("link_preview_options")
    if options and any(entity["type"] in ("url", "text_link") for entity in marked):
        content["link_preview_options"] = options
    return content


def caption_of(world: World, call: dict[str, Any]) -> dict[str, Any]:
    """The fields of a caption."""
    text, marked = formatted(world, call, "caption")
    if utf16(text) > LONGEST_CAPTION:
        raise bad("message caption is too long")
    content: dict[str, Any] = {"caption": text} if text else {}
    if marked:
        content["caption_entities"] = marked
    return content


def markup_of(call: dict[str, Any]) -> dict[str, Any]:
    """The inline buttons; other keyboards are shown to people, but not part of a message."""
    markup = call.get("reply_markup") or {}
    rows = markup.get("inline_keyboard")
    if not rows:
        return {}
    for button in (button for row in rows for button in row):
        data = button.get("callback_data")
        if data is not None and not 1 <= len(data.encode()) <= 64:
            raise bad("BUTTON_DATA_INVALID")
        if not button["text"]:
            raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
        if "url" in button and not urlsplit(button["url"]).scheme:
            raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
        if len(button) < 2:
            raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    return {"reply_markup": {"inline_keyboard": [row for row in rows if row]}}


def answered(world: World, chat: Chat, call: dict[str, Any]) -> tuple[Stored | None, dict[str, Any] | None]:
    """What the message replies to, and the quotation from it."""
    reply = call.get("reply_parameters")
    if not reply:
        return None, None
    stored = chat.find(int(reply["message_id"]))
    if stored is None:
        if reply.get("allow_sending_without_reply"):
            return None, None
        raise bad("message to be replied not found")
    if "quote" not in reply:
        return stored, None
    text = reply["quote"] if "quote_parse_mode" not in reply else parse_html(reply["quote"])[0]
    place = stored.text.find(text)
    if place < 0:
        raise bad("QUOTE_TEXT_INVALID")
    return stored, {"text": text, "position": utf16(stored.text[:place]), "is_manual": True}


__all__ = ["answered", "caption_of", "formatted", "markup_of", "text_of"]
