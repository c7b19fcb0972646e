"""Forms: a value as the inputs of a page, and what was typed into them as something given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from botkit.messages import Text
from directory.problems import Problem
from directory.shape import flat
from directory.values import TERMS, Value

PHONES = 5
"""So many phones a form has room for; an entry with more keeps the others."""
Typed = Mapping[str, list[str]]
"""What a page sent, by the names of its inputs."""


@dataclass(frozen=True, slots=True)
class Input:
    """One input. ``name`` is the flat name of a field, see ``shape.flat``.

    ``kind`` is line, area, lines (one text a line), words (several, by commas), check, choice, many, date or phones.
    """

    name: str
    kind: str = "line"
    required: bool = False
    most: int = 0


def _both(name: str, zh: int, en: int, kind: str = "line", *, required: bool = False) -> tuple[Input, Input]:
    """A text in both languages. Chinese is what most residents read; the other language may come later."""
    return Input(f"{name}.zh", kind, required, zh), Input(f"{name}.en", kind, False, en)


_SOURCE = (
    *_both("source", 14, 28, required=True),
    Input("source.ref", most=200),
    Input("owner", required=True, most=200),
    Input("assured_date", "date"),
    Input("risk", "choice"),
    Input("sample", "check"),
)
FORMS: Mapping[str, tuple[tuple[str, tuple[Input, ...]], ...]] = {
    "entry": (
        ("what", (
            *_both("name", 20, 34, required=True), *_both("summary", 40, 100, "area", required=True),
            Input("topic", "choice", True), Input("topics", "many"), *_both("organization", 40, 80),
        )),
        ("phones", (Input("phones", "phones", True),)),
        ("hours", (Input("hours.rule", most=200), Input("hours.verified", "check"), *_both("hours.note", 60, 120))),
        ("facts", (
            *_both("area", 14, 30), *_both("cost", 14, 30), Input("free", "check"), Input("languages", "words"),
            *_both("place", 60, 120), Input("place.latitude"), Input("place.longitude"),
        )),
        ("safety", (*_both("ask_first", 40, 80, "area"), *_both("meanwhile", 40, 90, "area"))),
        ("questions", (
            *_both("phrasings", 120, 120, "lines"), *_both("aliases", 40, 40, "lines"),
        )),
        ("source", (*_SOURCE, Input("do_not_call", "check"))),
    ),
    "faq": (
        ("what", (
            *_both("question", 40, 80, required=True), *_both("answer", 120, 140, "area", required=True),
            Input("about", "choice", True),
        )),
        ("questions", _both("phrasings", 120, 120, "lines")),
        ("source", _SOURCE),
    ),
    "topic": (("what", (*_both("name", 20, 40, required=True), Input("family", "choice", True))),),
    "family": (("what", _both("name", 20, 40, required=True)),),
}  # fmt: skip
"""By kind, the sections of its form."""
RISKS = tuple(TERMS)


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed, as something given. Problems carry the name of their input."""

    kind: str
    data: Mapping[str, Any]

    @property
    def place(self) -> str:
        return str(self.data.get("slug", ""))

    def problem(self, field: str, what: Text | str, fix: Text | str) -> Problem:
        return Problem(self.place, what, fix, field=field)


def inputs(kind: str) -> Iterable[Input]:
    """All inputs of a form."""
    return (one for _, section in FORMS[kind] for one in section)


def filled(value: Value) -> dict[str, str | list[str] | list[dict[str, str]]]:
    """What the inputs of a value's form hold."""
    told = flat(value)
    held: dict[str, str | list[str] | list[dict[str, str]]] = {}
    for one in inputs(type(value).__name__.lower()):
        given = told.get(one.name)
        if one.kind == "phones":
            held[one.name] = [_phone(phone) for phone in given or ()]
        elif one.kind == "many":
            held[one.name] = list(given or ())
        elif one.kind == "lines":
            held[one.name] = "\n".join(given or ())
        elif one.kind == "words":
            held[one.name] = ", ".join(given or ())
        elif one.kind == "check":
            held[one.name] = "1" if given else ""
        else:
            held[one.name] = "" if given is None else str(given)
    return held


def typed(kind: str, sent: Typed) -> dict[str, str | list[str] | list[dict[str, str]]]:
    """What was typed, as ``filled`` gives it: so that a page that is refused loses nothing."""
    held: dict[str, str | list[str] | list[dict[str, str]]] = {}
    for one in inputs(kind):
        if one.kind == "phones":
            held[one.name] = _typed_phones(sent)
        elif one.kind == "many":
            held[one.name] = [item for item in sent.get(one.name, []) if item]
        else:
            held[one.name] = (sent.get(one.name) or [""])[0].replace("\r\n", "\n")
    return held


def given(kind: str, slug: str, sent: Typed) -> Form:
    """What was typed, in the shape of the directory's files. What is empty was not given."""
    data: dict[str, Any] = {"slug": slug}
    held = typed(kind, sent)
    for one in inputs(kind):
        value = _read(one, held[one.name])
        if value in ("", [], False):
            continue
        table = data
        *above, last = one.name.split(".")
        for name in above:
            table = table.setdefault(name, {})
        table[last] = value
    return Form(kind, data)


def _read(one: Input, held: Any) -> Any:
    if one.kind == "phones":
        return [
            {"number": phone["number"].strip(), **_labels(phone)}
            for phone in held
            if any(map(str.strip, phone.values()))
        ]
    if one.kind == "many":
        return held
    text = held.strip()
    if one.kind == "lines":
        return [line.strip() for line in held.split("\n") if line.strip()]
    if one.kind == "words":
        return [word.strip() for word in text.replace("，", ",").replace("、", ",").split(",") if word.strip()]
    if one.kind == "check":
        return bool(text)
    if one.kind == "date":
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    if one.name in ("place.latitude", "place.longitude"):
        try:
            return float(text)
        except ValueError:
            return text
    # A text on one line: line breaks come along when something is pasted.
    return " ".join(text.split("\n")) if one.kind == "area" else text


def _phone(phone: Mapping[str, Any]) -> dict[str, str]:
    label = phone.get("label", {})
    return {"number": phone["number"], "zh": label.get("zh", ""), "en": label.get("en", "")}


def _typed_phones(sent: Typed) -> list[dict[str, str]]:
    columns = [sent.get(f"phones.{part}", []) for part in ("number", "zh", "en")]
    rows = max(map(len, columns), default=0)
    padded = [[*column, *[""] * (rows - len(column))] for column in columns]
    return [dict(zip(("number", "zh", "en"), row, strict=True)) for row in zip(*padded, strict=True)]


def _labels(phone: Mapping[str, str]) -> dict[str, Any]:
    label = {language: phone[language].strip() for language in ("zh", "en") if phone[language].strip()}
    return {"label": label} if label else {}
