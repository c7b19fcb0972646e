"""Shape: a value as the fields that files, sheets and forms give it by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from botkit.messages import Text
from directory.problems import Problem
from directory.values import Phrases, Source, Value, Words, kind_of

KEPT = frozenset({"behind", "record"})
"""Fields that nobody gives: they follow from what was done to a value."""


@dataclass(frozen=True, slots=True)
class Shaped:
    """A value as something given, so that it can be checked like everything else. Its place is its slug."""

    value: Value

    @property
    def kind(self) -> str:
        return kind_of(self.value)

    @property
    def data(self) -> dict[str, Any]:
        return shaped(self.value)

    @property
    def place(self) -> str:
        return self.value.slug

    def problem(self, field: str, what: Text | str, fix: Text | str) -> Problem:
        return Problem(self.value.slug, what, fix, field=field)


def shaped(value: Value) -> dict[str, Any]:
    """The fields of a value in the shape of the directory's files; what is empty is left out.

    ``accept`` makes an equal value of it, but for the fields in ``KEPT``.
    """
    told: dict[str, Any] = {}
    for field in fields(value):
        here = getattr(value, field.name)
        if field.name not in KEPT and here not in (field.default, ""):
            told[field.name] = _told(here)
    return told


def flat(value: Value) -> dict[str, Any]:
    """The same, one text a key: ``name.zh``, ``hours.rule``, ``phrasings.en`` (a list), ``phones`` (a list)."""
    return dict(_flat("", shaped(value)))


def _flat(above: str, table: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        key = f"{above}{name}"
        if isinstance(value, dict):
            yield from _flat(f"{key}.", value)
        else:
            yield key, value


def _told(value: Any) -> Any:
    if isinstance(value, Words):
        return dict(value)
    if isinstance(value, Phrases):
        return {language: list(texts) for language, texts in (("zh", value.zh), ("en", value.en)) if texts}
    if isinstance(value, Source):
        return {**dict(value.name), **({"ref": value.ref} if value.ref else {})}
    if isinstance(value, tuple):
        return [_told(item) for item in value]
    if is_dataclass(value):
        table = {field.name: _told(getattr(value, field.name)) for field in fields(value)}
        # An address stands beside its coordinates, as the words of a source do beside its reference.
        table |= table.pop("address", {})
        return {name: given for name, given in table.items() if given not in ("", {}, None, False)}
    return value
