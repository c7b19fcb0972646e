"""Reading ``config/safety``: TOML files to lexicons, with errors that name file, line and fix."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from botkit.plugins.safety.files import RulesFile
from botkit.plugins.safety.lexicon import MESSAGE, SENTENCE, Exclusion, Kind, Lexicon, Number, Rule, words

_REACHES = {"sentence": SENTENCE, "message": MESSAGE}
_RULE_KEYS = {"id", "kind", "all_of", "near", "ordered", "unless", "except", "posted", "urgent", "bare", "cue", "needs"}


def load_numbers(path: Path) -> tuple[Number, ...]:
    """The fixed emergency numbers. Raises ``SettingsError``."""
    file = RulesFile(path)
    numbers = []
    for row in file.data.get("number", []):
        number = str(row.get("number", ""))
        if not number.isascii() or not number.isdigit():
            raise file.error(number or "[[number]]", f"{number!r} is no number", 'write number = "110"')
        missing = [key for key in ("name_zh", "name_en", "for_zh", "for_en") if not row.get(key)]
        if missing:
            raise file.error(f'"{number}"', f"{number} lacks {', '.join(missing)}", "add it in both languages")
        name = {"zh": row["name_zh"], "en": row["name_en"]}
        numbers.append(Number(number, name, {"zh": row["for_zh"], "en": row["for_en"]}))
    if not numbers:
        raise file.error("", "holds no emergency number", "add [[number]] tables")
    return tuple(numbers)


def load_lexicon(folder: Path, name: str) -> Lexicon:
    """The rules of ``name.toml`` with the shared lists of ``words.toml``. Raises ``SettingsError``."""
    shared, own = RulesFile(folder / "words.toml"), RulesFile(folder / f"{name}.toml")
    lists: dict[str, tuple[str, ...]] = {}
    for file in (shared, own):
        for key, value in file.table("lists").items():
            if key in lists:
                raise file.error(key, f"the list {key} is there twice", "give one of them another name")
            lists[key] = words(file.strings(key, value))
    for key, listed in lists.items():
        inner = [lists.get(word[1:], ()) if word.startswith("@") else (word,) for word in listed]
        lists[key] = tuple(word for several in inner for word in several)
    exclusions = _exclusions(shared, lists) | _exclusions(own, lists)
    kinds = _kinds(own, exclusions)
    rules = [_rule(own, row, kinds, lists, exclusions) for row in own.data.get("rule", [])]
    for number, rule in enumerate(rules):
        if any(rule.id == earlier.id for earlier in rules[:number]):
            raise own.error(f'"{rule.id}"', f"two rules are called {rule.id}", "give one of them another id")
    order = list(kinds)
    rules.sort(key=lambda rule: order.index(rule.kind.name))
    return Lexicon(lists, tuple(rules), exclusions, kinds, *_cries(own, kinds))


def _flat(group: Any) -> list[Any]:
    """A group's texts: one text, a list of texts, or of lists."""
    if not isinstance(group, list):
        return [group]
    return [inner for one in group for inner in _flat(one)]


def _exclusions(file: RulesFile, lists: dict[str, tuple[str, ...]]) -> dict[str, Exclusion]:
    found = {}
    for name, row in file.table("exclusions").items():
        reach = row.get("reach", "sentence")
        reach = _REACHES.get(reach, reach)
        if not isinstance(reach, int):
            raise file.error(
                name, f"reach of {name} is {reach!r}", 'write "sentence", "message" or a number of characters'
            )
        lifted = row.get("lifted_by")
        if lifted is not None and lifted not in lists:
            raise file.error(name, f"{name} is lifted by {lifted}, which is no list", f"use one of {', '.join(lists)}")
        lists[f"unless {name}"] = words(file.strings(name, row.get("words")))
        found[name] = Exclusion(name, f"unless {name}", reach, lifted, bool(row.get("plain", False)))
    return found


