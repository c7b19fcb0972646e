"""Labels: what the fields of a value are called, and what to write in them: as on the sheets, so on the pages."""

from __future__ import annotations

from botkit.messages import Text, tr
from directory.sheets.columns import column_of

_OWN = {
    "phones": "directory.desk.phones",
    "languages": "directory.desk.languages",
    "slug": "directory.sheet.heading.slug",
}
_OWN_HINTS = {
    "phones": "directory.desk.phones_hint",
    "topic": "directory.desk.topic_hint",
    "topics": "directory.desk.topics_hint",
    "family": "directory.desk.family_hint",
    "about": "directory.desk.about_hint",
    "languages": "directory.desk.languages_hint",
    "hours.verified": "directory.desk.verified_hint",
    "sample": "directory.desk.sample_hint",
    "free": "directory.desk.free_hint",
    "do_not_call": "directory.desk.invented_hint",
}
"""Where a page asks otherwise than a sheet: it has boxes to tick and lists to choose from."""


def label(field: str) -> Text | str:
    """The name of a field, by its flat name, such as ``name.zh``."""
    column = column_of(field)
    if field in _OWN:
        return tr(_OWN[field])
    return column.heading if column is not None else field


def hint(field: str) -> Text | str:
    """What to write in a field."""
    column = column_of(field)
    if field in _OWN_HINTS:
        return tr(_OWN_HINTS[field])
    return column.explained if column is not None else ""
