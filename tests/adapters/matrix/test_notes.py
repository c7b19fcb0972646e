"""The adapter's table, on both databases; nothing here needs a homeserver."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from adapters.matrix import Matrix
from adapters.matrix.notes import LOCKED, ROOM
from adapters.matrix.settings import MatrixSettings
from botkit.testing import BotHarness
from tests.adapters.matrix.bots import matrix_of


async def test_notes(database_url: str, tmp_path: Path) -> None:
    own = {"homeserver": "https://h.example", "user": "@desk:h.example", "device": "D", "token": "secret"}
    adapter = Matrix(MatrixSettings.model_validate(own))
    async with BotHarness(adapter=adapter, database_url=database_url, folder=tmp_path) as bot:
        notes, now = matrix_of(bot.bot).notes, bot.clock.now()
        assert await adapter.receiving.start.read() is None
        assert await adapter.receiving.start.keep("s1", [notes.add(ROOM, "!a", "!a", {"join": True}, now)]) == "s1"
        # What was decided first holds.
        assert await adapter.receiving.start.keep("s2", []) == "s1"
        strange = {"content": {"ciphertext": "\ud800\x00"}}
        for ref, at in (("$1", now), ("$2", now + timedelta(hours=1))):
            await notes.write(notes.add(LOCKED, "!a", ref, strange, at), notes.add(LOCKED, "!a", ref, {}, at))
        await notes.write(notes.tell(LOCKED, "$1"))
        found = await notes.all(LOCKED)
        assert [(row["ref"], bool(row["told"]), row["payload"]) for row in found] == [
            ("$1", True, strange), ("$2", False, strange),
        ]  # fmt: skip
        await notes.write(notes.forget(LOCKED, "!a", now + timedelta(minutes=1)), notes.drop(ROOM, "!a"))
        assert [row["ref"] for row in await notes.all(LOCKED)] == ["$2"] and await notes.all(ROOM) == []
        # What is renewed is ended by its own id alone, in whatever order the two are written.
        old, first = notes.put(ROOM, "!b", "!b", {"turn": 1}, now)
        new, second = notes.put(ROOM, "!b", "!b", {"turn": 2}, now)
        await notes.write(first)
        await notes.write(second, notes.end(old))
        assert [(row["id"], row["payload"]) for row in await notes.all(ROOM)] == [(new, {"turn": 2})]
        await notes.write(notes.end(new))
        assert await notes.all(ROOM) == []
        await adapter.receiving.unread.load()
        assert len(adapter.receiving.unread) == 1
