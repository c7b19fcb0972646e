"""Phone numbers: which ones are real, and how they are dialled. Hotlines are the short numbers they are."""

from __future__ import annotations

import re

from botkit.messages import Text, tr

REGION = "CN"
_WRITTEN = re.compile(r"\+?[\d()\- ]*\d[\d()\- ]*")
_SHORT = re.compile(r"\d{3,8}")


def problem(number: str, *, sample: bool = False) -> Text | None:
    """What is wrong with a number, or None. ``sample`` numbers need only look like one.

    Valid are full numbers and short ones (12345, 95598, 962740) that ``phonenumbers`` knows for China.
    """
    if not _WRITTEN.fullmatch(number):
        return tr("directory.wrong.no_number")
    if sample:
        return None
    # Imported when first needed: a start with an unchanged directory checks no number.
    import phonenumbers
    from phonenumbers import shortnumberinfo

    try:
        parsed = phonenumbers.parse(number, REGION)
    except phonenumbers.NumberParseException:
        return tr("directory.wrong.unread_number")
    digits = _digits(number)
    if _SHORT.fullmatch(digits) and shortnumberinfo.is_valid_short_number_for_region(parsed, REGION):
        return None
    if phonenumbers.is_valid_number(parsed):
        return None
    return tr("directory.wrong.invalid_number")


def is_fictional(number: str) -> bool:
    """Whether a number can't belong to anybody: what an invented business must have."""
    return problem(number) is not None


def uri(number: str) -> str:
    """The ``tel:`` link of a number. Short numbers are dialled as they are, others with the country code."""
    digits = _digits(number)
    if number.startswith("+"):
        return f"tel:+{digits}"
    if _SHORT.fullmatch(digits) or digits.startswith(("400", "800")):
        return f"tel:{digits}"
    return f"tel:+86{digits.removeprefix('0')}"


def _digits(number: str) -> str:
    return "".join(filter(str.isdigit, number))
