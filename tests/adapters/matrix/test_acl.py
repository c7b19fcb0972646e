"""Lists of servers that a room keeps out: read as servers read them, whatever stands in them."""

from __future__ import annotations

import fnmatch
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.matrix.acl import keeps_out

ALL: dict[str, Any] = {"allow": ["*"]}


@pytest.mark.parametrize(
    ("acl", "server", "out"),
    [
        (ALL, "near.example", False),
        ({}, "near.example", True),
        ({"allow": "*"}, "near.example", True),
        ({"allow": ["*.example"]}, "near.example:8448", False),
        ({"allow": ["*.example"]}, "near.example.org", True),
        ({**ALL, "deny": ["near.example"]}, "near.example", True),
        ({**ALL, "deny": ["NEAR.*"]}, "near.example:8448", True),
        ({**ALL, "deny": ["near.example"]}, "sub.near.example", False),
        ({**ALL, "deny": ["nea?.example", 7, None]}, "near.example", True),
        ({**ALL, "deny": {"near.example": 1}}, "near.example", False),
        ({**ALL, "allow_ip_literals": False}, "127.0.0.1:8448", True),
        ({**ALL, "allow_ip_literals": False}, "[::1]:8448", True),
        ({**ALL, "allow_ip_literals": False}, "near.example", False),
        ({**ALL, "allow_ip_literals": "no"}, "127.0.0.1", False),
        ({**ALL, "deny": ["[*"]}, "[::1]", True),
    ],
)
def test_lists(acl: dict[str, Any], server: str, out: bool) -> None:
    assert keeps_out(acl, server) is out


@given(st.text("ab.*?", max_size=12), st.text("ab.", min_size=1, max_size=12))
def test_stars_and_marks(entry: str, name: str) -> None:
    assert keeps_out({"allow": [entry]}, name) is not fnmatch.fnmatchcase(name, entry)


def test_no_entry_takes_long() -> None:
    assert keeps_out({"allow": ["*a" * 100]}, "a" * 200 + "b")
