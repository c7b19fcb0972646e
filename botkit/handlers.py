"""Handlers: signatures compiled once at registration, and an index that finds them at constant cost."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, TypeVar, get_type_hints

import ahocorasick

from botkit.clock import Clock
from botkit.context import Context
from botkit.decision import Decision, Disposition, Verdict, answer
from botkit.errors import RegistrationError
from botkit.language.normalise import normalise
from botkit.messages import Chat, Message, Reply, Sender, Text
from botkit.services import Services

K = TypeVar("K")
V = TypeVar("V")

INJECTABLE: dict[str, str] = {
    "context": "the whole Context",
    "message": "the Message",
    "chat": "its Chat",
    "sender": "its Sender",
    "segment": "the part of the text being decided",
    "args": "what follows a command",
    "match": "the re.Match of a text filter",
    "payload": "the payload of a button",
    "data": "the data of a conversation step or timer",
    "key": "the key of a timer",
    "verdict": "the screen's Verdict",
    "services": "the Services",
    "clock": "the Clock",
    "settings": "the plugin's own settings",
    "language": "the language to answer in, zh or en",
}
"""What a handler may ask for by parameter name."""

TYPES: dict[Any, str] = {
    Context: "context",
    Message: "message",
    Chat: "chat",
    Sender: "sender",
    Verdict: "verdict",
    Services: "services",
    Clock: "clock",
}


@dataclass(frozen=True, slots=True)
class Handler:
    """A function that can be called with a ``Context``; what it returns is made a ``Decision``."""

    name: str
    plugin: str
    call: Callable[[Context], Any]
    is_async: bool

    async def __call__(self, context: Context) -> Decision | None:
        context.plugin = self.plugin
        result = self.call(context)
        if self.is_async:
            result = await result
        if result is None or type(result) is Decision:
            return result
        return as_decision(result, self)


def as_decision(result: Any, handler: Handler) -> Decision:
    """What a handler returned, as a decision. Raises ``TypeError`` for anything that can't be said."""
    if isinstance(result, Decision):
        return result
    if isinstance(result, str | Text):
        return answer(result)
    if isinstance(result, Reply):
        return Decision(Disposition.ANSWERED, (result,))
    raise TypeError(f"{handler.name} returned {type(result).__name__}; return a Decision, Reply, Text, str or None")


def compile_handler(plugin: str, function: Callable[..., Any]) -> Handler:
    """Inspect a function's signature once, and make a handler that passes just what it asks for.

    Raises ``RegistrationError`` that names the function, where it stands and the parameters there are.
    """
    where = f"{function.__module__}.{getattr(function, '__qualname__', repr(function))}"
    code = getattr(function, "__code__", None)
    place = f"{code.co_filename}:{code.co_firstlineno}" if code else where
    try:
        hints = get_type_hints(function)
    except (NameError, TypeError):
        hints = {}
    names = []
    by_keyword: dict[str, str] = {}
    for parameter in inspect.signature(function).parameters.values():
        if parameter.default is not parameter.empty and parameter.name not in INJECTABLE:
            continue
        name = TYPES.get(hints.get(parameter.name), parameter.name)
        if name not in INJECTABLE or parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            allowed = ", ".join(INJECTABLE)
            raise RegistrationError(
                f"{where} ({place}) asks for {parameter.name!r}, which a handler can't have; it may ask for: {allowed}"
            )
        names.append(name)
        by_keyword[parameter.name] = name
    passed = list(inspect.signature(function).parameters.values())[: len(names)]
    if [p.name for p in passed] != list(by_keyword) or any(p.kind is p.KEYWORD_ONLY for p in passed):
        # A parameter that keeps its default stands before, or names must be said.
        return Handler(where, plugin, _keyword_caller(function, by_keyword), inspect.iscoroutinefunction(function))
    return Handler(where, plugin, _caller(function, names), inspect.iscoroutinefunction(function))


def _itself(context: Context) -> Context:
    return context


def _keyword_caller(function: Callable[..., Any], names: Mapping[str, str]) -> Callable[[Context], Any]:
    def value(context: Context, name: str) -> Any:
        return context if name == "context" else getattr(context, name)

    return lambda context: function(**{keyword: value(context, name) for keyword, name in names.items()})


