"""When a group counts as blind, without a homeserver: by whom something could not be read, and was again."""

from __future__ import annotations

from typing import Any, cast

import pytest
from nio import AsyncClient

from adapters.matrix.base import Base
from adapters.matrix.login import Login
from adapters.matrix.news import News
from adapters.matrix.notes import Notes
from adapters.matrix.room import Room
from adapters.matrix.rooms import Rooms
from adapters.matrix.sight import Sight
from adapters.matrix.wire import Wire
from botkit.messages import Message
from botkit.testing import FakeClock
from tests.adapters.matrix.test_decode import LI, ME, WANG, decoder


@pytest.fixture
def seen() -> tuple[Sight, Room]:
    """What is known of a group of three."""
    found, room = decoder()
    notes = Notes(cast(Any, None), "nothing is kept here")
    base = Base("matrix", Login(ME, "D", "t"), Wire(AsyncClient("")), notes, Rooms("matrix", ME), FakeClock())
    return Sight(found, News(base, found, encrypts=True)), room


def event(name: str, sender: str) -> dict[str, Any]:
    return {"event_id": name, "sender": sender, "type": "m.room.encrypted", "content": {}}


def told(messages: list[Message]) -> list[str]:
    return [f"{message.data['event']} {message.data.get('why', '')}".strip() for message in messages]


def test_until_everybody_was_read_again(seen: tuple[Sight, Room]) -> None:
    sight, room = seen
    assert told(sight.read(room, event("$0", LI))) == []
    assert told(sight.lost(room, event("$1", LI), "unverified")) == ["bot.blinded unverified"]
    # It is told once, whoever else can't be read, and what others say does not end it.
    assert told(sight.lost(room, event("$2", WANG), "keys")) == []
    assert told(sight.lost(room, event("$3", LI), "keys")) == []
    assert told(sight.read(room, event("$4", WANG))) == []
    assert told(sight.read(room, event("$5", WANG))) == []
    assert told(sight.read(room, event("$6", LI))) == ["bot.sighted"]
    assert told(sight.lost(room, event("$7", LI), "blocked")) == ["bot.blinded blocked"]


def test_what_nobody_waits_for_any_more(seen: tuple[Sight, Room]) -> None:
    sight, room = seen
    sight.lost(room, event("$1", LI), "keys")
    sight.lost(room, event("$2", LI), "keys")
    # The latest is what counts.
    assert told(sight.given_up(room, event("$1", LI))) == []
    assert told(sight.given_up(room, event("$2", LI))) == ["bot.sighted"]
    assert told(sight.given_up(room, event("$2", LI))) == []


def test_what_was_told_before_a_restart_is_not_told_again(seen: tuple[Sight, Room]) -> None:
    sight, room = seen
    sight.kept(room.id, event("$1", LI))
    assert told(sight.lost(room, event("$2", LI), "keys")) == []
    assert told(sight.read(room, event("$3", LI))) == ["bot.sighted"]
    sight.kept(room.id, event("$4", LI))
    sight.forget()
    assert told(sight.read(room, event("$5", LI))) == []


def test_a_private_room_is_no_group(seen: tuple[Sight, Room]) -> None:
    sight, _ = seen
    room = Room("!private:h.example", counted=2)
    assert told(sight.lost(room, event("$1", LI), "keys")) == []
    assert told(sight.read(room, event("$2", LI))) == []
