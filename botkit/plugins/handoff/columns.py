"""Columns: one column of a query's rows as a plain list, which the ORM offers without a type."""

from __future__ import annotations

from typing import Any


async def column(query: Any, name: str) -> list[Any]:
    """The values of a column, in the query's order."""
    return list(await query.values_list(name, flat=True))