def _kinds(file: RulesFile, exclusions: Mapping[str, Exclusion]) -> dict[str, Kind]:
    kinds = {}
    for name, row in file.table("kinds").items():
        unless = tuple(file.strings(name, row.get("unless", [])))
        _known(file, name, unless, exclusions)
        urgent, posted = bool(row.get("urgent", False)), bool(row.get("posted", file.data.get("posted", False)))
        kinds[name] = Kind(name, str(row.get("advice", name)), unless, urgent, posted)
    return kinds


def _cries(file: RulesFile, kinds: Mapping[str, Kind]) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """The cries of each kind, and what may stand beside them."""
    table = file.table("cries")
    beside = words(file.strings("beside", table.get("beside", [])))
    cries = {name: words(file.strings(name, given)) for name, given in table.items() if name != "beside"}
    for name in cries:
        if name not in kinds:
            raise file.error(f"{name} =", f"cries of {name}, which is no kind", f"use one of {', '.join(kinds)}")
    kind_of: dict[str, str] = {}
    for name, told in cries.items():
        for word in told:
            if kind_of.setdefault(word, name) != name:
                raise file.error("[cries]", f"{word!r} is a cry of {kind_of[word]} and of {name}", "keep one of them")
    return cries, beside


def _known(file: RulesFile, name: str, unless: Iterable[str], exclusions: Mapping[str, Exclusion]) -> None:
    for one in unless:
        if one not in exclusions:
            raise file.error(name, f"{name} names the exclusion {one!r}", f"use one of {', '.join(exclusions)}")


def _rule(
    file: RulesFile,
    row: dict[str, Any],
    kinds: Mapping[str, Kind],
    lists: dict[str, tuple[str, ...]],
    exclusions: Mapping[str, Exclusion],
) -> Rule:
    name = row.get("id", "")
    if not name:
        raise file.error("[[rule]]", "a rule has no id", 'write id = "kind.what"')
    quoted = f'"{name}"'
    if unknown := set(row) - _RULE_KEYS:
        raise file.error(quoted, f"rule {name} has unknown keys {sorted(unknown)}", f"use {sorted(_RULE_KEYS)}")
    kind = kinds.get(row.get("kind", name.partition(".")[0]))
    if kind is None:
        raise file.error(quoted, f"rule {name} is of no known kind", f"use one of {', '.join(kinds)}")
    groups = row.get("all_of")
    if not isinstance(groups, list) or not groups:
        raise file.error(quoted, f"rule {name} has no all_of", 'write all_of = ["@list", ["word|word"]]')
    names = []
    for number, group in enumerate(groups):
        if isinstance(group, str) and group.startswith("@"):
            if group[1:] not in lists:
                raise file.error(quoted, f"rule {name} uses {group}, which is no list", "define it under [lists]")
            names.append(group[1:])
            continue
        own = words(file.strings(name, _flat(group)))
        for text in _flat(group):
            if text.startswith("@"):
                if text[1:] not in lists:
                    raise file.error(quoted, f"rule {name} uses {text}, which is no list", "define it under [lists]")
                own += lists[text[1:]]
        own = tuple(word for word in dict.fromkeys(own) if not word.startswith("@"))
        if not own:
            raise file.error(quoted, f"rule {name} has an empty group", "give it words")
        lists[f"{name} {number}"] = own
        names.append(f"{name} {number}")
    unless = (*kind.unless, *file.strings(name, row.get("unless", [])))
    dropped = file.strings(name, row.get("except", []))
    _known(file, quoted, (*unless, *dropped), exclusions)
    near = row.get("near", 20)
    if not isinstance(near, int) or near < 0:
        raise file.error(quoted, f"near of {name} must be a number of characters", "write near = 20")
    return Rule(
        id=name,
        kind=kind,
        all_of=tuple(names),
        near=near,
        ordered=bool(row.get("ordered", False)),
        unless=tuple(one for one in dict.fromkeys(unless) if one not in dropped),
        posted=bool(row.get("posted", file.data.get("posted", False))),
        urgent=bool(row.get("urgent", False)),
        bare=bool(row.get("bare", False)),
        cue=bool(row.get("cue", False)),
        needs=tuple(file.strings(quoted, row.get("needs", []))),
    )
