"""Details: what is too long or too private for a group is said in private, with one line in the group (E8)."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, replace
from datetime import timedelta

from botkit.context import Context
from botkit.decision import Decision, Disposition, answer, silent
from botkit.i18n import MissingText
from botkit.messages import Button, Ref, Reply, say, tr
from botkit.outgoing import split
from botkit.plugins.etiquette.settings import EtiquetteSettings
from botkit.sql import Statement, insert, moment
from botkit.storage import UnitOfWork

HELLO = "hello"
"""The token of a link that opens the chat and nothing more."""
START = "start"
"""The token of the link on a group's card, by which somebody new comes."""
CARD = tuple(tr(f"etiquette.start.{line}") for line in ("answers", "passes", "danger"))
"""What somebody reads who opens the private chat: what the bot answers, what it passes on, whom to call in danger."""
CARD_BUTTONS = (
    Button(tr("etiquette.start.what"), "etiquette.what"),
    Button(tr("etiquette.abuse.person"), "etiquette.person"),
)
KEEP = insert("etiquette_detail", "id station_id token identity_id payload expires_at")
SWEEP = Statement("DELETE FROM etiquette_detail WHERE expires_at < ?")
_ENDS = "。！？；.!?;\n"


@dataclass(frozen=True, slots=True)
class Kept:
    """An effect: an answer waits behind a link for the person who asked. ``payload`` is JSON."""

    token: str
    identity_id: int
    payload: str
    hours: int


def here(decision: Decision) -> tuple[Reply, ...]:
    """The replies that would stand in the chat of the message."""
    return tuple(reply for reply in decision.replies if reply.to is None and reply.reaction is None)


def text_of(context: Context, decision: Decision) -> str:
    """What would stand in the chat, or nothing where that is known only after its effects."""
    catalogues = context.services.catalogues
    try:
        return "\n".join(catalogues.render(line, context.language) for reply in here(decision) for line in reply.lines)
    except MissingText:
        return ""


def too_much(decision: Decision, text: str, settings: EtiquetteSettings) -> bool:
    """Whether an answer is too long for a group: in characters, or because it tells of several entries."""
    parts = decision.reason.get("parts", ())
    return len(text) > settings.longest or sum("entry" in part for part in parts) > 1


def private(decision: Decision, settings: EtiquetteSettings) -> bool:
    """Whether an answer is nobody's business but the asker's."""
    parts = (decision.reason, *decision.reason.get("parts", ()))
    return any(part.get("topic") in settings.private_topics for part in parts)


async def aside(context: Context, decision: Decision, text: str, settings: EtiquetteSettings) -> Decision:
    """The decision with its answer in private: sent there, or behind a link; shortened where neither can be."""
    if not text:
        return decision
    others = tuple(reply for reply in decision.replies if reply not in here(decision))
    reason = dict(decision.reason)
    chat = await context.services.private_chat(context.message)
    if chat is not None:
        moved = [replace(reply, to=chat, language=context.language, quote=False) for reply in here(decision)]
        line = say(tr("etiquette.details.sent"))
        return replace(decision, replies=(line, *moved, *others), reason={**reason, "told": "dm"})
    token = secrets.token_urlsafe(12)
    link = private_link(context, token)
    # What stood in its arguments is plain text from here on: the guard must still know every number.
    vouched = not context.services.numbers.unknown(text)
    if link is not None and vouched:
        kept = Kept(token, context.identity_id, _payload(context, decision, text), settings.details_hours)
        line = say(tr("etiquette.details.link", link=Ref(link)))
        effects = (*decision.effects, kept)
        return replace(decision, replies=(line, *others), effects=effects, reason={**reason, "told": "link"})
    if private(decision, settings):
        line = say(tr("etiquette.details.private"))
        return replace(decision, replies=(line, *others), reason={**reason, "told": "nothing"})
    if not vouched or len(text) <= settings.longest:
        return decision
    first = here(decision)[0]
    line = replace(first, lines=(shortened(text, settings.longest), tr("etiquette.details.more")))
    return replace(decision, replies=(line, *others), reason={**reason, "told": "shortened"})


def private_link(context: Context, token: str) -> str | None:
    """The address that opens a private chat, where the platform has one."""
    adapter = context.services.adapters.get(context.chat.adapter)
    return adapter.private_link(token) if adapter is not None else None


def shortened(text: str, longest: int) -> str:
    """The beginning of a text: whole lines, else whole sentences; never half a number."""
    cut = split(text, longest)[0]
    if cut.count("\n") or text.startswith(f"{cut}\n"):
        return cut
    end = max(cut.rfind(sign) for sign in _ENDS)
    return cut[: end + 1] if end > 0 else f"{cut.rstrip('0123456789-+() ')}…"


def _payload(context: Context, decision: Decision, text: str) -> str:
    render, language = context.services.catalogues.render, context.language
    buttons = [
        (render(button.label, language), button.action, button.payload)
        for reply in here(decision)
        for button in reply.buttons
    ]
    return json.dumps({"text": text, "buttons": buttons}, ensure_ascii=False)


async def keep(kept: Kept, unit: UnitOfWork) -> None:
    """Store an answer behind its link, and forget those whose time is over."""
    now, station = unit.database.clock.now(), unit.database.station_id
    unit.write(SWEEP, now)
    until = now + timedelta(hours=kept.hours)
    unit.write(KEEP, unit.new_id(), station, kept.token, kept.identity_id, kept.payload, until)


async def opened(context: Context) -> Decision | None:
    """``/start``: somebody opened the private chat, by themselves or through a link in a group."""
    if not context.message.private:
        return silent(rule="start")
    if context.args in ("", START):
        return Decision(Disposition.SMALLTALK, (say(*CARD, buttons=CARD_BUTTONS),), reason={"rule": "start"})
    if context.args == HELLO:
        return Decision(Disposition.SMALLTALK, (say(tr("etiquette.greeting")),), reason={"rule": "start"})
    rows = await context.services.database.read(
        "SELECT identity_id, payload, expires_at FROM etiquette_detail WHERE token = ?", context.args[:32]
    )
    if not rows or rows[0]["identity_id"] != context.identity_id or moment(rows[0]["expires_at"]) < context.clock.now():
        return answer(tr("etiquette.details.gone"), rule="details.gone")
    kept = json.loads(rows[0]["payload"])
    buttons = tuple(Button(label, action, payload) for label, action, payload in kept["buttons"])
    return answer(kept["text"], buttons=buttons, rule="details")
