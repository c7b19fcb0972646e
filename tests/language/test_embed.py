"""Embeddings: near meanings are near, and whatever an endpoint does, a message is understood by its words."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestServer

from botkit.errors import UserError
from botkit.language import Entry
from botkit.language.embed import PACKAGE, Endpoint, Local, local
from botkit.language.fit import fit
from botkit.language.space import Floats
from tests.conftest import missing


@pytest.fixture(scope="module")
def minilm() -> Local:
    if find_spec(PACKAGE) is None:
        missing(f"the embedding weights ({PACKAGE}) are not installed: make embed")
    return local()


def cosine(one: Floats, other: Floats) -> float:
    # The second last layer is the last mean, which the encoder was trained by.
    a, b = one[-2], other[-2]
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def test_near_meanings_are_nearer(minilm: Local) -> None:
    asked, same, other = minilm.vectors(
        ["I can't open my front door", "somebody to open the door for me", "how do I pay the gas bill"]
    )
    assert cosine(asked, same) > cosine(asked, other) + 0.2


def test_it_is_the_encoder_that_it_says(minilm: Local) -> None:
    """Figures of the model's own documentation (sbert.net, quick start)."""
    lovely, sunny, stadium = minilm.vectors(
        ["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."]
    )
    assert cosine(lovely, sunny) == pytest.approx(0.6660, abs=1e-3)
    assert cosine(lovely, stadium) == pytest.approx(0.1046, abs=1e-3)
    assert cosine(sunny, stadium) == pytest.approx(0.1411, abs=1e-3)


def test_what_is_not_english_is_zeros(minilm: Local) -> None:
    found = minilm.vectors(["煤气公司电话", "", "👍", "dian hua duo shao", "gas bill", "\ud800"])
    assert found.any(axis=(1, 2)).tolist() == [False, False, False, False, True, False]
    assert found.dtype == np.float32 and np.isfinite(found).all()
    assert minilm.vectors([]).shape == (0, *found.shape[1:])


async def test_batches_are_as_single_texts(minilm: Local) -> None:
    texts = [f"question number {number} about {'the gas bill ' * (number % 5)}" for number in range(70)]
    told = await minilm.embed(texts)
    assert told is not None
    for at in (0, 4, 63, 64, 69):
        assert np.allclose(minilm.vectors([texts[at]])[0], told[at], atol=2e-4)


def test_a_long_text_is_cut_and_a_strange_one_read(minilm: Local) -> None:
    assert np.isfinite(minilm.vectors(["gas bill " * 20_000, "zxqvw " * 10, "the \u202egas\u200b bill"])).all()


def test_a_paraphrase_is_ranked_first_though_it_shares_no_word(minilm: Local) -> None:
    # fmt: off
    entries = (
        Entry("locksmith", ("locked out of my flat", "I lost my keys", "need a locksmith", "open my front door")),
        Entry("dentist", ("my tooth hurts", "find a dentist", "broken filling", "dental clinic nearby")),
        Entry("gas", ("pay the gas bill", "gas meter reading", "gas company number", "gas supply problem")),
        Entry("vet", ("my dog is sick", "animal hospital", "my cat does not eat", "find a vet")),
    )
    # fmt: on
    phrasings = [phrasing for entry in entries for phrasing in entry.phrasings]
    matcher = fit(entries, minilm.vectors(phrasings))
    asked = "toothache"
    assert matcher.match(asked, 1, minilm.vectors([asked])[0])[0].key == "dentist"
    asked = "puppy vomits, needs treatment"
    assert matcher.match(asked, 1, minilm.vectors([asked])[0])[0].key == "vet"


def test_without_the_weights_it_says_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botkit.language.embed.find_spec", lambda _: None)
    with pytest.raises(UserError, match="not installed") as problem:
        local()
    assert "make embed" in str(problem.value.fix)


