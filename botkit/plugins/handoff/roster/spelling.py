"""Spelling: how names that people write in files, forms and groups are compared."""

from __future__ import annotations

import unicodedata


def plain(text: str) -> str:
    """A text as it is compared: width, case and spaces don't count."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
