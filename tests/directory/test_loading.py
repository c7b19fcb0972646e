"""Loading: what the files say stands in the tables, once, and comes back equal. On both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from botkit.storage import Database
from botkit.testing import FakeClock
from directory import changes, contents, loading
from directory.changes import Edit
from directory.reading import Reading, read_folder
from directory.values import Guide, Phone, Value, Words
from tests.directory.conftest import ENTRY, FAQ, Write

APPS = {"directory": (("directory.models",), "directory.migrations")}


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url, clock=FakeClock(), apps=APPS, durable=False)
    await opened.open("test")
    yield opened
    await opened.close()


async def versions(database: Database) -> int:
    return int((await database.read("SELECT count(*) AS n FROM directory_version"))[0]["n"])


async def guide(database: Database) -> Guide:
    return (await contents.read(database)).guide


async def edited(database: Database, value: Value | None, slug: str = "gas") -> None:
    """Somebody at the desk makes something else of an entry."""
    change = await changes.propose(database, [Edit("entry", slug, value)], kind="edit", actor="staff:1")
    await database.unit(lambda unit: changes.publish(unit, change, "staff:1"))


async def test_the_whole_sample_comes_back_equal(database: Database, sample: Reading) -> None:
    done = await loading.load(database, sample)
    assert len(done.changed) == len(sample.guide.subjects) and done.revision == 1
    assert await guide(database) == sample.guide
    assert await loading.loaded_digest(database) == sample.digest


async def test_loading_again_changes_nothing(database: Database, sample: Reading) -> None:
    await loading.load(database, sample)
    before = await versions(database)
    assert await loading.load(database, sample) == loading.Loaded((), (), (), 1)
    assert await versions(database) == before


async def test_a_change_writes_its_entry_alone(database: Database, write: Write) -> None:
    water = ENTRY.replace('"gas"', '"water"').replace("燃气", "用水")
    await loading.load(database, read_folder(write(a=ENTRY, b=water)))
    before = await versions(database)
    changed = read_folder(write(a=ENTRY.replace("煤气公司电话多少", "煤气找谁"), b=water))
    done = await loading.load(database, changed)
    assert (done.changed, done.retired, done.revision) == (("gas",), (), 2)
    assert await guide(database) == changed.guide and await versions(database) == before + 1


async def test_what_only_moved_is_not_written_anew(database: Database, write: Write) -> None:
    water = ENTRY.replace('"gas"', '"water"').replace("燃气", "用水")
    await loading.load(database, read_folder(write(a=ENTRY, b=water)))
    before = await versions(database)
    moved = read_folder(write(a=water, b=ENTRY))
    assert (await loading.load(database, moved)).changed == ()
    assert await guide(database) == moved.guide and await versions(database) == before


async def test_what_leaves_the_files_leaves_the_directory_and_may_come_back(database: Database, write: Write) -> None:
    folder = write(a=ENTRY, b=FAQ)
    await loading.load(database, read_folder(folder))
    (folder / "b.toml").unlink()
    done = await loading.load(database, read_folder(folder))
    assert done.retired == ("faq_gas",) and (await guide(database)).faqs == ()
    assert (await loading.load(database, read_folder(folder))).retired == ()
    back = read_folder(write(a=ENTRY, b=FAQ))
    assert (await loading.load(database, back)).changed == ("faq_gas",)
    assert await guide(database) == back.guide


async def test_while_a_file_is_broken_nothing_leaves(database: Database, write: Write) -> None:
    good = read_folder(write(a=ENTRY, b=FAQ))
    await loading.load(database, good)
    done = await loading.load(
        database, read_folder(write(a="[[entry", b=FAQ.replace('about = "gas"', 'about = "gas"')))
    )
    assert done.retired == () and (await guide(database)).entries == good.guide.entries
    # Not remembered as done: the problem is told again at the next start.
    assert await loading.loaded_digest(database) == ""


async def test_topics_follow_the_files(database: Database, write: Write) -> None:
    folder = write(a=ENTRY)
    await loading.load(database, read_folder(folder))
    topics = (folder / "topics.toml").read_text("utf-8").replace("Water", "Tap water")
    (folder / "topics.toml").write_text(topics, "utf-8")
    changed = read_folder(folder)
    assert (await loading.load(database, changed)).revision == 2
    assert (await guide(database)).topics == changed.guide.topics


async def test_what_the_desk_changed_stays_and_what_the_files_changed_beside_it_joins(
    database: Database, write: Write
) -> None:
    first = read_folder(write(a=ENTRY))
    await loading.load(database, first)
    (gas,) = first.guide.entries
    await edited(database, replace(gas, summary=Words("煤气的事。", "All about gas.")))
    done = await loading.load(database, read_folder(write(a=ENTRY.replace("962777", "12345"))))
    (entry,) = (await guide(database)).entries
    assert done.changed == ("gas",) and entry.phones == (Phone("12345"),) and entry.summary.en == "All about gas."


async def test_where_files_and_desk_disagree_the_files_wait_for_approval(database: Database, write: Write) -> None:
    first = read_folder(write(a=ENTRY))
    await loading.load(database, first)
    (gas,) = first.guide.entries
    await edited(database, replace(gas, summary=Words("煤气的事。", "All about gas.")))
    other = read_folder(write(a=ENTRY.replace("About gas.", "Gas and more.")))
    done = await loading.load(database, other)
    assert (done.changed, done.waiting) == ((), ("gas",))
    assert (await guide(database)).entries[0].summary.en == "All about gas."
    (waiting,) = await database.read("SELECT id, kind FROM directory_change WHERE state = 'waiting'")
    assert waiting["kind"] == "files"
    # Whatever becomes of it, it does not come again with every start.
    await database.unit(lambda unit: changes.refuse(unit, waiting["id"], "staff:1"))
    assert await loading.load(database, other) == loading.Loaded((), (), (), 2)


async def test_what_the_desk_removed_does_not_come_back_with_the_files(database: Database, write: Write) -> None:
    await loading.load(database, read_folder(write(a=ENTRY)))
    await edited(database, None)
    await loading.load(database, read_folder(write(a=ENTRY, b=FAQ)))
    found = await guide(database)
    assert found.entries == () and [faq.slug for faq in found.faqs] == ["faq_gas"]


async def test_what_the_desk_edited_stays_when_the_files_drop_it(database: Database, write: Write) -> None:
    folder = write(a=ENTRY)
    first = read_folder(folder)
    await loading.load(database, first)
    await edited(database, replace(first.guide.entries[0], owner="the desk"))
    (folder / "a.toml").unlink()
    assert (await loading.load(database, read_folder(folder))).retired == ()
    assert [entry.owner for entry in (await guide(database)).entries] == ["the desk"]
