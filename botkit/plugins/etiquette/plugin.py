"""The plugin: the screen's hook for being called, the guard, and smalltalk, registered with the framework."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from botkit.context import Context
from botkit.decision import Concern, Decision, Disposition, Escalation, Verdict
from botkit.messages import ChatKind, Message, MessageKind, say, tr
from botkit.plugin import Plugin, Stage
from botkit.plugins.etiquette.addressing import is_call
from botkit.plugins.etiquette.smalltalk import smalltalk
from botkit.plugins.etiquette.subjects import Subjects, load
from botkit.services import Services


class EtiquetteSettings(BaseModel):
    """The table ``[etiquette]`` of a station's settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    subjects: str = Field("etiquette/police.toml", description="the guard's lists, beside the settings")


plugin = Plugin("etiquette", settings=EtiquetteSettings, folder=Path(__file__).parent)

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

CALLED = Verdict(Concern.ADDRESSED, "called")
_subjects: dict[Path, Subjects] = {}


@plugin.on_start
async def start(services: Services) -> None:
    """Read the guard's lists. Raises ``SettingsError``: a bot without a guard must not start."""
    path = _path(services)
    _subjects[path] = load(path)


def _path(services: Services) -> Path:
    settings: EtiquetteSettings = services.plugin_settings("etiquette")
    return services.config / settings.subjects


@plugin.screen
def screen(message: Message) -> Verdict | None:
    """Whether a group message calls the officer by word; the platform marks mentions and replies itself."""
    if message.chat.kind is not ChatKind.GROUP or message.addressed or message.mentions:
        return None
    if message.sender.is_bot:
        return None
    return CALLED if message.text and is_call(message.text) else None


@plugin.stage(Stage.GUARD)
def guard(context: Context, segment: str) -> Decision | None:
    """Give police business, and an ask for a person, to a human before the directory sees it."""
    if smalltalk(segment) == "what":
        # "你是真人吗" asks what it talks to; it does not ask for a person yet.
        return _said(context, "what")
    found = _subjects[_path(context.services)].topic(segment)
    if found is None:
        return None
    topic, word = found
    return Decision(
        Disposition.ESCALATED,
        effects=(Escalation(topic, "routine", f"guard.{topic}"),),
        reason={"rule": f"guard.{topic}", "word": word, "topic": topic},
    )


@plugin.stage(Stage.SMALLTALK)
def chat(context: Context, message: Message, segment: str) -> Decision | None:
    """One short, warm line to what is nothing but smalltalk."""
    if message.kind is not MessageKind.TEXT:
        return None
    kind = smalltalk(segment)
    return _said(context, kind) if kind else None


def _said(context: Context, kind: str) -> Decision:
    silent = kind == "sign" or (kind in QUIET and not context.message.private)
    replies = () if silent else (say(tr(LINES[kind])),)
    return Decision(Disposition.SMALLTALK, replies, reason={"rule": f"smalltalk.{kind}"})
