"""A sheet on its way: fetched, edited, sent with mistakes, sent again, published, undone."""

from __future__ import annotations

import asyncio
import io
import zipfile

import aiohttp

from botkit.testing import PATIENCE
from directory.values import Entry
from tests.directory.curation.conftest import BOTH, Maintainer


def upload(content: bytes, name: str = "名单.csv", **fields: str) -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False)
    for key, value in fields.items():
        form.add_field(key, value)
    form.add_field("file", content, filename=name, content_type="text/csv")
    return form


async def sent(desk: Maintainer, content: bytes, name: str = "名单.csv", **fields: str) -> str:
    """Send a file, and wait for what becomes of it: the address of a change, or the page that says what is wrong."""
    await desk.page("/sheets?lang=en")
    where = await desk.send("/sheets", upload(content, name, **fields))
    async with asyncio.timeout(PATIENCE):
        while True:
            async with await desk.run.get(f"/desk/directory{where}") as response:
                text = await response.text()
                if response.status == 303:
                    return response.headers["Location"].removeprefix("/desk/directory")
                if "Reading the file" not in text and "Checking" not in text and "Writing" not in text:
                    return text
            await asyncio.sleep(0.05)


async def fetched(desk: Maintainer, path: str) -> bytes:
    async with await desk.run.get(f"/desk/directory/sheets/{path}") as response:
        assert response.status == 200
        return await response.read()


@BOTH
async def test_a_table_goes_out_comes_back_and_is_undone_whole(desk: Maintainer) -> None:
    table = (await fetched(desk, "entry.csv")).decode("utf-8-sig")
    lines = table.splitlines()
    second = lines[1].replace("gas", "water", 1).replace("燃气热线", "供水热线")
    wrong = [lines[0], lines[1].replace("962777", "110"), second.replace("962777", "0")]
    page = await sent(desk, "\n".join(wrong).encode())
    assert "To be corrected: 2" in page and "名单.csv · " in page, page
    assert "emergency number" in page
    right = [lines[0], lines[1].replace("Gas line", "Gas hotline"), second]
    change = await sent(desk, "\n".join(right).encode("gb18030"))
    page = await desk.page(change)
    assert (
        "added 1" in page
        and "changed 1" in page
        and "removed" not in page.partition("<main")[2].partition("</section>")[0]
    )
    await desk.send(f"{change}/publish")
    gas = desk.directory.contents.get("entry", "gas")
    assert isinstance(gas, Entry) and gas.name.en == "Gas hotline" and len(desk.directory.index.guide.entries) == 2
    back = await desk.send(f"{change}/undo")
    await desk.send(f"{back}/publish")
    assert [entry.name.en for entry in desk.directory.contents.guide.entries] == ["Gas line"]


async def test_the_same_again_changes_nothing(desk: Maintainer) -> None:
    assert "none changed" in await sent(desk, await fetched(desk, "directory.xlsx"), "a.xlsx")


async def test_what_a_sheet_does_not_have_goes_only_when_asked(desk: Maintainer) -> None:
    table = (await fetched(desk, "topic.csv")).decode("utf-8-sig")
    lines = table.splitlines()
    without = "\n".join(line for line in lines if not line.startswith("water")).encode()
    assert "none changed" in await sent(desk, without)
    assert "removed 1" in await desk.page(await sent(desk, without, removals="1"))
    # The entry belongs to the topic that would go.
    without = "\n".join(line for line in lines if not line.startswith("gas")).encode()
    assert "gas refers to gas, which would be removed" in await sent(desk, without, removals="1")


async def test_a_file_that_is_none_is_refused_and_so_is_none(desk: Maintainer) -> None:
    page = await sent(desk, b"\x89PNG\r\n\x1a\n", "photo.xlsx")
    assert "To be corrected: 1" in page
    await desk.page("/sheets?lang=en")
    assert "Choose a file first" in await desk.send("/sheets", aiohttp.FormData({"removals": "1"}), status=422)


async def test_the_template_and_the_package_can_be_fetched(desk: Maintainer) -> None:
    assert (await fetched(desk, "template.xlsx")).startswith(b"PK")
    with zipfile.ZipFile(io.BytesIO(await fetched(desk, "hsds.zip"))) as package:
        assert "services.csv" in package.namelist()


async def test_an_import_is_shown_to_the_one_who_began_it(desk: Maintainer) -> None:
    await desk.page("/sheets")
    where = await desk.send("/sheets", upload(b"x"))
    await desk.run.bot.services.staff.create("li", "李", ["maintainer"], password="long enough")
    desk.run.http.cookie_jar.clear()
    await desk.run.log_in("li", "long enough")
    await desk.page(where, status=404)
