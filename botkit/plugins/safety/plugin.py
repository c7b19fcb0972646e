"""The plugin: the screen's hook, the safety stage and the emergency numbers, for the framework."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from hashlib import blake2s
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from botkit.chats import Ways
from botkit.context import Context
from botkit.decision import Concern, Decision, Disposition, Escalation, Manner, Verdict
from botkit.errors import BotkitError
from botkit.intake import WORDLESS
from botkit.language.normalise import normalise
from botkit.messages import Lane, Message, Reply, say, tr
from botkit.plugin import Plugin, Stage
from botkit.plugins.safety import cli, events
from botkit.plugins.safety.engine import SafetyRules
from botkit.plugins.safety.finding import Finding
from botkit.plugins.safety.telling import TOLD
from botkit.plugins.safety.texts import ADVICE
from botkit.services import Services

_CODE = re.compile(r"[A-Za-z0-9@_ -]{0,32}")
QUIET = "nothing"
"""What the reason of a quiet page tells as ``said``: nobody but officers heard of it."""


class SafetySettings(BaseModel):
    """The table ``[safety]`` of a station's settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rules: str = Field("safety", description="the folder of the rules, in the folder of the settings")
    silence_minutes: int = Field(30, ge=1, description="in a group, one line a kind of danger")

    @property
    def silence(self) -> timedelta:
        """How long a line about a danger stands before the next."""
        return timedelta(minutes=self.silence_minutes)


plugin = Plugin("safety", settings=SafetySettings, folder=Path(__file__).parent)
plugin.cli = cli.app


class _Loaded:
    """The rules of the running bot; the screen's hook gets nothing but the message."""

    rules: SafetyRules | None = None


@plugin.on_start
async def load(services: Services) -> None:
    """Compile the rules. Raises ``SettingsError``: a bot without them must not start."""
    settings: SafetySettings = services.plugin_settings("safety")
    _Loaded.rules = SafetyRules.load(services.config / settings.rules)


def rules() -> SafetyRules:
    """The rules. Raises ``BotkitError`` before the bot has started."""
    if _Loaded.rules is None:
        raise BotkitError("the safety rules are loaded when the bot starts")
    return _Loaded.rules


@plugin.numbers
def numbers() -> frozenset[str]:
    """The fixed emergency numbers."""
    return frozenset(number.number for number in _Loaded.rules.numbers) if _Loaded.rules else frozenset()


@plugin.screen
def screen(message: Message, services: Services) -> Verdict | None:
    """Whether a message tells of danger or fraud. Officers and other bots are not judged."""
    if not message.text or message.chat.kind.staffed or message.sender.is_bot or _token(message.text):
        return None
    plain = not (message.private or message.addressed)
    found = rules().judge(message.text, plain=plain, today=_today(services))
    if found is None or (plain and not _heard(message, found, services)):
        return None
    verdict = verdict_of(found, message)
    if plain and services.activity.muted(message, found.kind):
        # It was a false alarm a moment ago. Nobody hears of it again; an officer looks all the same.
        return replace(verdict, quiet=True, advice="") if found.concern is Concern.EMERGENCY else None
    return verdict


def _heard(message: Message, found: Finding, services: Services) -> bool:
    """Whether the bot may react to this in the talk of a group: never to officers, who need no advice from it."""
    if services.officers.known(message.chat.adapter, message.sender.id):
        return False
    return speaks_up(services.chats.ways(message.chat), found.concern)


def _token(text: str) -> bool:
    """Whether a text is a command with nothing but a token, such as a code: its letters are nobody's words."""
    name, _, rest = text.partition(" ")
    return name in WORDLESS and _CODE.fullmatch(rest) is not None


def speaks_up(ways: Ways, concern: Concern) -> bool:
    """Whether a group wants to hear of danger or fraud in its talk. A group switched off still hears of danger."""
    return ways.dangers if concern is Concern.EMERGENCY else ways.scams and not ways.off


def verdict_of(found: Finding, message: Message) -> Verdict:
    """A finding as the screen's verdict, with the advice that fits the chat."""
    if found.quiet:
        return Verdict(found.concern, found.rule, found.kind, urgent=found.urgent, quiet=True)
    full, brief = ADVICE[found.advice]
    return Verdict(found.concern, found.rule, found.kind, full if message.private else brief, found.urgent)


