"""Saved models: a fitted matcher as one file, and the request to a fitting process as another."""

from __future__ import annotations

import os
from collections.abc import Sequence
from hashlib import blake2s
from pathlib import Path
from zipfile import BadZipFile

import msgspec
import numpy as np
from numpy.lib.npyio import NpzFile

from botkit.language.entries import Entry
from botkit.language.match import Matcher
from botkit.language.space import Floats

VERSION = 3
"""Of features and arrays: a change of either makes every saved model a stranger."""


def digest(entries: Sequence[Entry], embeddings: str = "") -> str:
    """What a model is known by: the entries it was fitted to, with which embeddings, by which version."""
    told = msgspec.json.encode([VERSION, embeddings, [_row(e) for e in entries]])
    return blake2s(told, digest_size=16).hexdigest()


def save(matcher: Matcher, path: Path) -> None:
    """Write a model; readers see the old one or the new one, never half of it."""
    entries = msgspec.json.encode([_row(e) for e in matcher.entries])
    beside = path.with_suffix(f".{os.getpid()}.part")
    arrays = {"entries": np.frombuffer(entries, np.uint8), "version": np.array(VERSION), **matcher.parts()}
    try:
        with beside.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def load(path: Path) -> Matcher | None:
    """The model of a file, or None where there is none, or one that this version can't read."""
    try:
        with path.open("rb") as opened, NpzFile(opened, allow_pickle=False) as file:
            if np.asarray(file["version"]).tolist() != VERSION:
                return None
            parts = {name: file[name] for name in file.files if name != "version"}
        return Matcher.of_parts(_entries(parts.pop("entries").tobytes()), parts)
    except (OSError, ValueError, EOFError, KeyError, BadZipFile, msgspec.MsgspecError):
        return None


def ask(entries: Sequence[Entry], path: Path, embeddings: Floats | None = None) -> None:
    """Write down what a fitting process is to learn."""
    told = msgspec.json.encode([_row(e) for e in entries])
    with path.open("wb") as file:
        np.savez(
            file,
            entries=np.frombuffer(told, np.uint8),
            embeddings=np.zeros((0, 0), np.float32) if embeddings is None else embeddings,
        )


def fit_file(asked: Path, path: Path) -> None:
    """Learn what a file of ``ask`` says, and save the model. Runs in the fitting process."""
    from botkit.language.fit import fit

    with np.load(asked, allow_pickle=False) as file:
        told, embeddings = file["entries"].tobytes(), file["embeddings"]
    save(fit(_entries(told), embeddings if embeddings.size else None), path)


def _row(entry: Entry) -> tuple[str, tuple[str, ...], str, bool]:
    return entry.key, entry.phrasings, entry.group, entry.answers


def _entries(told: bytes) -> list[Entry]:
    rows = msgspec.json.decode(told, type=list[tuple[str, tuple[str, ...], str, bool]])
    return [Entry(*row) for row in rows]
