"""Values as JSON and back: how tables keep them."""

from __future__ import annotations

from typing import Any

import msgspec

from directory.values import KINDS, Value


def dump(value: Value) -> str:
    """A value as JSON: equal for equal values, in every process."""
    return msgspec.json.encode(value, order="deterministic").decode()


def load(kind: str, text: str | bytes) -> Value:
    """The value of a kind that ``dump`` wrote. Raises ``msgspec.ValidationError`` for anything else."""
    value: Value = _DECODERS[kind].decode(text)
    return value


_DECODERS: dict[str, msgspec.json.Decoder[Any]] = {kind: msgspec.json.Decoder(made) for kind, made in KINDS.items()}
