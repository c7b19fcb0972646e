"""Quotes: what somebody else said, which chat clients put into a reply, apart from what the sender says."""

from __future__ import annotations

import re

_NAME = r"[^\n:：「」\[\]]{1,32}"
# WeChat: 「name：text」, then a line of dashes, then the reply.
_CORNERS = re.compile(rf"^\s*「({_NAME}[:：][^」]{{0,4000}})」[ \t]*\n[ \t]*(?:[-—–_][ \t]?){{3,200}}[ \t]*(?:\n|$)")
_CORNERS_FIRST = re.compile(rf"^\s*「({_NAME}[:：][^」]{{0,4000}})」[ \t]*\n")
_BRACKETED = re.compile(r"^\s*[\[【](?:引用|Quote|quote)[:： ]([^\]】\n]{1,4000})[\]】]\s*")
_MARKED = re.compile(r"^\s*(?:[\[【](?:引用|Quote|quote)[\]】]|引用[:：])[ \t]*([^\n]{0,4000})(?:\n|$)")
_REPLY = re.compile(rf"^\s*(?:回复|答复|Reply to|reply to|In reply to)\s*@?({_NAME})[:：]\s*")
_LINE = re.compile(r"^[ \t]*[>＞]")
_WROTE = re.compile(rf"^[ \t]*(?:On [^\n]{{4,80}} wrote|{_NAME}(?:写道|说道))[:：][ \t]*$")
_REPOST = re.compile(r"//@[^\s:：]{1,32}[:：]")


def quoted(text: str) -> tuple[str, str]:
    """What the sender says, and what is quoted in it (empty where nothing is); line breaks part several quotes.

    Known are lines with ``>`` and "On … wrote:", 「name：…」 before the reply, ``[引用]``, and ``//@name:`` of
    reposts; 「…」 inside a sentence is the sender's. "回复 name：" is dropped. A message that only quotes says
    nothing itself. Never raises; linear.
    """
    others: list[str] = []
    for opening in (_CORNERS, _CORNERS_FIRST, _BRACKETED, _MARKED):
        if found := opening.match(text):
            others.append(found[1].strip())
            text = text[found.end() :]
            break
    if found := _REPLY.match(text):
        text = text[found.end() :]
    if "//@" in text and (found := _REPOST.search(text)):
        others.append(text[found.start() + 2 :].strip())
        text = text[: found.start()]
    if ">" in text or "＞" in text:
        own: list[str] = []
        for line in text.split("\n"):
            if _LINE.match(line):
                if own and _WROTE.match(own[-1]):
                    own.pop()
                others.append(line.strip().lstrip(">＞ \t"))
            else:
                own.append(line)
        text = "\n".join(own)
    return (text.strip(), "\n".join(one for one in others if one)) if others else (text, "")
