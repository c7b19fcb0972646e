"""The Bot API over HTTP: addresses, tokens, bodies, faults; what a method does stands elsewhere."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.telegram.checks import METHODS, decode, request_problems, result_problems
from tests.telegram.errors import ApiError, too_many
from tests.telegram.faults import Fault, Faults, Kind
from tests.telegram.methods import HANDLERS
from tests.telegram.world import World

_LARGEST = 60 * 2**20
_GATEWAY = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n"
    "<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n"
)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file inside of a request."""

    name: str
    mime: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """A request that came in, with its parameters, and the fault that it met."""

    method: str
    values: Mapping[str, Any]
    at: float
    fault: Fault | None = None


class Server:
    """Listens on a free port of 127.0.0.1. ``requests`` counts by method, ``calls`` keeps them in order."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.faults = Faults()
        self.requests: Counter[str] = Counter()
        self.calls: list[Call] = []
        self._runner: web.AppRunner | None = None
        self._closing = asyncio.Event()
        self.url = ""

    async def start(self, port: int = 0) -> None:
        """Listen."""
        app = web.Application(client_max_size=_LARGEST)
        app.router.add_route("*", "/bot{token:[^/]+}/{method:[^/]+}", self._call)
        app.router.add_get("/file/bot{token:[^/]+}/{path:.+}", self._file)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=1, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Listen no more."""
        self._closing.set()
        self._world.updates.interrupt()
        if self._runner:
            await self._runner.cleanup()

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"].lower()
        try:
            self._check(request.match_info["token"], method)
            values, files = await _body(request, method)
        except ApiError as refusal:
            return _answer(refusal.body(), refusal.code)
        name = str(METHODS[method].__api_method__)  # type: ignore[attr-defined]  # a class variable of all methods
        fault = self.faults.draw(method)
        self.requests[name] += 1
        self.calls.append(Call(name, values, self._world.clock(), fault))
        self._world.changed()
        if fault:
            return await self._faulty(request, fault, name, values, files)
        return await self._carry_out(name, values, files)

    def _check(self, token: str, method: str) -> None:
        if token != self._world.bot.token:
            number, _, secret = token.partition(":")
            raise ApiError(401, "Unauthorized") if number.isdigit() and len(secret) > 20 else ApiError(404, "Not Found")
        if method not in METHODS:
            raise ApiError(404, "Not Found")

    async def _carry_out(self, name: str, values: dict[str, Any], files: dict[str, Upload]) -> web.Response:
        problems = request_problems(name, values, files)
        handler = HANDLERS.get(name)
        if not problems and handler is None:
            problems = [f"{name}: the emulator does not have this method"]
        if problems or handler is None:
            self._world.violations.extend(problems)
            return _answer({"ok": False, "error_code": 400, "description": f"Bad Request: {'; '.join(problems)}"}, 400)
        try:
            result = await handler(self._world, values, files)
        except ApiError as refusal:
            return _answer(refusal.body(), refusal.code)
        result = json.loads(json.dumps(result))
        if name != "getUpdates":  # updates were checked when they came to be
            self._world.violations.extend(result_problems(name, result))
        return _answer({"ok": True, "result": result}, 200)

    async def _faulty(
        self, request: web.Request, fault: Fault, name: str, values: dict[str, Any], files: dict[str, Upload]
    ) -> web.StreamResponse:
        """Answer as a fault has it."""
        if fault.kind is Kind.FLOOD:
            return _answer(too_many(int(fault.seconds)).body(), 429)
        if fault.kind is Kind.BAD_GATEWAY:
            return web.Response(status=502, text=_GATEWAY, content_type="text/html")
        if fault.kind is Kind.INTERNAL:
            return _answer({"ok": False, "error_code": 500, "description": "Internal Server Error"}, 500)
        if fault.kind is not Kind.RESET_BEFORE:
            if fault.kind is Kind.SLOW:
                await asyncio.sleep(fault.seconds)
            answer = await self._carry_out(name, values, files)
            if fault.kind is Kind.SLOW:
                return answer
            if fault.kind is Kind.MALFORMED:
                return web.Response(text='{"ok":true,"resu', content_type="application/json")
            if fault.kind is Kind.LOST_ANSWER:  # until the client gives up
                await asyncio.wait({asyncio.ensure_future(self._closing.wait())}, timeout=fault.seconds)
        if request.transport:
            request.transport.abort()
        return web.Response()

    async def _file(self, request: web.Request) -> web.Response:
        if request.match_info["token"] != self._world.bot.token:
            return _answer(ApiError(401, "Unauthorized").body(), 401)
        self.requests["file"] += 1
        for blob in self._world.files.values():
            if blob.path == request.match_info["path"]:
                return web.Response(body=blob.data, content_type="application/octet-stream")
        return _answer(ApiError(404, "Not Found").body(), 404)


def _answer(body: dict[str, Any], status: int) -> web.Response:
    return web.json_response(body, status=status)


async def _body(request: web.Request, method: str) -> tuple[dict[str, Any], dict[str, Upload]]:
    """The parameters of a request, however they were sent, and its files."""
    given: dict[str, Any] = decode(method, request.query)
    if request.content_type == "application/json":
        return given | await request.json(), {}
    form: dict[str, str] = {}
    files: dict[str, Upload] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            files[name] = Upload(value.filename, value.content_type, value.file.read())
        else:
            form[name] = str(value)
    return given | decode(method, form), files
