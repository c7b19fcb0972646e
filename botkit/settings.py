"""Settings: a station's TOML file, overridden by the environment, checked before anything starts."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from botkit.errors import SettingsError

FILE = "station.toml"
PREFIX = "BOTKIT_"
# Read by the command line and the tests; not settings of a station.
OUTSIDE = frozenset(
    {
        "BOTKIT_CONFIG", "BOTKIT_DATA", "BOTKIT_MODELS", "BOTKIT_REFERENCE", "BOTKIT_SOAK",
        "BOTKIT_SYNAPSE",
    }
)  # fmt: skip

M = TypeVar("M", bound=BaseModel)


class Table(BaseModel):
    """A table of settings: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Names(Table):
    """A name in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def __getitem__(self, language: str) -> str:
        return self.en if language == "en" else self.zh


class StationSettings(Table):
    """Who the bot speaks for. ``demo`` allows fictional sample data."""

    slug: str = Field("station", pattern=r"^[a-z0-9-]{1,64}$")
    name: Names = Names(zh="派出所", en="Police station")
    time_zone: str = "Asia/Shanghai"
    language: Literal["zh", "en"] = "zh"
    demo: bool = False

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("is no time zone of the IANA database, such as Asia/Shanghai") from None
        return name

    @property
    def zone(self) -> ZoneInfo:
        """The time zone."""
        return ZoneInfo(self.time_zone)


class WebSettings(Table):
    """Where the pages are served. ``public_url`` is how people reach them, if not directly."""

    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)
    public_url: str | None = None


class DatabaseSettings(Table):
    """Where the database is; by default a SQLite file in the data folder."""

    url: str | None = Field(None, pattern=r"^(sqlite:///|postgres(ql)?://).+")


class LogSettings(Table):
    """How much is logged, and how."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    json_lines: bool = False


class PluginChoice(Table):
    """Which plugins run, in this order; by default the ones of this package."""

    enabled: tuple[str, ...] = ("safety", "etiquette", "groups", "handoff", "reports", "directory")


class Settings(Table):
    """A station's settings. Plugins' and adapters' own tables are kept raw in ``tables``."""

    station: StationSettings = StationSettings()
    web: WebSettings = WebSettings()
    database: DatabaseSettings = DatabaseSettings()
    log: LogSettings = LogSettings()
    plugins: PluginChoice = PluginChoice()
    adapters: tuple[str, ...] = ("webchat",)
    tables: Mapping[str, Mapping[str, Any]] = Field(default_factory=dict, exclude=True)
    source: Path = Path(FILE)
    variables: Mapping[str, str] = Field(default_factory=dict, exclude=True)
    """Which settings the environment gave, by dotted name: a wrong one is put right there, not in the file."""


def load(folder: Path, environment: Mapping[str, str], extra_tables: Iterable[str]) -> Settings:
    """Read ``<folder>/station.toml`` and apply ``BOTKIT_<TABLE>_<KEY>`` variables.

    ``extra_tables`` are the names of installed plugins and adapters, which may have tables of their own.
    Raises ``SettingsError`` naming file, line and fix.
    """
    path = folder / FILE
    raw, text = read_toml(path)
    extra = set(extra_tables)
    tables: dict[str, dict[str, Any]] = {name: raw.pop(name) for name in list(raw) if name in extra}
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise SettingsError(f"{path}:{line_of(text, (name,))}: {name!r} must be a table", f"write [{name}]")
    own = set(Settings.model_fields) - {"tables", "source", "variables"}
    unknown = next((name for name in raw if name not in own), None)
    if unknown is not None:
        raise SettingsError(
            f"{path}:{line_of(text, (unknown,))}: unknown setting {unknown!r}", _suggest(unknown, own | extra)
        )
    given = _override(raw, tables, environment, own, extra)
    try:
        return Settings.model_validate({**raw, "tables": tables, "source": path, "variables": given})
    except ValidationError as problem:
        raise explain(problem, path, text, variables=given) from None


def plugin_table(settings: Settings, plugin: str, model: type[M]) -> M:
    """A plugin's own table as its model. Raises ``SettingsError`` naming file, line and fix."""
    try:
        return model.model_validate(settings.tables.get(plugin, {}))
    except ValidationError as problem:
        text = settings.source.read_text("utf-8") if settings.source.exists() else ""
        raise explain(problem, settings.source, text, (plugin,), settings.variables) from None