@plugin.stage(Stage.SAFETY)
async def decide(context: Context, verdict: Verdict | None, message: Message) -> Decision | None:
    """The fixed advice, and a human. What the screen found stands; it is not looked for again."""
    if verdict is None or verdict.concern is Concern.PLAIN:
        return None
    if verdict.concern is Concern.ADDRESSED:
        # Addressed by a plugin of the screen ("民警同志,…"), not by the platform: it was read as plain talk,
        # and what is said to the bot itself is taken more seriously.
        if message.private or message.addressed or not message.text:
            return None
        found = rules().judge(message.text, plain=False, today=_today(context.services))
        if found is None:
            return None
        verdict = verdict_of(found, message)
        posted = False
    else:
        posted = not (message.private or message.addressed)
    reason = {"rule": verdict.rule, "topic": verdict.kind, "urgent": verdict.urgent}
    if verdict.quiet:
        return quiet_page(verdict, reason)
    if posted and verdict.concern is Concern.EMERGENCY:
        return await _posted_danger(context, verdict, reason)
    if posted and verdict.rule.startswith(TOLD):
        return await _posted_loss(context, verdict, reason)
    reply = _advice(context, verdict, message, posted)
    if verdict.concern is Concern.EMERGENCY:
        effect = Escalation(verdict.kind, "emergency", verdict.rule)
        return Decision(Disposition.EMERGENCY, (reply,), (effect,), reason=reason)
    effects: tuple[Escalation, ...] = (
        Escalation(verdict.kind, "fraud" if verdict.urgent else "routine", verdict.rule),
    )
    if posted and not verdict.urgent:
        # An advert posted among neighbours waits for nobody's answer: one line of warning is all.
        effects = ()
    return Decision(Disposition.FRAUD, (reply,), effects, reason=reason)


def quiet_page(verdict: Verdict, reason: dict[str, object]) -> Decision:
    """Danger that is too doubtful to be spoken of in a group: a human is paged, nobody else hears of it."""
    effect = Escalation(verdict.kind, "emergency", verdict.rule)
    reason = {**reason, "said": QUIET}
    return Decision(Disposition.EMERGENCY, (), (effect,), reason=reason, manner=Manner(receipts=False))


async def _posted_danger(context: Context, verdict: Verdict, reason: dict[str, object]) -> Decision:
    """Danger in the talk of a group: one line, to which is added that an officer knows, once one does."""
    settings: SafetySettings = context.services.plugin_settings("safety")
    once = await events.key(context, verdict.kind, settings.silence)
    if once is None:
        effect = Escalation(verdict.kind, "emergency", verdict.rule)
        return Decision(Disposition.EMERGENCY, (), (effect,), reason={**reason, "said": "standing"})
    texts, language = context.services.catalogues, context.language
    line = tr(verdict.advice)
    told = events.with_note(texts.render(line, language), texts.text(language, "safety.told"))
    note = say(told, lane=Lane.URGENT, edits=once, optional=True, quote=False)
    effect = Escalation(verdict.kind, "emergency", verdict.rule, note)
    return Decision(Disposition.EMERGENCY, (say(line, lane=Lane.URGENT, once=once),), (effect,), reason=reason)


async def _posted_loss(context: Context, verdict: Verdict, reason: dict[str, object]) -> Decision:
    """What somebody has just lost, in the talk of a group: one line for him in a while, however often he says it."""
    settings: SafetySettings = context.services.plugin_settings("safety")
    once = await events.key(context, f"{verdict.kind}.{context.identity_id}", settings.silence)
    effect = Escalation(verdict.kind, "fraud", verdict.rule)
    if once is None:
        return Decision(Disposition.FRAUD, (), (effect,), reason={**reason, "said": "standing"})
    return Decision(
        Disposition.FRAUD, (say(tr(verdict.advice), lane=Lane.URGENT, once=once),), (effect,), reason=reason
    )


def _advice(context: Context, verdict: Verdict, message: Message, posted: bool) -> Reply:
    line = tr(verdict.advice)
    if not posted:
        # Once for a message, however often it is edited.
        event = blake2s(message.id.encode(errors="replace"), digest_size=12).hexdigest()
        return say(line, lane=Lane.URGENT, once=f"safety.{context.chat_id}.{event}.{verdict.kind}")
    text = blake2s(normalise(message.text).encode(errors="replace"), digest_size=12).hexdigest()
    return say(line, lane=Lane.URGENT, once=f"safety.{context.chat_id}.{text}.{_today(context.services)}")


def _today(services: Services) -> date:
    return services.clock.now().astimezone(services.settings.station.zone).date()
