"""Loading: what the files say stands in the tables, once, and comes back equal. On both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from botkit.storage import Database
from botkit.testing import FakeClock
from directory import loading, rows
from directory.reading import Reading, read_folder
from tests.directory.conftest import ENTRY, FAQ, Write

APPS = {"directory": (("directory.models",), "directory.migrations")}


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url, clock=FakeClock(), apps=APPS, durable=False)
    await opened.open("test")
    yield opened
    await opened.close()


async def count(database: Database, table: str) -> int:
    return int((await database.read(f"SELECT count(*) AS n FROM {table}"))[0]["n"])


TABLES = (
    "service",
    "faq",
    "phone",
    "schedule",
    "organization",
    "attribute",
    "taxonomy_term",
    "directory_text",
    "phrasing",
)


async def test_the_whole_sample_comes_back_equal(database: Database, sample: Reading) -> None:
    done = await loading.load(database, sample)
    assert len(done.changed) == len(sample.guide.subjects) and done.revision == 1
    assert await rows.read(database) == sample.guide
    assert await loading.loaded_digest(database) == sample.digest


async def test_loading_again_changes_nothing(database: Database, sample: Reading) -> None:
    await loading.load(database, sample)
    before = [await count(database, table) for table in TABLES]
    ids = await database.read("SELECT id FROM service ORDER BY id")
    assert await loading.load(database, sample) == loading.Loaded((), (), 1)
    assert [await count(database, table) for table in TABLES] == before
    assert await database.read("SELECT id FROM service ORDER BY id") == ids


async def test_a_change_replaces_only_its_entry_and_keeps_its_id(database: Database, write: Write) -> None:
    water = ENTRY.replace('"gas"', '"water"').replace("燃气", "用水")
    await loading.load(database, read_folder(write(a=ENTRY, b=water)))
    ids = await database.read("SELECT slug, id FROM service ORDER BY slug")
    changed = read_folder(write(a=ENTRY.replace("煤气公司电话多少", "煤气找谁"), b=water))
    done = await loading.load(database, changed)
    assert (done.changed, done.retired, done.revision) == (("gas",), (), 2)
    assert await rows.read(database) == changed.guide
    assert await database.read("SELECT slug, id FROM service ORDER BY slug") == ids
    assert await count(database, "phrasing") == 4


async def test_what_leaves_the_files_leaves_the_directory_and_may_come_back(database: Database, write: Write) -> None:
    folder = write(a=ENTRY, b=FAQ)
    await loading.load(database, read_folder(folder))
    (folder / "b.toml").unlink()
    done = await loading.load(database, read_folder(folder))
    assert done.retired == ("faq_gas",) and (await rows.read(database)).faqs == ()
    assert (await loading.load(database, read_folder(folder))).retired == ()
    back = read_folder(write(a=ENTRY, b=FAQ))
    assert (await loading.load(database, back)).changed == ("faq_gas",)
    assert await rows.read(database) == back.guide


async def test_while_a_file_is_broken_nothing_leaves(database: Database, write: Write) -> None:
    good = read_folder(write(a=ENTRY, b=FAQ))
    await loading.load(database, good)
    done = await loading.load(
        database, read_folder(write(a="[[entry", b=FAQ.replace('about = "gas"', 'about = "gas"')))
    )
    assert done.retired == () and (await rows.read(database)).entries == good.guide.entries
    # Not remembered as done: the problem is told again at the next start.
    assert await loading.loaded_digest(database) == ""


async def test_topics_follow_the_files(database: Database, write: Write) -> None:
    folder = write(a=ENTRY)
    await loading.load(database, read_folder(folder))
    topics = (folder / "topics.toml").read_text("utf-8").replace("Water", "Tap water")
    (folder / "topics.toml").write_text(topics, "utf-8")
    changed = read_folder(folder)
    assert (await loading.load(database, changed)).revision == 2
    assert (await rows.read(database)).topics == changed.guide.topics
