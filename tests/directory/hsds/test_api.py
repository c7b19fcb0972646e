"""The HSDS API: another system reads the directory by pages and filters, and asks again only for what changed."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from yarl import URL

from botkit.testing import BotHarness
from botkit.web.app import build
from directory.hsds.openapi import TAKES
from directory.hsds.published import COLLECTIONS
from directory.loading import load
from directory.plugin import plugin
from directory.reading import read_folder
from directory.running import directory_of
from tests.directory.conftest import ENTRY, SAMPLE, Write

Client = TestClient[Any, Any]


class Api:
    """A client of the API of one bot."""

    def __init__(self, client: Client, bot: BotHarness) -> None:
        self.client = client
        self.bot = bot

    async def get(self, path: str, **query: str) -> Any:
        response = await self.client.get(f"/hsds{path}", params=query)
        assert response.status == 200, await response.text()
        return await response.json()

    async def names(self, **query: str) -> list[str]:
        """The slugs of the services that a query finds."""
        return [service["slug"] for service in (await self.get("/services", **query))["contents"]]


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    bot = BotHarness([plugin], tables={"directory": {"folder": str(SAMPLE), "learn": False}})
    async with bot, TestClient(TestServer(build(bot.services))) as client:
        yield Api(client, bot)


async def test_the_official_checker_passes(api: Api) -> None:
    folder = os.environ.get("BOTKIT_REFERENCE")
    checker = Path(folder or "") / "hsds" / "check_api.py"
    if not folder or not checker.exists():
        pytest.skip("BOTKIT_REFERENCE names no folder with the checker of HSDS")
    run = await asyncio.create_subprocess_exec(
        sys.executable, str(checker), str(api.client.make_url("/hsds")),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    told = (await run.communicate())[0].decode()
    assert run.returncode == 0, told
    assert "skip" not in told and told.count("ok ") > len(COLLECTIONS)


async def test_the_base_tells_what_it_is(api: Api) -> None:
    base = await api.get("/")
    assert base == await api.get("")
    assert base["version"] == "3.2" and base["publisher"]["name"]
    for link in (base["profile"], base["openapi_url"]):
        response = await api.client.get(URL(link).path)
        assert response.status == 200 and URL(link).is_absolute()
    assert "ask_first" in (await api.get("/profile.json"))["fields"]["service"]


async def test_a_service_is_told_whole(api: Api) -> None:
    (found,) = (await api.get("/services", search="962777"))["contents"]
    service = await api.get(f"/services/{found['id']}")
    assert service["name"] == "上海燃气热线" and service["translations"]["en"]["name"] == "Shanghai gas hotline"
    assert service["phones"][0]["number"] == "962777"
    terms = {attribute["taxonomy_term"]["code"] for attribute in service["attributes"]}
    assert "gas" in terms
    assert service["organization"]["name"]
    assert "owner" not in service


async def test_hours_that_somebody_verified(api: Api) -> None:
    services = (await api.get("/services", full="true", per_page="1000"))["contents"]
    told = {service["slug"]: service.get("schedules", []) for service in services}
    (schedule,) = told["locksmith"]
    assert (schedule["opens_at"], schedule["closes_at"], schedule["timezone"]) == ("00:00", "23:59", 8)
    assert schedule["byday"] == "MO,TU,WE,TH,FR,SA,SU"
    (note,) = told["gas"]
    assert note["description"] and "opens_at" not in note


async def test_pages_hold_everything_once(api: Api) -> None:
    everything = await api.get("/services", per_page="1000")
    assert everything["total_items"] == 35 and everything["first_page"] and everything["last_page"]
    seen: list[str] = []
    for number in range(1, 5):
        page = await api.get("/services", page=str(number), per_page="10")
        assert page["total_pages"] == 4 and page["last_page"] == (number == 4) and not page["empty"]
        seen += [service["id"] for service in page["contents"]]
    assert seen == [service["id"] for service in everything["contents"]]
    beyond = await api.get("/services", page="9", per_page="10")
    assert beyond["empty"] and beyond["contents"] == []


async def test_filters_add_up(api: Api) -> None:
    terms = {term["code"]: term for term in (await api.get("/taxonomy_terms", per_page="1000"))["contents"]}
    gas, family = terms["gas"]["id"], terms["gas"]["parent_id"]
    of_gas = await api.names(taxonomy_term_id=gas)
    of_family = await api.names(taxonomy_term_id=family)
    assert of_gas and set(of_gas) < set(of_family)
    assert set(await api.names(search="热线", taxonomy_term_id=gas)) <= set(of_gas)
    (service,) = (await api.get("/services", search="962777"))["contents"]
    organization = service["organization"]["id"]
    assert service["slug"] in await api.names(organization_id=organization)
    assert not await api.names(organization_id=organization, taxonomy_term_id="nothing")
    offering = await api.get("/organizations", taxonomy_term_id=gas, per_page="1000")
    assert organization in {one["id"] for one in offering["contents"]}


async def test_terms_by_their_place(api: Api) -> None:
    tops = (await api.get("/taxonomy_terms", top_only="true"))["contents"]
    assert tops and not any("parent_id" in term for term in tops)
    below = (await api.get("/taxonomy_terms", parent_id=tops[0]["id"]))["contents"]
    assert below and all(term["parent_id"] == tops[0]["id"] for term in below)
    (taxonomy,) = (await api.get("/taxonomies"))["contents"]
    assert (await api.get("/taxonomy_terms", taxonomy_id=taxonomy["id"]))["total_items"] > len(tops)
    assert (await api.get("/taxonomy_terms", taxonomy_id="other"))["empty"]


async def test_what_changed_since(api: Api) -> None:
    now = api.bot.clock.now()
    before, after = (now - timedelta(hours=1)).isoformat(), (now + timedelta(hours=1)).isoformat()
    assert len(await api.names(modified_after=before, per_page="1000")) == 35
    assert not await api.names(modified_after=after)
    minimal = await api.get("/services", minimal="true")
    assert len(minimal["contents"]) == 35
    assert all(set(one) == {"id", "last_modified"} for one in minimal["contents"])


async def test_how_much_is_told(api: Api) -> None:
    (brief,) = (await api.get("/services", search="962777"))["contents"]
    (full,) = (await api.get("/services", search="962777", full="true"))["contents"]
    assert "phones" not in brief and full == await api.get(f"/services/{brief['id']}")
    organization = brief["organization"]["id"]
    told = await api.get(f"/organizations/{organization}")
    assert told["services"] and "phones" not in told["services"][0]
    whole = await api.get(f"/organizations/{organization}", full_service="true")
    assert whole["services"][0]["phones"]


async def test_all_records_as_lines(api: Api) -> None:
    response = await api.client.get("/hsds/services?format=ndjson&per_page=2")
    assert response.content_type == "application/x-ndjson"
    lines = (await response.text()).splitlines()
    assert len(lines) == 35 and all("id" in json.loads(line) for line in lines)


async def test_asking_by_post(api: Api) -> None:
    for sent in ({"json": {"search": "962777", "full": True}}, {"data": {"search": "962777", "full": "true"}}):
        response = await api.client.post("/hsds/services", headers={"Origin": "https://elsewhere.example"}, **sent)
        assert response.status == 200, await response.text()
        (found,) = (await response.json())["contents"]
        assert found["phones"][0]["number"] == "962777"


async def test_a_page_of_what_is_asked_by_post(api: Api) -> None:
    response = await api.client.post("/hsds/services", json={"minimal": True, "per_page": 2})
    assert len((await response.json())["contents"]) == 2


async def test_every_site_may_ask(api: Api) -> None:
    response = await api.client.get("/hsds/services")
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    before = await api.client.options("/hsds/services", headers={"Origin": "https://elsewhere.example"})
    assert before.status == 204 and "POST" in before.headers["Access-Control-Allow-Methods"]
    missing = await api.client.get("/hsds/services/none")
    assert missing.status == 404 and missing.headers["Access-Control-Allow-Origin"] == "*"


async def test_what_is_known_is_not_sent_again(api: Api) -> None:
    first = await api.client.get("/hsds/services")
    tag = first.headers["ETag"]
    assert "max-age" in first.headers["Cache-Control"]
    again = await api.client.get("/hsds/services", headers={"If-None-Match": tag})
    assert again.status == 304 and await again.text() == "" and again.headers["ETag"] == tag
    other = await api.client.get("/hsds/services", headers={"If-None-Match": '"old"'})
    assert other.status == 200
    searched = await api.client.get("/hsds/services?search=gas", headers={"If-None-Match": tag})
    assert searched.status == 200 and "ETag" not in searched.headers


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("page=0", "page"), ("page=x", "page"), ("page=" + "9" * 5000, "page"), ("per_page=1001", "per_page"),
        ("full=maybe", "full"), ("modified_after=yesterday", "modified_after"), ("format=xml", "format"),
        ("proximity=5", "proximity"), ("postcode=200000&proximity=near", "proximity"),
        ("postcode=200000&proximity=nan", "proximity"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_parameter_that_cant_be_read_is_named(api: Api, query: str, name: str, language: str) -> None:
    response = await api.client.get(f"/hsds/services?{query}", headers={"Accept-Language": language})
    assert response.status == 400
    error = (await response.json())["error"]
    assert name in error["what"] and error["fix"]


@pytest.mark.parametrize("body", ["[]", "{", '"gas"'])
async def test_a_body_that_cant_be_read(api: Api, body: str) -> None:
    sent = {"data": body, "headers": {"Content-Type": "application/json", "Accept-Language": "en"}}
    response = await api.client.post("/hsds/services", **sent)  # type: ignore[arg-type]  # a dict of both
    assert response.status == 400
    assert '{"search": "gas"}' in (await response.json())["error"]["fix"]


async def test_the_description_matches_the_addresses(api: Api) -> None:
    told = await api.get("/openapi.json")
    assert told["openapi"].startswith("3.1")
    for path, methods in told["paths"].items():
        for method in methods:
            response = await api.client.request(method, f"/hsds{path}".replace("{id}", "none"))
            assert response.status == (404 if "{id}" in path else 200), (method, path)
    schemas = told["components"]["schemas"]
    assert json.dumps(told).count("#/components/schemas/") and schemas["service"]["required"] == [
        "id",
        "name",
        "status",
    ]
    for name in {part.split('"')[0] for part in json.dumps(told).split("#/components/schemas/")[1:]}:
        assert name in schemas
    for name in {part.split('"')[0] for part in json.dumps(told).split("#/components/parameters/")[1:]}:
        assert name in told["components"]["parameters"]


async def test_a_change_is_published(write: Write) -> None:
    bot = BotHarness([plugin], tables={"directory": {"folder": str(write(entries=ENTRY)), "learn": False}})
    async with bot, TestClient(TestServer(build(bot.services))) as client:
        first = await client.get("/hsds/services")
        (service,) = (await first.json())["contents"]
        assert service["name"] == "燃气热线"
        changed = read_folder(write(entries=ENTRY.replace("燃气热线", "煤气热线")))
        await load(bot.services.database, changed)
        await directory_of(bot.services).refresh(bot.services.database)
        second = await client.get("/hsds/services", headers={"If-None-Match": first.headers["ETag"]})
        (again,) = (await second.json())["contents"]
        assert again["name"] == "煤气热线" and again["id"] == service["id"]


async def test_what_only_moved_is_not_modified(write: Write) -> None:
    bot = BotHarness([plugin], tables={"directory": {"folder": str(write(b=ENTRY)), "learn": False}})
    async with bot, TestClient(TestServer(build(bot.services))) as client:
        bot.clock.step(timedelta(hours=1))
        since = bot.clock.now().isoformat()
        water = ENTRY.replace('"gas"', '"water"').replace("962777", "962740").replace("煤气公司电话多少", "水费怎么交")
        await load(bot.services.database, read_folder(write(a=water)))
        await directory_of(bot.services).refresh(bot.services.database)
        for query, slugs in (({}, ["water", "gas"]), ({"modified_after": since}, ["water"])):
            response = await client.get("/hsds/services", params=query)
            assert [service["slug"] for service in (await response.json())["contents"]] == slugs


async def test_the_reference_has_every_list_with_its_parameters(api: Api) -> None:
    response = await api.client.get("/hsds/reference", headers={"Accept": "text/html"})
    text = await response.text()
    assert response.status == 200
    for collection, parameters in TAKES.items():
        part = text.split(f'action="/hsds/{collection}"')[1].split("</form>")[0]
        assert re.findall(r'name="([a-z_]+)"', part) == list(parameters)
