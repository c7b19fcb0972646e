"""Composing: texts as Matrix' content, plain and formatted, and what they relate to."""

from __future__ import annotations

import re
from html import escape
from typing import Any

from adapters.matrix.authors import Written
from botkit.messages import Outgoing

FORMAT = "org.matrix.custom.html"
MAX_FORMATTED = 2500
"""Characters of the longest text that is sent formatted too: an event has 65,536 bytes."""
OLD = 200
"""Characters of an edit that clients see which know no edits."""
_LINK = re.compile(r"https?://[^\s<>\"'，。；！？、（）《》“”]+")
_TRAIL = ".,;:!?)]}"


def composed(out: Outgoing) -> dict[str, Any]:
    """The content of a text: words are never markup, so nobody can forge an author's name or a link's aim.

    Nobody is mentioned by it, whatever names stand in it, but whoever is answered.
    """
    body = f"{out.author}\n{out.text}" if out.author else out.text
    content: dict[str, Any] = {"msgtype": "m.notice" if out.silent else "m.text", "body": body, "m.mentions": {}}
    if len(body) > MAX_FORMATTED:
        return content
    html = formatted(out.text)
    if out.author:
        html = f"<strong>{escape(out.author)}</strong><br>{html}"
    if html != escape(body):
        content |= {"format": FORMAT, "formatted_body": html}
    return content


def formatted(words: str) -> str:
    """A plain text as HTML: lines kept, addresses made links to themselves."""
    parts, end = [], 0
    for found in _LINK.finditer(words):
        address = found[0].rstrip(_TRAIL)
        parts.append(escape(words[end : found.start()]))
        parts.append(f'<a href="{escape(address)}">{escape(address)}</a>')
        end = found.start() + len(address)
    parts.append(escape(words[end:]))
    return "".join(parts).replace("\n", "<br>")


def related(content: dict[str, Any], out: Outgoing, answered: Written | None) -> dict[str, Any]:
    """The content with what it answers and the thread it stands in: the one asked for, or that of what is answered."""
    thread = out.thread or (answered.thread if answered is not None else None)
    relation: dict[str, Any] = {}
    if thread is not None:
        # Clients without threads show it as an answer to the thread's first message.
        relation = {"rel_type": "m.thread", "event_id": thread, "is_falling_back": out.reply_to is None}
        relation["m.in_reply_to"] = {"event_id": out.reply_to or thread}
    elif out.reply_to is not None:
        relation = {"m.in_reply_to": {"event_id": out.reply_to}}
    if not relation:
        return content
    if out.reply_to is not None and answered is not None and answered.author is not None:
        content = {**content, "m.mentions": {"user_ids": [answered.author]}}
    return {**content, "m.relates_to": relation}


def replacing(content: dict[str, Any], target: str) -> dict[str, Any]:
    """The content as a new version of a message of ours."""
    fallback = {name: value for name, value in content.items() if not name.startswith("format")}
    fallback["body"] = f"* {content['body'][:OLD]}"
    return {**fallback, "m.new_content": content, "m.relates_to": {"rel_type": "m.replace", "event_id": target}}
