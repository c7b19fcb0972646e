"""The public page: the list, its search and filter, both languages, no script."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from botkit.settings import Settings, StationSettings
from botkit.testing import BotHarness
from botkit.web.app import build
from directory.plugin import plugin
from tests.directory.conftest import ENTRY, FAQ, SAMPLE, Write


async def client_of(bot: BotHarness) -> TestClient:  # type: ignore[type-arg]  # its argument differs by version
    client = TestClient(TestServer(build(bot.services)))
    await client.start_server()
    return client


@pytest.fixture
async def client() -> AsyncIterator[TestClient]:  # type: ignore[type-arg]
    async with BotHarness([plugin], tables={"directory": {"folder": str(SAMPLE)}}) as bot:
        client = await client_of(bot)
        yield client
        await client.close()


async def page(client: TestClient, query: str = "") -> str:  # type: ignore[type-arg]
    response = await client.get(f"/directory{query}")
    assert response.status == 200
    return await response.text()


async def test_it_lists_everything_in_chinese_by_default(client: TestClient) -> None:  # type: ignore[type-arg]
    text = await page(client)
    assert '<html lang="zh-CN">' in text and "上海燃气热线" in text and "水电煤与上门维修" in text
    assert 'href="tel:962777"' in text and "示例/未核实 · 来源：" in text
    assert text.count("<article") == 35 and text.count("<details") == 3
    # The form works without them.
    assert text.count("<script") == 2 and 'method="get" action="/directory"' in text


async def test_it_speaks_english(client: TestClient) -> None:  # type: ignore[type-arg]
    text = await page(client, "?lang=en")
    assert '<html lang="en">' in text and "Shanghai gas hotline" in text and "Repairs and utilities" in text
    assert "上海燃气热线" not in text


async def test_invented_numbers_cannot_be_tapped(client: TestClient) -> None:  # type: ignore[type-arg]
    text = await page(client, "?q=示例")
    assert "021-00000001" in text and "请勿拨打" in text
    assert not re.search(r'href="tel:[^"]*0000000', text)


async def test_search_and_filter(client: TestClient) -> None:  # type: ignore[type-arg]
    assert (await page(client, "?q=公积金")).count("<article") >= 1
    assert (await page(client, "?family=legal")).count("<article") == 3
    text = await page(client, "?q=qwxv&family=legal")
    assert "没找到" in text and text.count("<article") == 0
    assert 'value="legal" selected' in text and 'value="qwxv"' in text


@pytest.mark.parametrize(
    "query", ["?q=<script>alert(1)</script>", "?family=moon", "?q=" + "长" * 500, "?lang=xx&q=%00%E2%80%AE"]
)
async def test_odd_addresses_do_no_harm(client: TestClient, query: str) -> None:  # type: ignore[type-arg]
    text = await page(client, query)
    assert "<script>" not in text


async def test_an_empty_directory_says_so(write: Write, tmp_path: Path) -> None:
    folder = write(a=ENTRY + "sample = true\n")
    settings = Settings(station=StationSettings(demo=False))
    async with BotHarness([plugin], settings=settings, tables={"directory": {"folder": str(folder)}}) as bot:
        client = await client_of(bot)
        text = await page(client)
        await client.close()
    assert "目录里还没有内容" in text and "962777" not in text and "演示" not in text


async def test_only_what_answers_now(client: TestClient) -> None:  # type: ignore[type-arg]
    everything, answering = await page(client), await page(client, "?open=1")
    assert 0 < answering.count("<article") < everything.count("<article")
    assert 'value="1" checked' in answering and "服务时间请先打电话问" not in answering


async def test_an_entry_has_a_page_of_its_own(client: TestClient) -> None:  # type: ignore[type-arg]
    assert 'href="/directory/locksmith"' in await page(client)
    text = await page(client, "/locksmith?lang=en")
    assert "<h1>Locksmiths: ask 12345</h1>" in text and "is a person, a child or a fire behind the door" in text
    assert "Offered by: " in text and text.count("<article") == 1
    (told,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text)
    service = json.loads(told)
    assert service["@type"] == "Service" and service["name"] == "Locksmiths: ask 12345"
    assert service["availableChannel"][0]["servicePhone"]["telephone"] == "12345"
    assert len(service["hoursAvailable"]) == 7 and service["hoursAvailable"][0]["opens"] == "00:00"


async def test_an_invented_entry_is_not_told_to_search_engines(client: TestClient) -> None:  # type: ignore[type-arg]
    text = await page(client, "/sample_locksmith")
    assert "请勿拨打" in text and "ld+json" not in text


@pytest.mark.parametrize("slug", ["moon", "faq_gas", "%3Cscript%3E", "a" * 300])
async def test_there_is_no_page_of_what_is_no_entry(client: TestClient, slug: str) -> None:  # type: ignore[type-arg]
    response = await client.get(f"/directory/{slug}", headers={"Accept": "text/html"})
    assert response.status == 404 and "<script>" not in await response.text()


async def test_text_cannot_end_the_structured_data(write: Write) -> None:
    folder = write(a=ENTRY.replace("About gas.", "</ script > gas & co <3"))
    async with BotHarness([plugin], tables={"directory": {"folder": str(folder)}}) as bot:
        client = await client_of(bot)
        response = await client.get("/directory/gas?lang=en", headers={"Accept": "text/html"})
        text = await response.text()
        await client.close()
    assert text.count("</script>") == 2 and "</ script" not in text.replace("&lt;/ script", "")
    assert json.loads(text.split('ld+json">')[1].split("</script>")[0])["description"] == "</ script > gas & co <3"


async def test_what_has_expired_gives_no_number(write: Write) -> None:
    # The clock of tests stands in 2026.
    folder = write(a=ENTRY + "assured_date = 2024-01-31\n", b=FAQ + "assured_date = 2024-01-31\n")
    async with BotHarness([plugin], tables={"directory": {"folder": str(folder)}}) as bot:
        client = await client_of(bot)
        for path in ("/directory?lang=en", "/directory/gas?lang=en"):
            text = await (await client.get(path, headers={"Accept": "text/html"})).text()
            assert "Not verified since 2024-01-31" in text and "962777" not in text and "ld+json" not in text
            # 12345 is not in this directory, and so can't be pointed to; nothing is told as current.
            assert "an officer can find out" in text and "12345" not in text and "facts" not in text
        await client.close()


async def test_an_expired_name_does_not_say_its_number_and_is_pointed_to_12345(write: Write) -> None:
    old = ENTRY.replace("Gas line", "962777 Gas line") + "assured_date = 2024-01-31\n"
    hotline = ENTRY.replace('slug = "gas"', 'slug = "hotline"').replace("962777", "12345")
    folder = write(a=old, b=hotline + "assured_date = 2024-01-31\n")
    async with BotHarness([plugin], tables={"directory": {"folder": str(folder)}}) as bot:
        client = await client_of(bot)
        gas = await (await client.get("/directory/gas?lang=en", headers={"Accept": "text/html"})).text()
        itself = await (await client.get("/directory/hotline?lang=en", headers={"Accept": "text/html"})).text()
        await client.close()
    assert "<h1>Gas line</h1>" in gas and "please check with 12345" in gas and "962777" not in gas
    assert "an officer can find out" in itself and "please check with" not in itself


async def test_facets_narrow_together_and_show_only_what_there_is(write: Write) -> None:
    two = ENTRY.replace('"gas"', '"water"').replace("962777", "962740").replace("Gas line", "Water line")
    first = ENTRY + 'languages = ["zh", "wuu"]\nfree = true\narea = { zh = "滨江", en = "Riverside" }\n'
    first += 'place = { zh = "南京路", en = "Nanjing Road", latitude = 31.23, longitude = 121.47 }\n'
    two += 'languages = ["en"]\narea = { zh = "全市", en = "All Shanghai" }\n'
    folder = write(a=first, b=two.replace('topic = "water"', 'topic = "gas"'))
    async with BotHarness([plugin], tables={"directory": {"folder": str(folder)}}) as bot:
        client = await client_of(bot)
        for query, both in (
            ("", "gw"), ("&speaks=wuu", "g"), ("&speaks=en", "w"), ("&free=1", "g"), ("&area=All Shanghai", "w"),
            ("&free=1&speaks=en", ""), ("&speaks=xx&area=none", "gw"),
        ):  # fmt: skip
            text = await page(client, f"?lang=en{query}")
            assert ("Gas line" in text, "Water line" in text) == ("g" in both, "w" in both), query
        assert "Shanghainese" in text and "Nanjing Road" in text and "mlat=31.23" in text
        await client.close()
