"""Plugin: how a skill declares what it does. The whole extension API of the framework is on this page.

A plugin is a module-level ``Plugin`` object, found through the entry point group ``botkit.plugins``::

    from botkit.plugin import Plugin

    plugin = Plugin("echo")

    @plugin.command("echo")
    async def echo(args: str) -> str:
        return args

Handlers name what they need as parameters; what each may be is listed in ``botkit.handlers.INJECTABLE``
and checked when the handler is registered. A handler returns a ``Decision``, a ``Reply``, a ``Text``, a ``str``,
or ``None`` for "not mine".
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from botkit.errors import RegistrationError, UserError
from botkit.handlers import Handler, TextFilter, compile_handler
from botkit.messages import EVENTS

if TYPE_CHECKING:
    import typer
    from aiohttp import web
    from pydantic import BaseModel

    from botkit.decision import Decision, Verdict
    from botkit.ledger import Ledger
    from botkit.messages import Text
    from botkit.services import Services
    from botkit.storage import UnitOfWork

API_VERSION = 1

F = TypeVar("F", bound=Callable[..., Any])
E = TypeVar("E")


class Stage(IntEnum):
    """When a stage sees a message. The first that decides a segment ends its way."""

    ROOM = 5
    """Words of those who work on cases: all that is said in a staff room, replies to a case in private."""
    SAFETY = 10
    """Danger and scams: before everything else that residents say."""
    COMMAND = 20
    """Buttons, conversation steps, commands and text filters (run by the dispatcher itself)."""
    TAKEOVER = 30
    """A human holds this conversation: the bot keeps quiet and passes on."""
    GUARD = 40
    """What must never be answered from the directory."""
    DIRECTORY = 50
    """Answers from the curated directory."""
    SMALLTALK = 60
    """A greeting, thanks."""
    HANDOFF = 70
    """Everything else goes to a human."""


@dataclass(frozen=True, slots=True)
class StaffPage:
    """A place in the staff navigation: catalogue key of its title, path, roles that see it, order."""

    title: str
    path: str
    roles: frozenset[str]
    order: int = 100


@dataclass(frozen=True, slots=True)
class StepHandler:
    """A conversation step and what happens when nobody answers in time."""

    handler: Handler
    on_timeout: Handler | None
    staff: bool = False


class Place(StrEnum):
    """Where a command is offered: in private, in groups, there to their owners and admins, in rooms of staff."""

    PRIVATE = "private"
    GROUP = "group"
    OWNERS = "owners"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A command as platforms with a menu show it: its name, the catalogue key of what it does, and where."""

    command: str
    text: str
    places: frozenset[Place]


