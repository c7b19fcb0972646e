"""The files of ``config/safety``: TOML, with errors that name file, line and fix."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from botkit.errors import SettingsError


class RulesFile:
    """One TOML file, that can tell the line of a word in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.text = path.read_text("utf-8")
        except FileNotFoundError:
            raise SettingsError(f"{path} is missing", "restore it: without its rules the bot does not run") from None
        except (OSError, UnicodeDecodeError) as problem:
            raise SettingsError(f"{path} can't be read: {problem}", "make it a readable UTF-8 file") from problem
        try:
            self.data: dict[str, Any] = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as problem:
            raise SettingsError(f"{path}: {problem}", "correct the TOML at that line") from problem

    def error(self, word: str, what: str, fix: str) -> SettingsError:
        line = next((n for n, text in enumerate(self.text.splitlines(), 1) if word in text), 1)
        return SettingsError(f"{self.path}, line {line}: {what}", fix)

    def table(self, key: str) -> dict[str, Any]:
        value = self.data.get(key, {})
        if not isinstance(value, dict):
            raise self.error(key, f"{key} must be a table", f"write [{key}]")
        return value

    def strings(self, name: str, value: Any) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.error(name, f"{name} must be a list of texts", f'write {name} = ["one|two", "three"]')
        return value
