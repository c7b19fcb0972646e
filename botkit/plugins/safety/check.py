"""Checking the data: every example must come out right, every rule be needed, the model be of these examples."""

from __future__ import annotations

import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from botkit.decision import Concern
from botkit.errors import SettingsError
from botkit.plugins.safety.engine import SafetyRules, prepare
from botkit.plugins.safety.examples import Example, digest, load_examples
from botkit.plugins.safety.finding import Finding
from botkit.plugins.safety.lexicon import Rule
from botkit.plugins.safety.statement_check import load_tellings, unmet

EXCEPTIONS = "exceptions.toml"
MOST_EXCEPTIONS = 0.02
"""Share of the examples that may be known to come out wrong."""


@dataclass(slots=True)
class Report:
    """What the check found. Problems fail it; notes are for whoever reviews the data."""

    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    wrong: dict[str, str] = field(default_factory=dict)


def check(folder: Path) -> Report:
    """Check a folder of rules. Raises ``SettingsError`` where it can't be read at all."""
    rules = SafetyRules.load(folder)
    examples = load_examples(folder)
    report = Report()
    _examples(rules, examples, _exceptions(folder), report)
    _rules(rules, examples, report)
    _lists(rules, report)
    _cries(rules, report)
    for problem in unmet(rules, load_tellings(folder)):
        report.problems.append(problem)
    if rules.model is None:
        report.problems.append("there is no model: botkit safety train")
    elif rules.model.facts.get("digest") != digest(examples, rules.lexicons):
        report.problems.append("the model is older than the examples or rules: botkit safety train")
    return report


def outcomes(rules: SafetyRules, example: Example) -> Iterator[str]:
    """What is wrong about an example, addressed and as plain talk."""
    addressed, plain = rules.judge_both(example.text)
    if not example.kind:
        for found, where in ((addressed, "addressed"), (plain, "plain")):
            if found is not None and not found.quiet:
                yield f"{where}: {_told(found)}"
        return
    concern = rules.kinds[example.kind][0]
    if addressed is None or (addressed.concern is not concern and addressed.concern is not Concern.EMERGENCY):
        yield f"addressed: {_told(addressed)} instead of {example.kind}"


def _told(found: Finding | None) -> str:
    if found is None:
        return "nothing"
    score = "" if found.score is None else f" ({found.score})"
    return f"{found.kind} by {found.rule}{score}"


def _exceptions(folder: Path) -> dict[str, str]:
    path = folder / EXCEPTIONS
    if not path.exists():
        return {}
    return {row["text"]: row["reason"] for row in tomllib.loads(path.read_text("utf-8")).get("exception", [])}


def _examples(rules: SafetyRules, examples: list[Example], exceptions: dict[str, str], report: Report) -> None:
    for example in examples:
        if example.kind and example.kind not in rules.kinds:
            raise SettingsError(f"{example.file}: {example.kind} is no kind of the rules", "add it, or correct it")
        report.counts[rules.kinds[example.kind][0].value if example.kind else "quiet"] += 1
        wrong = "; ".join(outcomes(rules, example))
        if wrong and example.text not in exceptions:
            report.problems.append(f"{example.file}: {example.text[:80]!r}: {wrong}")
        if wrong:
            report.wrong[example.text] = wrong
    known = {example.text for example in examples}
    for text in exceptions:
        if text not in known:
            report.problems.append(f"{EXCEPTIONS}: {text[:80]!r} is no example")
        elif text not in report.wrong:
            report.notes.append(f"{EXCEPTIONS}: {text[:80]!r} comes out right: no exception any more")
    report.counts["exceptions"] = len(exceptions)
    if len(exceptions) > MOST_EXCEPTIONS * len(examples):
        report.problems.append(f"{len(exceptions)} exceptions are more than {MOST_EXCEPTIONS:.0%} of the examples")


def _rules(rules: SafetyRules, examples: list[Example], report: Report) -> None:
    """Which rules find what no other does; each names it."""
    texts = {example.text: example for example in examples}
    every = {rule.id: rule for one in (rules.emergency, rules.fraud) for rule in one.rules}
    found: dict[str, list[str]] = defaultdict(list)
    for example in examples:
        if example.kind:
            holding = holds(rules, example.text)
            if len(holding) == 1:
                found[holding[0].id].append(example.text)
    for name, rule in every.items():
        report.counts["rules"] += 1
        for text in rule.needs:
            if text not in texts or not texts[text].kind:
                report.problems.append(f"{name} needs {text[:60]!r}, which is no example of danger or fraud")
            elif text not in found[name]:
                report.problems.append(f"{name} needs {text[:60]!r}, which it does not find, or another rule does")
        if not rule.needs:
            hint = f", but finds {found[name][0][:60]!r} alone" if found[name] else ""
            report.notes.append(f"no example needs the rule {name}{hint}")


def holds(rules: SafetyRules, text: str) -> list[Rule]:
    """Every rule that holds for a text, as if it were alone."""
    prepared = prepare(text)
    hits = rules.hits(prepared)
    return [*rules.emergency.all(prepared, False, hits), *rules.fraud.all(prepared, False, hits)]


def _cries(rules: SafetyRules, report: Report) -> None:
    """A cry that is never heard: with a question mark, or a * that means nothing here."""
    for kind, told in rules.lexicons[0].cries.items():
        for word in told:
            if rules.cries.find(word) != kind:
                report.problems.append(f"the cry {word!r} of {kind} is not found where it is the whole message")


def _lists(rules: SafetyRules, report: Report) -> None:
    if rules.model is None:
        return
    lists = {"l" + name for name in rules.finder.lists}
    ids = {"r" + rule.id for one in (rules.emergency, rules.fraud) for rule in one.rules}
    ids |= {"r" + name for name in rules.kinds} | {"re", "rf"}
    for name in rules.model.names:
        if (name[0] == "l" and name not in lists) or (name[0] == "r" and name not in ids):
            report.problems.append(f"the model knows {name[1:]!r}, which is no list, rule or kind any more")