def _caller(function: Callable[..., Any], names: list[str]) -> Callable[[Context], Any]:
    if not names:
        return lambda context: function()
    if names == ["context"]:
        return function
    if len(names) == 1:
        one = attrgetter(names[0])
        return lambda context: function(one(context))
    if "context" in names:
        getters: list[Callable[[Context], Any]] = [_itself if name == "context" else attrgetter(name) for name in names]
        return lambda context: function(*[get(context) for get in getters])
    many = attrgetter(*names)
    return lambda context: function(*many(context))


@dataclass(frozen=True, slots=True)
class TextFilter:
    """Which texts a handler wants."""

    handler: Handler
    equals: tuple[str, ...]
    prefix: tuple[str, ...]
    contains: tuple[str, ...]
    regex: re.Pattern[str] | None

    @classmethod
    def of(
        cls,
        handler: Handler,
        equals: str | Iterable[str],
        prefix: str | Iterable[str],
        contains: str | Iterable[str],
        regex: str | None,
    ) -> TextFilter:
        """Normalise the words. Raises ``RegistrationError`` for a filter that would match everything or nothing."""
        words = [_words(given) for given in (equals, prefix, contains)]
        if not any(words) and regex is None:
            raise RegistrationError(f"{handler.name} filters no text: give equals, prefix, contains or regex")
        if any("" in group for group in words):
            raise RegistrationError(f"{handler.name} filters on an empty word, which matches everything")
        try:
            pattern = re.compile(regex, re.IGNORECASE) if regex is not None else None
        except re.error as problem:
            raise RegistrationError(f"{handler.name}: regex {regex!r} is malformed: {problem}") from problem
        return cls(handler, words[0], words[1], words[2], pattern)


def _words(given: str | Iterable[str]) -> tuple[str, ...]:
    return tuple(normalise(word) for word in ((given,) if isinstance(given, str) else given))


class TextIndex:
    """All text filters of all plugins, found in one pass over the text whatever their number.

    Equality is a dictionary look-up; beginnings and inner words are one Aho-Corasick automaton.
    """

    def __init__(self, filters: Iterable[TextFilter]) -> None:
        self._filters = list(filters)
        self._equal: dict[str, list[int]] = {}
        self._everywhere: list[int] = []
        inner: dict[str, list[tuple[int, bool]]] = {}
        for number, wanted in enumerate(self._filters):
            for word in wanted.equals:
                self._equal.setdefault(word, []).append(number)
            for word in wanted.prefix:
                inner.setdefault(word, []).append((number, True))
            for word in wanted.contains:
                inner.setdefault(word, []).append((number, False))
            if wanted.regex and not (wanted.equals or wanted.prefix or wanted.contains):
                self._everywhere.append(number)
        self._inner = ahocorasick.Automaton() if inner else None
        if self._inner is not None:
            for word, uses in inner.items():
                self._inner.add_word(word, (len(word), uses))
            self._inner.make_automaton()

    def __bool__(self) -> bool:
        return bool(self._filters)

    def find(self, text: str) -> list[tuple[Handler, re.Match[str] | None]]:
        """The handlers that want this text, in the order of their registration, with their match."""
        plain = normalise(text)
        hits = set(self._everywhere)
        hits.update(self._equal.get(plain, ()))
        if self._inner is not None:
            for end, (length, uses) in self._inner.iter(plain):
                begins = end + 1 == length
                hits.update(number for number, prefix in uses if begins or not prefix)
        found: list[tuple[Handler, re.Match[str] | None]] = []
        for number in sorted(hits):
            wanted = self._filters[number]
            match = wanted.regex.search(text) if wanted.regex else None
            if wanted.regex is None or match:
                found.append((wanted.handler, match))
        return found


def parse_command(text: str) -> tuple[str, str] | None:
    """``/name@bot args`` as (name in lower case, args), or None for a text that is no command."""
    if not text.startswith("/"):
        return None
    if not text[1:2].strip():
        return None
    # Any white space ends the name: Chinese keyboards type a wide one.
    head, *rest = text[1:].split(None, 1)
    return head.partition("@")[0].lower(), rest[0].strip() if rest else ""


def single(registries: Iterable[Mapping[K, V]], what: str) -> dict[K, V]:
    """One dictionary of several. Raises ``RegistrationError`` where two plugins claim the same name."""
    merged: dict[K, V] = {}
    for registry in registries:
        for name, value in registry.items():
            if name in merged:
                raise RegistrationError(f"two plugins register the {what} {name!r}")
            merged[name] = value
    return merged
