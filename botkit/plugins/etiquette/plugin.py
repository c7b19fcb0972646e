"""The plugin: everything that etiquette registers with the framework, on one page."""

from __future__ import annotations

from pathlib import Path
from weakref import WeakKeyDictionary

from botkit.context import Context
from botkit.decision import Decision, Disposition, Escalation, Verdict, silent
from botkit.messages import Button, Message, MessageKind, Reply, say, tr
from botkit.plugin import Plugin, Stage
from botkit.plugins.etiquette import abuse, details, hearing, manners, subjects
from botkit.plugins.etiquette.abuse import Abuse
from botkit.plugins.etiquette.settings import EtiquetteSettings
from botkit.plugins.etiquette.smalltalk import smalltalk
from botkit.plugins.etiquette.subjects import Subjects
from botkit.services import Services
from botkit.storage import Database

plugin = Plugin(
    "etiquette",
    models=("botkit.plugins.etiquette.models",),
    migrations="botkit.plugins.etiquette.migrations",
    settings=EtiquetteSettings,
    folder=Path(__file__).parent,
)

plugin.screen(hearing.hear)
plugin.middleware(manners.mind)
plugin.applies(details.Kept)(details.keep)
plugin.command("start")(details.opened)

LINES = {
    "greeting": "etiquette.greeting",
    "empty": "etiquette.here",
    "thanks": "etiquette.thanks",
    "what": "etiquette.what",
    "bye": "etiquette.bye",
    "ack": "etiquette.ack",
}
"""What is said to each kind of smalltalk."""
QUIET = frozenset({"thanks", "bye", "ack"})
"""Kinds that get no line in a group, where everybody would read it."""

_lists: WeakKeyDictionary[Database, tuple[Subjects, Abuse]] = WeakKeyDictionary()


@plugin.on_start
async def start(services: Services) -> None:
    """Read the lists. Raises ``SettingsError``: a bot without a guard must not start."""
    settings: EtiquetteSettings = services.plugin_settings("etiquette")
    guards = subjects.load(services.config / settings.subjects)
    _lists[services.database] = guards, abuse.load(services.config / settings.abuse)


@plugin.stage(Stage.GUARD)
def guard(context: Context, segment: str) -> Decision | None:
    """Give police business, and an ask for a person, to a human before the directory sees it."""
    guards, insults = _lists[context.services.database]
    if insults.is_all(context.message.text):
        return _calm(context, segment)
    if smalltalk(segment) == "what":
        # "你是真人吗" asks what it talks to; it does not ask for a person yet.
        return _said(context, "what")
    found = guards.topic(segment)
    if found is None:
        return None
    topic, word = found
    return Decision(
        Disposition.ESCALATED,
        effects=(Escalation(topic, "routine", f"guard.{topic}"),),
        reason={"rule": f"guard.{topic}", "word": word, "topic": topic},
    )


@plugin.stage(Stage.SMALLTALK)
def chat(context: Context, message: Message, verdict: Verdict | None, segment: str) -> Decision | None:
    """One short, warm line to what is nothing but smalltalk."""
    if message.kind is not MessageKind.TEXT:
        return None
    kind = smalltalk(segment)
    if kind == "empty" and verdict is not None and verdict.rule == hearing.STILL_HERE.rule:
        # It said a moment ago that it listens.
        return Decision(Disposition.SMALLTALK, reason={"rule": verdict.rule})
    return _said(context, kind) if kind else None


@plugin.button("person")
def person() -> Decision:
    """The button that offers a person: a person it is."""
    return Decision(
        Disposition.ESCALATED, (), (Escalation("human_request", reason="button"),), reason={"rule": "person"}
    )


@plugin.button("what")
def what(context: Context) -> Decision:
    """The button under the first lines in private: what the bot is."""
    return _said(context, "what")


def _said(context: Context, kind: str) -> Decision:
    reason = {"rule": f"smalltalk.{kind}"}
    if context.message.private and kind != "sign":
        return Decision(Disposition.SMALLTALK, (say(tr(LINES[kind])),), reason=reason)
    if kind == "sign" or kind in QUIET:
        sign = context.services.plugin_settings("etiquette").reaction if kind == "thanks" else ""
        return Decision(Disposition.SMALLTALK, (Reply((), reaction=sign),) if sign else (), reason=reason)
    return Decision(Disposition.SMALLTALK, (say(tr(LINES[kind])),), reason=reason)


def _calm(context: Context, segment: str) -> Decision:
    """In front of others nothing; in private one calm line, and the offer of a person."""
    if not context.message.private:
        return silent(rule="abuse")
    first = not context.segments or segment == context.segments[0]
    button = Button(tr("etiquette.abuse.person"), "etiquette.person")
    replies = (say(tr("etiquette.abuse"), buttons=(button,)),) if first else ()
    return Decision(Disposition.SMALLTALK, replies, reason={"rule": "abuse"})
