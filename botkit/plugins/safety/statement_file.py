"""Reading ``statements.toml``: what is said once it has happened, with errors that name file, line and fix."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from botkit.plugins.safety.files import RulesFile
from botkit.plugins.safety.lexicon import MESSAGE, SENTENCE, Kind, words
from botkit.plugins.safety.marks import Marks
from botkit.plugins.safety.phrases import Phrase, PhraseError, compiled
from botkit.plugins.safety.statement import AROUND, CLAUSE, Context, Statement
from botkit.plugins.safety.statements import TIMES, WHO, Statements
from botkit.plugins.safety.texts import ADVICE

FILE = "statements.toml"
_REACHES = {"clause": CLAUSE, "sentence": SENTENCE, "around": AROUND, "message": MESSAGE}
_KEYS = {"id", "kind", "advice", "about", "says", "unless", "posted", "beside", "cue"}


def load_statements(folder: Path, kinds: Mapping[str, Kind]) -> Statements:
    """The statements of a folder of rules; ``kinds`` are those of fraud. Raises ``SettingsError``."""
    file = RulesFile(folder / FILE)
    lists: dict[str, tuple[str, ...]] = {}
    for name, given in file.table("lists").items():
        listed = words(file.strings(name, given))
        lists[name] = tuple(w for one in listed for w in (lists.get(one[1:], ()) if one.startswith("@") else (one,)))
    groups: dict[str, dict[str, tuple[str, ...]]] = {
        name: {what: words(file.strings(what, file.table(name).get(what))) for what in what_is}
        for name, what_is in ((WHO, ("own", "family", "others", "pronouns")), (TIMES, ("long_ago", "lately", "began")))
    }
    contexts = {}
    for name, row in file.table("contexts").items():
        contexts[name] = _context(file, name, row)
        meant, like = (words(file.strings(name, row.get(key, []))) for key in ("words", "but"))
        groups[name] = {name: meant, Marks.LIKE: like}
    order = list(kinds)
    made = [_statement(file, row, kinds, lists, contexts) for row in file.data.get("statement", [])]
    made.sort(key=lambda one: (one.cue, order.index(one.kind.name)))
    lapse = file.strings("lapse", file.table(TIMES).get("lapse", []))
    if unknown := [one for one in lapse if one not in kinds]:
        raise file.error("lapse", f"{unknown[0]} is no known kind", f"use some of {', '.join(kinds)}")
    return Statements(made, order, frozenset(lapse), Marks(groups))


def _context(file: RulesFile, name: str, row: Mapping[str, Any]) -> Context:
    reach = row.get("reach")
    if name in (WHO, TIMES) or reach not in _REACHES:
        raise file.error(f"[contexts.{name}]", f"reach of {name} is {reach!r}", f"use one of {', '.join(_REACHES)}")
    return Context(name, _REACHES[reach], bool(row.get("plain", False)))


def _statement(
    file: RulesFile,
    row: Mapping[str, Any],
    kinds: Mapping[str, Kind],
    lists: Mapping[str, tuple[str, ...]],
    contexts: Mapping[str, Context],
) -> Statement:
    name = str(row.get("id", ""))
    if not name:
        raise file.error("[[statement]]", "a statement has no id", 'write id = "what"')
    quoted = f'"{name}"'
    if unknown := set(row) - _KEYS:
        raise file.error(quoted, f"statement {name} has unknown keys {sorted(unknown)}", f"use {sorted(_KEYS)}")
    kind = kinds.get(row.get("kind", ""))
    if kind is None:
        raise file.error(quoted, f"statement {name} is of no known kind", f"use one of {', '.join(kinds)}")
    unless = file.strings(quoted, row.get("unless", []))
    if missing := [one for one in unless if one not in contexts]:
        raise file.error(quoted, f"{name} names the context {missing[0]!r}", f"use one of {', '.join(contexts)}")
    advice = str(row.get("advice", kind.advice))
    if advice not in ADVICE:
        raise file.error(quoted, f"{name} has no advice {advice!r}", f"use one of {', '.join(ADVICE)}")
    about = words(file.strings(quoted, row.get("about", [])))
    says = file.strings(quoted, row.get("says", []))
    if not about or not says:
        raise file.error(quoted, f"statement {name} needs about and says", 'write about = ["骗|scam"], says = ["…"]')
    phrases: list[Phrase] = []
    for phrase in says:
        try:
            phrases.append(compiled(phrase, lists))
        except PhraseError as problem:
            raise file.error(phrase, f"a phrase of {name}: {problem}", "write words, @lists, #, ^, $ or ~8") from None
    return Statement(
        id=name,
        kind=kind,
        advice=advice,
        about=re.compile("|".join(map(re.escape, about))),
        says=tuple(phrases),
        unless=tuple(contexts[one] for one in unless),
        posted=bool(row.get("posted", False)),
        beside=bool(row.get("beside", False)),
        cue=bool(row.get("cue", False)),
    )