class Service:
    """An endpoint for embeddings: a text's vector is its length and its first letter's number."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.headers: list[str | None] = []
        self.models: set[str] = set()
        self.answer: web.Response | None = None
        self.seconds = 0.0
        self.told: Any = None
        self.url = ""

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.asked.append(body["input"])
        self.models.add(body["model"])
        self.headers.append(request.headers.get("Authorization"))
        await asyncio.sleep(self.seconds)
        if self.told is not None:
            return web.json_response(self.told)
        if self.answer is not None:
            return web.Response(status=self.answer.status, body=self.answer.body)
        rows = [{"index": at, "embedding": vector(text)} for at, text in enumerate(body["input"])]
        return web.json_response({"data": rows[::-1]})


def vector(text: str) -> list[float]:
    return [float(len(text)), float(ord(text[0]))]


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    found = Service()
    app = web.Application()
    app.router.add_post("/v1/embeddings", found.handle)
    async with TestServer(app) as server:
        found.url = str(server.make_url("/v1/embeddings"))
        yield found


@pytest.fixture
async def endpoint(service: Service) -> AsyncIterator[Endpoint]:
    found = Endpoint(service.url, "small", key="s3cret", seconds=5)
    yield found
    await found.close()


def expected(texts: Sequence[str]) -> list[list[list[float]]]:
    return [[vector(text)] for text in texts]


async def test_vectors_come_in_the_order_of_the_texts(service: Service, endpoint: Endpoint) -> None:
    texts = ["b", "煤气", "aaa", "b"]
    told = await endpoint.embed(texts)
    assert told is not None and told.dtype == np.float32 and told.tolist() == expected(texts)
    assert service.asked == [["b", "煤气", "aaa"]] and service.models == {"small"}


async def test_many_are_asked_for_in_batches_and_none_twice(service: Service, endpoint: Endpoint) -> None:
    texts = [f"{number} gas" for number in range(150)]
    told = await endpoint.embed(texts)
    assert told is not None and told.tolist() == expected(texts)
    assert [len(batch) for batch in service.asked] == [64, 64, 22]
    again = await endpoint.embed([*texts[:5], "new"])
    assert again is not None and again.tolist() == expected([*texts[:5], "new"])
    assert service.asked[3:] == [["new"]]


async def test_only_so_many_are_remembered(
    service: Service, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("botkit.language.embed._CACHED", 2)
    await endpoint.embed(["a", "b", "c"])
    told = await endpoint.embed(["a", "b", "c"])
    assert told is not None and told.tolist() == expected(["a", "b", "c"])
    assert service.asked == [["a", "b", "c"], ["a"]]


async def test_blank_texts_are_zeros_and_not_asked_for(service: Service, endpoint: Endpoint) -> None:
    told = await endpoint.embed(["", "gas", " \n"])
    assert told is not None and told.tolist() == [[[0, 0]], [vector("gas")], [[0, 0]]]
    assert await endpoint.embed(["", " "]) is None and await endpoint.embed([]) is None
    assert service.asked == [["gas"]]


async def test_half_an_emoji_is_sent(service: Service, endpoint: Endpoint) -> None:
    told = await endpoint.embed(["gas \ud83d"])
    assert told is not None and len(service.asked) == 1


async def test_the_key_is_in_the_header_where_there_is_one(service: Service, endpoint: Endpoint) -> None:
    await endpoint.embed(["a"])
    keyless = Endpoint(service.url, "small")
    await keyless.embed(["a"])
    await keyless.close()
    assert service.headers == ["Bearer s3cret", None]


FAULTS: list[tuple[int, bytes]] = [
    (500, b"oops"),
    (401, b"{}"),
    (200, b"<html>"),
    (200, b"null"),
    (200, b"[]"),
    (200, b'{"data": null}'),
    (200, b'{"data": []}'),
    (200, b'{"data": [{"index": 0}, {"index": 1}]}'),
    (200, b'{"data": ["a", "b"]}'),
    (200, b'{"data": [{"index": 0, "embedding": null}, {"index": 1, "embedding": null}]}'),
    (200, b'{"data": [{"index": 0, "embedding": []}, {"index": 1, "embedding": []}]}'),
    (200, b'{"data": [{"index": 0, "embedding": [1]}, {"index": 1, "embedding": [1, 2]}]}'),
    (200, b'{"data": [{"index": 0, "embedding": [[1]]}, {"index": 1, "embedding": [[1]]}]}'),
    (200, b'{"data": [{"index": 0, "embedding": ["x"]}, {"index": 1, "embedding": ["y"]}]}'),
    (200, b'{"data": [{"index": 0, "embedding": [NaN]}, {"index": 1, "embedding": [1]}]}'),
    (200, b'{"data": [{"index": 0, "embedding": [1]}, {"index": "1", "embedding": [1]}]}'),
    (200, b'{"data": [{"index": 0, "embedding": {"a": 1}}, {"index": 1, "embedding": {"a": 1}}]}'),
    (200, b"\xff\xfe"),
    (200, b"[" * 100_000),
]


@pytest.mark.parametrize("typed", [True, False], ids=["as JSON", "untyped"])
@pytest.mark.parametrize(("status", "body"), FAULTS, ids=[f"{status} {body[:60]!r}" for status, body in FAULTS])
async def test_faults_and_garbage_are_none(status: int, body: bytes, typed: bool) -> None:
    async def handle(_: web.Request) -> web.Response:
        return web.Response(status=status, body=body, content_type="application/json" if typed else "text/plain")

    app = web.Application()
    app.router.add_post("/", handle)
    async with TestServer(app) as server:
        faulty = Endpoint(str(server.make_url("/")), "small", seconds=5)
        assert await faulty.embed(["one secret", "two"]) is None
        await faulty.close()


async def test_it_recovers(service: Service, endpoint: Endpoint) -> None:
    service.answer = web.Response(status=503)
    assert await endpoint.embed(["gas"]) is None
    service.answer = None
    told = await endpoint.embed(["gas"])
    assert told is not None and told.tolist() == expected(["gas"])


async def test_another_model_behind_the_same_address_is_noticed(service: Service, endpoint: Endpoint) -> None:
    await endpoint.embed(["a"])
    service.told = {"data": [{"index": 0, "embedding": [1, 2, 3]}]}
    assert await endpoint.embed(["a", "b"]) is None
    told = await endpoint.embed(["b"])
    assert told is not None and told.tolist() == [[[1, 2, 3]]]


async def test_it_is_given_up_on_quickly(service: Service) -> None:
    service.seconds = 30
    slow = Endpoint(service.url, "small", seconds=0.05)
    assert await slow.embed(["gas"]) is None
    await slow.close()


async def test_where_nobody_listens_it_is_none() -> None:
    nobody = Endpoint("http://127.0.0.1:9/v1/embeddings", "small", seconds=5)
    assert await nobody.embed(["gas"]) is None
    await nobody.close()
    await nobody.close()


async def test_the_log_tells_of_it_once_and_of_no_text(
    service: Service, endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    service.answer = web.Response(status=500, body=b"echo: my secret question")
    with structlog.testing.capture_logs() as logged, caplog.at_level(logging.DEBUG):
        for _ in range(3):
            assert await endpoint.embed(["my secret question"]) is None
    assert [line["event"] for line in logged] == ["embeddings.failed"]
    told = f"{logged} {caplog.text}"
    assert "secret question" not in told and "s3cret" not in told
