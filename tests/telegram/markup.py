"""Telegram's HTML: the tags it knows, the errors it gives, entities in UTF-16 code units."""

from __future__ import annotations

import re
from typing import Any

from tests.telegram.entities import utf16
from tests.telegram.errors import bad

_TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "span": "spoiler", "code": "code", "pre": "pre", "a": "text_link", "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}  # fmt: skip
_TAG = re.compile(r"<(/?)([^\s>/]*)([^>]*)>")
_ATTRIBUTE = re.compile(r"""([\w-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#(\d+)|#[xX]([0-9a-fA-F]+)|(\w+));?")


def parse_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """The text of an HTML message and its entities. Raises what Telegram answers to a mistake."""
    text = ""
    entities: list[dict[str, Any]] = []
    still_open: list[tuple[str, dict[str, Any]]] = []
    place = 0
    while place < len(source):
        if source[place] != "<":
            end = source.find("<", place)
            end = len(source) if end < 0 else end
            text += _REFERENCE.sub(_character, source[place:end])
            place = end
            continue
        offset = len(source[:place].encode())
        tag = _TAG.match(source, place)
        if tag is None:
            raise _mistake(f"Unclosed start tag at byte offset {offset}")
        closing, name, rest = tag[1], tag[2].lower(), tag[3]
        if closing:
            if not still_open:
                raise _mistake(f"Unexpected end tag at byte offset {offset}")
            opened, entity = still_open.pop()
            if opened != name:
                raise _mistake(f'Unmatched end tag at byte offset {offset}, expected "</{opened}>", found "</{name}>"')
            entity["length"] = utf16(text) - entity["offset"]
            if entity["length"] and (entity["type"] != "text_link" or entity["url"]):
                entities.append(entity)
        else:
            still_open.append((name, _entity(name, rest, offset) | {"offset": utf16(text)}))
        place = tag.end()
    if still_open:
        raise _mistake(f'Can\'t find end tag corresponding to start tag "{still_open[-1][0]}"')
    return text, sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _entity(name: str, rest: str, offset: int) -> dict[str, Any]:
    kind = _TAGS.get(name)
    if kind is None:
        raise _mistake(f'Unsupported start tag "{name}" at byte offset {offset}')
    given = {match[1].lower(): next((part for part in match.groups()[1:] if part), "") for match in _attributes(rest)}
    if name == "span" and given.get("class") != "tg-spoiler":
        raise _mistake(f'Tag "span" must have class "tg-spoiler" at byte offset {offset}')
    if kind == "text_link":
        url = _REFERENCE.sub(_character, given.get("href", ""))
        if url.startswith("tg://user?id="):
            return {"type": "text_mention", "user": int(url.partition("=")[2])}
        return {"type": kind, "url": url}
    if kind == "blockquote" and "expandable" in given:
        return {"type": "expandable_blockquote"}
    if kind == "custom_emoji":
        return {"type": kind, "custom_emoji_id": given.get("emoji-id", "")}
    return {"type": kind}


def _attributes(rest: str) -> list[re.Match[str]]:
    return list(_ATTRIBUTE.finditer(rest))


def _character(match: re.Match[str]) -> str:
    if match[1]:
        return chr(int(match[1]))
    if match[2]:
        return chr(int(match[2], 16))
    return _NAMED.get(match[3], match[0])


def _mistake(what: str) -> Exception:
    return bad(f"can't parse entities: {what}")
