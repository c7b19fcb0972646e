"""Merging: what differs between two versions of a value, and one value out of two that changed side by side."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from directory.shape import flat
from directory.values import Entry, Faq, Value


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs. Of a list, ``before`` and ``after`` hold what left it and what joined it."""

    field: str
    before: Any = None
    after: Any = None


def differences(before: Value | None, after: Value | None) -> tuple[Difference, ...]:
    """Field by field, in the order of the fields. None is a value that is not there."""
    old, new = flat(before) if before else {}, flat(after) if after else {}
    found = []
    for field in dict.fromkeys((*old, *new)):
        was, now = old.get(field), new.get(field)
        if was == now:
            continue
        if isinstance(was, list | None) and isinstance(now, list | None):
            gone = [item for item in was or () if item not in (now or ())]
            come = [item for item in now or () if item not in (was or ())]
            # The same items in another order: all of them are told.
            found.append(Difference(field, gone, come) if gone or come else Difference(field, was, now))
        else:
            found.append(Difference(field, was, now))
    return tuple(found)


class Conflict(Exception):
    """A field was changed on both sides, to different ends; ``fields`` names all of these."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(", ".join(names))
        self.fields = names


def merged(base: Value | None, ours: Value | None, theirs: Value | None) -> Value | None:
    """What ``ours`` changed of ``base``, done to ``theirs``. Raises ``Conflict`` that names the fields.

    Lists lose what was taken out of them and gain what was put in, whatever happened to them beside that.
    """
    if theirs == base or ours == theirs:
        return ours
    if ours == base:
        return theirs
    if base is None or ours is None or theirs is None:
        raise Conflict(("",))
    wrong: list[str] = []
    value: Value = _merged(base, ours, theirs, "", wrong)
    if wrong:
        raise Conflict(tuple(wrong))
    return value


def _merged(base: Any, ours: Any, theirs: Any, name: str, wrong: list[str]) -> Any:
    if theirs == base or ours == theirs:
        return ours
    if ours == base:
        return theirs
    if isinstance(base, tuple):
        kept = [item for item in theirs if item in ours or item not in base]
        return tuple(dict.fromkeys((*kept, *(item for item in ours if item not in base))))
    kind = type(base)
    if is_dataclass(base) and kind is type(ours) is type(theirs):
        parts = {}
        for field in fields(base):
            was, one, other = (getattr(side, field.name) for side in (base, ours, theirs))
            parts[field.name] = _merged(was, one, other, f"{name}.{field.name}".lstrip("."), wrong)
        return kind(**parts)
    wrong.append(name)
    return theirs


def behind(before: Value | None, after: Value) -> Value:
    """The new version, with the texts noted whose translation stayed as it was while the other language changed.

    A text that is empty in one language is missing, not behind.
    """
    if before is None or not isinstance(after, Entry | Faq):
        return after
    noted = set(getattr(before, "behind", ()))
    old, new = flat(before), flat(after)
    for field in dict.fromkeys((*old, *new)):
        text, _, language = field.rpartition(".")
        if language not in ("zh", "en") or isinstance(new.get(field), list) or isinstance(old.get(field), list):
            continue
        other = f"{text}.{'en' if language == 'zh' else 'zh'}"
        if old.get(field) != new.get(field):
            # A text that catches up leaves nothing behind.
            if field not in noted and field in old and other in new and new[other] == old.get(other):
                noted.add(other)
            noted.discard(field)
    return replace(after, behind=tuple(sorted(field for field in noted if field in new)))