def read_toml(path: Path) -> tuple[dict[str, Any], str]:
    """A TOML file and its text. Raises ``SettingsError`` for a missing, unreadable or malformed one."""
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise SettingsError(
            f"{path}: there is no such file", "name the folder with --config or BOTKIT_CONFIG"
        ) from None
    except (OSError, UnicodeDecodeError) as problem:
        raise SettingsError(f"{path}: can't be read: {problem}", "it must be a readable UTF-8 file") from None
    try:
        return tomllib.loads(text), text
    except tomllib.TOMLDecodeError as problem:
        found = re.search(r"line (\d+)", str(problem))
        line = found.group(1) if found else str(text.count("\n") + 1)
        raise SettingsError(f"{path}:{line}: not valid TOML: {problem}", "see https://toml.io for the syntax") from None


def line_of(text: str, keys: tuple[str | int, ...]) -> int:
    """The line (from 1) of a key in a TOML text, or of the nearest table around it; 1 if neither is found."""
    names = [str(key) for key in keys if not isinstance(key, int)]
    counts = [key for key in keys if isinstance(key, int)]
    table: list[str] = []
    best, depth, seen = 1, 0, -1
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(#.*)?$", line)
        if header:
            table = [part.strip(" \"'") for part in header.group(1).split(".")]
            if line.lstrip().startswith("[[") and table == names[: len(table)]:
                seen += 1
            here = table
        else:
            key = re.match(r"\s*([\w\"'.-]+)\s*=", line)
            if not key:
                continue
            here = table + [part.strip("\"'") for part in key.group(1).split(".")]
        if counts and seen != counts[0] and seen >= 0:
            continue
        common = 0
        for mine, wanted in zip(here, names, strict=False):
            if mine != wanted:
                break
            common += 1
        if common > depth and common == min(len(here), len(names)):
            best, depth = number, common
    return best


def explain(
    problem: ValidationError,
    path: Path,
    text: str,
    prefix: tuple[str | int, ...] = (),
    variables: Mapping[str, str] | None = None,
) -> SettingsError:
    """A pydantic error as one line that names file, line, setting and fix."""
    first = problem.errors()[0]
    keys = (*prefix, *first["loc"])
    name = ".".join(str(key) for key in keys)
    variable = (variables or {}).get(name)
    place = f"environment: {variable}" if variable else f"{path}:{line_of(text, keys)}"
    if first["type"] == "extra_forbidden":
        return SettingsError(f"{place}: unknown setting {name!r}", _suggest(str(keys[-1]), _siblings(problem, first)))
    given = first.get("input")
    shown = f" (it is {given!r})" if isinstance(given, str | int | float | bool) else ""
    fix = "correct the value, or remove it for the default"
    return SettingsError(f"{place}: {name}: {first['msg']}{shown}", fix)


def _siblings(problem: ValidationError, error: Any) -> set[str]:
    model: Any = {model.__name__: model for model in Table.__subclasses__()}.get(problem.title)
    for key in error["loc"][:-1]:
        field = model.model_fields.get(key) if model else None
        model = field.annotation if field and isinstance(field.annotation, type) else None
    return set(model.model_fields) if model and hasattr(model, "model_fields") else set()


def _suggest(name: str, known: Iterable[str]) -> str:
    known = sorted(known)
    close = difflib.get_close_matches(name, known, 1)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"known here: {', '.join(known)}" if known else "remove it"


def _override(
    raw: dict[str, Any],
    tables: dict[str, dict[str, Any]],
    environment: Mapping[str, str],
    own: set[str],
    extra: set[str],
) -> dict[str, str]:
    given: dict[str, str] = {}
    for variable, value in environment.items():
        if not variable.startswith(PREFIX) or variable in OUTSIDE:
            continue
        table, _, key = variable.removeprefix(PREFIX).lower().partition("_")
        if table in own and table not in ("adapters", "plugins") and key:
            known = Settings.model_fields[table].annotation
            fields = set(known.model_fields) if isinstance(known, type) and issubclass(known, BaseModel) else set()
            if key not in fields:
                raise SettingsError(f"environment: unknown setting {variable}", _suggest(key, fields))
            if not isinstance(raw.setdefault(table, {}), dict):
                continue  # the file gives no table here, which is an error of its own
            raw[table][key] = _value(value)
        elif table in extra and key:
            tables.setdefault(table, {})[key] = _value(value)
        else:
            raise SettingsError(
                f"environment: unknown setting {variable}", "use BOTKIT_<TABLE>_<KEY>, as BOTKIT_WEB_PORT"
            )
        given[f"{table}.{key}"] = variable
    return given


def _value(value: str) -> Any:
    return {"true": True, "false": False}.get(value.lower(), value)