class Plugin:
    """A named set of handlers, stages, timers, effects, pages, models and texts.

    ``models`` are modules with Tortoise models, ``migrations`` the package of their migrations; ``settings`` is
    a pydantic model for the plugin's own table in the settings file; ``folder`` is where its ``locales/``,
    ``templates/`` and ``static/`` lie; ``cli`` may be set to a typer app, run as ``botkit <plugin> …``.
    """

    def __init__(
        self,
        name: str,
        *,
        api: int = API_VERSION,
        models: Iterable[str] = (),
        migrations: str | None = None,
        settings: type[BaseModel] | None = None,
        folder: Path | None = None,
    ) -> None:
        if api != API_VERSION:
            raise RegistrationError(f"plugin {name!r} wants plugin API {api}; this botkit has {API_VERSION}")
        if not name.isidentifier():
            raise RegistrationError(f"plugin name {name!r} must be a Python identifier")
        self.name = name
        self.models = tuple(models)
        self.migrations = migrations
        self.settings = settings
        self.folder = folder
        self.commands: dict[str, Handler] = {}
        self.buttons: dict[str, Handler] = {}
        self.texts: list[TextFilter] = []
        self.steps: dict[str, StepHandler] = {}
        self.events: dict[str, Handler] = {}
        self.stages: list[tuple[Stage, Handler]] = []
        self.screens: list[Callable[..., Verdict | None]] = []
        self.middlewares: list[Callable[..., Awaitable[Decision | None]]] = []
        self.timers: dict[str, Handler] = {}
        self.slow_timers: set[str] = set()
        self.appliers: dict[type, Callable[..., Awaitable[Any]]] = {}
        self.starts: list[Callable[[Services], Awaitable[None]]] = []
        self.stops: list[Callable[[Services], Awaitable[None]]] = []
        self.number_providers: list[Callable[[], frozenset[str]]] = []
        self.subject_providers: list[Callable[[Services], Iterable[str]]] = []
        self.ledgers: list[Callable[[Services, datetime, datetime], Awaitable[Ledger]]] = []
        self.erasers: list[Callable[[int, UnitOfWork], Awaitable[None]]] = []
        self.keepers: list[Callable[[Services], Awaitable[Iterable[Text]]]] = []
        self.web_routes: list[Callable[[Services], Iterable[web.RouteDef]]] = []
        self.pages: list[StaffPage] = []
        self.menu: list[MenuEntry] = []
        self.cli: typer.Typer | None = None

    def __repr__(self) -> str:
        return f"Plugin({self.name!r})"

    # handlers ---------------------------------------------------------------------------------------------

    def command(self, *names: str) -> Callable[[F], F]:
        """Handle ``/name`` (and its other names). ``args`` is what follows, stripped."""

        def register(function: F) -> F:
            handler = compile_handler(self.name, function)
            for name in names:
                self._new(self.commands, name.lower().lstrip("/"), handler, "command")
            return function

        return register

    def button(self, action: str) -> Callable[[F], F]:
        """Handle presses of ``Button(…, action="<plugin>.<action>")``; ``payload`` is the button's."""

        def register(function: F) -> F:
            self._new(self.buttons, f"{self.name}.{action}", compile_handler(self.name, function), "button")
            return function

        return register

    def text(
        self,
        *,
        equals: str | Iterable[str] = (),
        prefix: str | Iterable[str] = (),
        contains: str | Iterable[str] = (),
        regex: str | None = None,
    ) -> Callable[[F], F]:
        """Handle texts that equal, begin with or contain one of the words; case and width don't matter.

        ``regex`` is checked in addition (``match`` is injected). Words are looked up in one index for all
        handlers; a filter with a ``regex`` and no words is tried on every message, so give it words.
        """

        def register(function: F) -> F:
            handler = compile_handler(self.name, function)
            self.texts.append(TextFilter.of(handler, equals, prefix, contains, regex))
            return function

        return register

    def step(self, *, on_timeout: Callable[..., Any] | None = None, staff: bool = False) -> Callable[[F], F]:
        """A conversation step, entered with ``ask(…, then=function)``; ``data`` holds what ``ask`` was given.

        It takes this person's next message here, and ends the conversation unless it asks again; a command ends
        it too. A step that returns None leaves the message to the others, and goes on waiting for its time. A step
        for ``staff`` gets the words before the safety stage: whoever is asked there works on danger, and is in none.
        """

        def register(function: F) -> F:
            name = f"{self.name}.{function.__name__}"
            late = compile_handler(self.name, on_timeout) if on_timeout else None
            step = StepHandler(compile_handler(self.name, function), late, staff)
            self._new(self.steps, name, step, "step")
            setattr(function, "step_name", name)  # noqa: B010 (mypy knows no attributes of functions)
            return function

        return register

    def event(self, name: str) -> Callable[[F], F]:
        """Handle what a platform tells of a chat itself: messages of kind ``SYSTEM`` with ``data={"event": name}``.

        The names are in ``botkit.messages.EVENTS``.
        """

        def register(function: F) -> F:
            if name not in EVENTS:
                raise RegistrationError(f"plugin {self.name!r}: no event {name!r}; there are {', '.join(EVENTS)}")
            self._new(self.events, name, compile_handler(self.name, function), "event")
            return function

        return register

    def stage(self, stage: Stage) -> Callable[[F], F]:
        """Decide messages, segment by segment (``segment``), at a point of the way through the bot."""

        if stage is Stage.COMMAND:
            raise RegistrationError(f"plugin {self.name!r}: commands, buttons, steps and texts are that stage")

        def register(function: F) -> F:
            self.stages.append((stage, compile_handler(self.name, function)))
            return function

        return register

    def screen(self, function: F) -> F:
        """Say, in memory and without I/O, whether a message concerns the bot. Runs before anything is stored.

        ``(message) -> Verdict | None``, or ``(message, services)``.
        """
        self.screens.append(function)
        return function

    def middleware(self, function: F) -> F:
        """Wrap the decision: ``async def mw(context, call_next) -> Decision | None``. First plugin outermost."""
        self.middlewares.append(function)
        return function

    # effects, time, life ----------------------------------------------------------------------------------

    def applies(self, effect: type[E]) -> Callable[[F], F]:
        """Own an effect: ``async def apply(effect, unit) -> dict | None``.

        Runs inside the message's savepoint, writes models or ``unit``, does no other I/O, may be run again
        after a failed commit; ``unit.context`` is the message's. The dict it returns is the receipt that the
        decision's texts may use; its ``lines`` (a tuple of ``Text``) are appended to the reply.
        """

        def register(function: F) -> F:
            self._new(self.appliers, effect, function, "effect")
            return function

        return register

    def timer(self, name: str, *, slow: bool = False) -> Callable[[F], F]:
        """Handle a ``FollowUp`` that came due (``data``, ``key``). Its replies must name their chat in ``to``.

        ``slow``: it asks a platform, or something else that may take long. Such timers run one after the other, beside
        all others.
        """

        def register(function: F) -> F:
            self._new(self.timers, name, compile_handler(self.name, function), "timer")
            if slow:
                self.slow_timers.add(name)
            return function

        return register

    def on_start(self, function: Callable[[Services], Awaitable[None]]) -> Callable[..., Any]:
        """Run after the database is open and before the first message."""
        self.starts.append(function)
        return function

    def on_stop(self, function: Callable[[Services], Awaitable[None]]) -> Callable[..., Any]:
        """Run before the database closes."""
        self.stops.append(function)
        return function

    def numbers(self, function: Callable[[], frozenset[str]]) -> Callable[[], frozenset[str]]:
        """Provide phone numbers (digits only) that automatic texts may carry."""
        self.number_providers.append(function)
        return function

    def subjects(self, function: Callable[[Services], Iterable[str]]) -> Callable[[Services], Iterable[str]]:
        """Provide the slugs of everything that the plugin's answers may be about, as their ``reason`` names it."""
        self.subject_providers.append(function)
        return function

    def ledger(
        self, function: Callable[[Services, datetime, datetime], Awaitable[Ledger]]
    ) -> Callable[[Services, datetime, datetime], Awaitable[Ledger]]:
        """Give an account of a span of time: which messages humans owe or owed an answer, which promises broke."""
        self.ledgers.append(function)
        return function

    def erases(
        self, function: Callable[[int, UnitOfWork], Awaitable[None]]
    ) -> Callable[[int, UnitOfWork], Awaitable[None]]:
        """Forget, in a unit of work, what the plugin keeps of somebody (the row id of an identity) who asks for it."""
        self.erasers.append(function)
        return function

    def keeps(
        self, function: Callable[[Services], Awaitable[Iterable[Text]]]
    ) -> Callable[[Services], Awaitable[Iterable[Text]]]:
        """Tell, for /privacy, what the plugin keeps of people besides what they say, and for how long."""
        self.keepers.append(function)
        return function

    # pages ------------------------------------------------------------------------------------------------

    def routes(
        self, function: Callable[[Services], Iterable[web.RouteDef]]
    ) -> Callable[[Services], Iterable[web.RouteDef]]:
        """Add routes to the shared web server."""
        self.web_routes.append(function)
        return function

    def staff_page(self, title: str, path: str, roles: Iterable[str], order: int = 100) -> None:
        """Add a link to the staff navigation for people with one of the roles."""
        self.pages.append(StaffPage(title, path, frozenset(roles), order))

    def menu_entry(self, command: str, text: str, *places: Place) -> None:
        """Offer a command of this plugin in the menu of platforms that have one; ``text`` says what it does."""
        if command not in self.commands:
            raise RegistrationError(f"plugin {self.name!r} offers /{command}, which it does not handle")
        self.menu.append(MenuEntry(command, text, frozenset(places)))

    def _new(self, registry: dict[Any, Any], name: Any, value: Any, what: str) -> None:
        if name in registry:
            raise RegistrationError(f"plugin {self.name!r} registers {what} {name!r} twice")
        registry[name] = value


def discover(names: Iterable[str] | None = None) -> list[Plugin]:
    """The installed plugins, or those named, in that order.

    Raises ``UserError`` for a name that no installed package provides.
    """
    found = {point.name: point for point in entry_points(group="botkit.plugins")}
    chosen = list(found) if names is None else list(names)
    plugins = []
    for name in chosen:
        if name not in found:
            raise UserError(
                f"plugin {name!r} is not installed",
                f"use one of {', '.join(sorted(found))}, or install the package that provides it",
            )
        plugin = found[name].load()
        if not isinstance(plugin, Plugin):
            raise UserError(f"entry point {name!r} is not a Plugin", "let it name a botkit.plugin.Plugin object")
        plugins.append(plugin)
    return plugins
