"""Every request and answer held against aiogram's models of the Bot API: nothing unknown, nothing missing."""

from __future__ import annotations

import json
import types
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin

import aiogram.methods
from aiogram.types import BufferedInputFile, Update
from pydantic import BaseModel, TypeAdapter, ValidationError

METHODS: Mapping[str, type[BaseModel]] = {
    model.__api_method__.lower(): model
    for model in (getattr(aiogram.methods, name) for name in aiogram.methods.__all__)
    if getattr(model, "__api_method__", None) and isinstance(model.__api_method__, str)
}
"""The methods of the Bot API; their names are told apart without regard to case, as Telegram does."""


def decode(method: str, form: Mapping[str, str]) -> dict[str, Any]:
    """The values of a form: what is no text is JSON in it."""
    fields = METHODS[method.lower()].model_fields
    values: dict[str, Any] = {}
    for name, value in form.items():
        plain = name not in fields or _takes_text(METHODS[method.lower()], name)
        values[name] = value if plain else _json(value)
    return values


def _json(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError:
        return {"True": True, "False": False}.get(value, value)


@cache
def _takes_text(model: type[BaseModel], name: str) -> bool:
    return str in _alternatives(model.model_fields[name].annotation)


def _alternatives(annotation: Any) -> set[Any]:
    """The types of a union, without what stands inside of lists."""
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        return set().union(*(_alternatives(part) for part in get_args(annotation)))
    if origin is Annotated:
        return _alternatives(get_args(annotation)[0])
    return {annotation}


def request_problems(method: str, values: Mapping[str, Any], files: Mapping[str, Any]) -> list[str]:
    """What is wrong with a request's parameters."""
    model = METHODS[method.lower()]
    parts = {name: BufferedInputFile(b"", name) for name in files if name in model.model_fields}
    try:
        return list(unknown(model.model_validate({**values, **parts}), method))
    except ValidationError as problem:
        return _told(method, problem)


def result_problems(method: str, result: Any) -> list[str]:
    """What is wrong with the result of a method."""
    try:
        return list(unknown(_returning(method.lower()).validate_python(result), f"result of {method}"))
    except ValidationError as problem:
        return _told(f"result of {method}", problem)


def update_problems(update: Mapping[str, Any]) -> list[str]:
    """What is wrong with an update."""
    try:
        found = list(unknown(Update.model_validate(update), "update"))
    except ValidationError as problem:
        return _told("update", problem)
    return found


@cache
def _returning(method: str) -> TypeAdapter[Any]:
    model: Any = METHODS[method]
    return TypeAdapter(model.__returning__)


def _told(where: str, problem: ValidationError) -> list[str]:
    return [f"{where}: {'.'.join(map(str, error['loc']))}: {error['msg']}" for error in problem.errors()]


def unknown(value: Any, path: str) -> Iterator[str]:
    """The fields in a model, at any depth, that the Bot API doesn't have."""
    if isinstance(value, BaseModel):
        for name in value.model_extra or ():
            yield f"{path}.{name}: no such field"
        for name in value.model_fields_set:
            yield from unknown(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, list | tuple):
        for place, item in enumerate(value):
            yield from unknown(item, f"{path}[{place}]")
