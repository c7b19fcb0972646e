"""Changes: proposed, published, refused, merged and undone. On both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from botkit.storage import Database
from botkit.testing import FakeClock
from directory import changes, contents, loading
from directory.changes import ChangeError, Edit
from directory.reading import read_folder
from directory.values import Entry, Value, Words
from tests.directory.conftest import ENTRY, Write

APPS = {"directory": (("directory.models",), "directory.migrations")}
ME = "staff:1"


@pytest.fixture
async def database(database_url: str, write: Write) -> AsyncIterator[Database]:
    opened = Database(database_url, clock=FakeClock(), apps=APPS, durable=False)
    await opened.open("test")
    await loading.load(opened, read_folder(write(a=ENTRY)))
    yield opened
    await opened.close()


async def live(database: Database) -> Entry | None:
    entry = (await contents.read(database)).get("entry", "gas")
    assert entry is None or isinstance(entry, Entry)
    return entry


async def propose(database: Database, value: Value | None, slug: str = "gas") -> int:
    return await changes.propose(database, [Edit("entry", slug, value)], kind="edit", actor=ME)


async def publish(database: Database, change: int) -> int:
    return await database.unit(lambda unit: changes.publish(unit, change, ME))


async def gas(database: Database) -> Entry:
    entry = await live(database)
    assert entry is not None
    return entry


async def test_what_waits_is_not_live_until_it_is_published(database: Database) -> None:
    old = await gas(database)
    change = await propose(database, replace(old, owner="new"))
    assert await gas(database) == old
    assert await publish(database, change) == 2
    assert (await gas(database)).owner == "new"
    with pytest.raises(ChangeError):
        await publish(database, change)


async def test_what_is_refused_never_becomes_live(database: Database) -> None:
    old = await gas(database)
    change = await propose(database, replace(old, owner="new"))
    await database.unit(lambda unit: changes.refuse(unit, change, ME))
    with pytest.raises(ChangeError):
        await publish(database, change)
    assert await gas(database) == old


async def test_two_edits_of_different_fields_both_become_live(database: Database) -> None:
    old = await gas(database)
    first = await propose(database, replace(old, owner="new"))
    second = await propose(database, replace(old, summary=Words("新的。", "New.")))
    await publish(database, first)
    await publish(database, second)
    entry = await gas(database)
    assert entry.owner == "new" and entry.summary.en == "New."


async def test_two_edits_of_one_field_are_a_conflict_that_changes_nothing(database: Database) -> None:
    old = await gas(database)
    first = await propose(database, replace(old, owner="first"))
    second = await propose(database, replace(old, owner="second"))
    await publish(database, first)
    with pytest.raises(ChangeError) as told:
        await publish(database, second)
    assert told.value.told.args["fields"] == "gas owner" and (await gas(database)).owner == "first"
    # It still waits: somebody decides.
    await database.unit(lambda unit: changes.refuse(unit, second, ME))


async def test_any_change_can_be_undone_and_the_undoing_too(database: Database) -> None:
    old = await gas(database)
    change = await propose(database, replace(old, owner="new"))
    await publish(database, change)
    back = await changes.undo(database, change, ME)
    await publish(database, back)
    assert await gas(database) == old
    await publish(database, await changes.undo(database, back, ME))
    assert (await gas(database)).owner == "new"


async def test_undoing_keeps_what_was_done_since(database: Database) -> None:
    old = await gas(database)
    change = await propose(database, replace(old, owner="new"))
    await publish(database, change)
    await publish(database, await propose(database, replace(await gas(database), cost=Words("免费", "free"))))
    await publish(database, await changes.undo(database, change, ME))
    entry = await gas(database)
    assert entry.owner == old.owner and entry.cost.en == "free"


async def test_a_removal_and_an_addition_are_undone_whole(database: Database) -> None:
    old = await gas(database)
    edits = [Edit("entry", "gas", None), Edit("entry", "new_one", replace(old, slug="new_one"))]
    change = await changes.propose(database, edits, kind="import", actor=ME)
    await publish(database, change)
    found = (await contents.read(database)).guide
    assert [entry.slug for entry in found.entries] == ["new_one"]
    await publish(database, await changes.undo(database, change, ME))
    assert (await contents.read(database)).guide.entries == (old,)


async def test_only_what_is_live_can_be_undone(database: Database) -> None:
    change = await propose(database, None)
    for wrong in (change, 1):
        with pytest.raises(ChangeError):
            await changes.undo(database, wrong, ME)


async def test_what_changed_since_a_revision_is_read_alone(database: Database) -> None:
    before = await contents.read(database)
    assert await contents.renewed(before, database) is before
    await publish(database, await propose(database, replace(await gas(database), owner="new")))
    after = await contents.renewed(before, database)
    assert after.revision == before.revision + 1 and after.guide == (await contents.read(database)).guide
    assert after.guide.topics[0] is before.guide.topics[0]
