"""The framework's error tree: each says what happened and what to do, without a stack trace for a user's mistake."""

from __future__ import annotations


class BotkitError(Exception):
    """Base of all errors that the framework raises on purpose."""


class UserError(BotkitError):
    """Something that the person at the keyboard can put right. ``fix`` says how."""

    def __init__(self, what: str, fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.what}\n  fix: {self.fix}" if self.fix else self.what


class SettingsError(UserError):
    """A setting is unknown, malformed or missing; names file, line and fix."""


class RegistrationError(BotkitError):
    """A plugin registers something impossible; names the function, where it stands, and what is allowed."""


class StorageError(UserError):
    """The database can't be opened, read or written."""
