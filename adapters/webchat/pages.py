"""The page's own endpoints: the page itself, posting, reading, and the live stream."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Sequence
from math import ceil
from typing import TYPE_CHECKING

from aiohttp import web

from adapters.webchat import lines
from adapters.webchat.posts import Bad, Post, read_post, read_press
from adapters.webchat.texts import EMERGENCY, page_texts
from botkit.errors import StorageError
from botkit.files import Broken, Missing
from botkit.ids import token
from botkit.messages import Chat, Message, MessageKind, Sender
from botkit.web import api_error, language_of, render
from botkit.web.events import Listener, News, Stream, stream
from botkit.web.shell import shell_of

if TYPE_CHECKING:
    from adapters.webchat.adapter import WebChat

SECRET = re.compile(r"[A-Za-z0-9_-]{22,64}")
LIFETIME = 400 * 24 * 3600
"""Seconds that a browser keeps the visitor's secret: the longest that browsers allow."""
UPLOAD_SECONDS = 300.0

Page = Callable[[web.Request], Awaitable[web.StreamResponse]]


def routes(adapter: WebChat) -> Sequence[web.RouteDef]:
    """The routes of the adapter."""
    chat = Pages(adapter)
    return (
        web.get("/", chat.page),
        web.post("/chat/messages", chat.guarded(chat.post)),
        web.post("/chat/press", chat.guarded(chat.press)),
        web.get("/chat/lines", chat.guarded(chat.lines)),
        web.get("/chat/events", chat.guarded(chat.events)),
        web.get("/chat/files/{ref}/{number:[0-4]}", chat.guarded(chat.photo)),
    )


class Pages:
    """The handlers of one adapter."""

    def __init__(self, adapter: WebChat) -> None:
        self.adapter = adapter

    def guarded(self, handler: Page) -> Page:
        """Answer a post that can't be taken with what happened and what to do, in the page's language."""

        async def kind(request: web.Request) -> web.StreamResponse:
            try:
                return await handler(request)
            except Bad as problem:
                return self.problem(request, problem.status, problem.what, problem.fix)

        return kind

    def problem(self, request: web.Request, status: int, what: str, fix: str, wait: float = 0) -> web.Response:
        """An error as JSON; ``wait`` is when to try again, in seconds."""
        text, language = self.adapter.services.catalogues.text, language_of(request)
        headers = {"Retry-After": str(ceil(wait))} if wait else None
        return api_error(status, text(language, what), text(language, fix), headers=headers)

    async def page(self, request: web.Request) -> web.StreamResponse:
        """The page; a new visitor gets a secret."""
        services, language = self.adapter.services, language_of(request)
        # A number is shown only where the emergency list of the station vouches for it.
        numbers = [(n, key) for n, key in EMERGENCY if not services.numbers.unknown(n)]
        response = render(
            request,
            "webchat/page.html",
            numbers=numbers,
            settings={
                "language": language,
                "zone": services.settings.station.time_zone,
                "texts": page_texts(services.catalogues, language),
            },
        )
        secret = self.secret(request) or token(16)
        self.keep(request, response, secret)
        return response

    async def post(self, request: web.Request) -> web.StreamResponse:
        """Take a message: 200 once it is committed, 503 when the page should repeat it."""
        secret = self.secret(request) or token(16)
        thread = thread_of(secret)
        if (wait := self.adapter.limits.take(thread)) > 0:
            return self.too_many(request, wait)
        try:
            async with asyncio.timeout(UPLOAD_SECONDS):
                post = await read_post(request, self.adapter.services.files)
            held = await self.taken(thread, post.ref) or await self.take(thread, post, language_of(request))
        except (StorageError, TimeoutError):
            held = False
        return self.answer(request, held, post.ref if held else "", secret)

    async def take(self, thread: str, post: Post, language: str) -> bool:
        """Hand a message to the framework."""
        message = Message(
            Chat(self.adapter.name, thread),
            sender_of(thread),
            post.ref,
            self.adapter.services.clock.now(),
            post.text,
            MessageKind.PHOTO if post.photos else MessageKind.TEXT,
            attachments=post.photos,
            addressed=True,
            # A text has its own language; a photo speaks that of its page.
            language=None if post.text.strip() else language,
        )
        return await self.adapter.commit(message, lines.incoming(self.adapter.services.database, message))

    async def press(self, request: web.Request) -> web.StreamResponse:
        """Take a press of a button that is really there."""
        secret = self.known(request)
        thread = thread_of(secret)
        if (wait := self.adapter.limits.take(thread)) > 0:
            return self.too_many(request, wait)
        press = await read_press(request)
        services = self.adapter.services
        row = await lines.find(services.database, thread, press.line)
        buttons = json.loads(row["buttons"] or "[]") if row else []
        if press.button >= len(buttons):
            raise Bad(404, "webchat.error.button.what", "webchat.error.button.fix")
        label, value = buttons[press.button]
        message = Message(
            Chat(self.adapter.name, thread),
            sender_of(thread),
            press.ref,
            services.clock.now(),
            kind=MessageKind.BUTTON,
            addressed=True,
            reply_to=press.line,
            data={"value": value},
        )
        write = lines.incoming(services.database, message, label=label, target=press.line)
        held = await self.taken(thread, press.ref) or await self.adapter.commit(message, write)
        return self.answer(request, held, press.ref, secret)

    async def lines(self, request: web.Request) -> web.StreamResponse:
        """``?after=changed``: what changed since; ``?before=seq``: earlier lines; neither: the last ones."""
        thread, database = thread_of(self.known(request)), self.adapter.services.database
        if "after" in request.query:
            rows = await lines.after(database, thread, number(request.query["after"]))
        else:
            before = number(request.query["before"]) if "before" in request.query else None
            rows = await lines.latest(database, thread, before)
        return web.json_response(
            {"lines": [lines.shown(row) for row in rows], "more": len(rows) == lines.PAGE},
            headers={"Cache-Control": "no-store"},
        )

    async def events(self, request: web.Request) -> web.StreamResponse:
        """The thread, live: what changed after ``Last-Event-ID`` from the table, then each change."""
        thread, services = thread_of(self.known(request)), self.adapter.services
        last = number(request.headers.get("Last-Event-ID") or request.query.get("after") or "0")
        async with stream(request) as out, Listener(services.live, [f"chat:{thread}"]) as news:
            await out.send("ready", 0)
            item: News | None = ("", {})
            while True:
                if item is None:
                    await out.beat()
                elif "line" in item[1]:
                    # Something urgent that could not be stored: it is in no table.
                    await out.send("line", item[1]["line"])
                else:
                    last = await self.catch_up(out, thread, last)
                item = await news.next()
        return out.response

    async def catch_up(self, out: Stream, thread: str, last: int) -> int:
        """Send what changed in a thread after ``last``, and return how far that went."""
        while rows := await lines.after(self.adapter.services.database, thread, last):
            for row in rows:
                last = row["changed"]
                await out.send("line", lines.shown(row), str(last))
        return last

    async def photo(self, request: web.Request) -> web.StreamResponse:
        """A photo of the visitor's own thread."""
        thread, services = thread_of(self.known(request)), self.adapter.services
        row = await lines.find(services.database, thread, request.match_info["ref"])
        stored = json.loads((row["files"] if row else None) or "[]")
        place = int(request.match_info["number"])
        if place >= len(stored):
            raise web.HTTPNotFound
        try:
            body = await services.files.display(stored[place][0])
        except (Missing, Broken):
            raise web.HTTPNotFound from None
        headers = {"Cache-Control": "private, max-age=86400"}
        return web.Response(body=body, content_type="image/jpeg", headers=headers)

    # who --------------------------------------------------------------------------------------------------

    def secret(self, request: web.Request) -> str:
        """The visitor's secret, or an empty string."""
        found = request.cookies.get(shell_of(request).cookie("chat"), "")
        return found if SECRET.fullmatch(found) else ""

    def known(self, request: web.Request) -> str:
        """The visitor's secret. Raises ``Bad`` where the browser sent none."""
        secret = self.secret(request)
        if not secret:
            raise Bad(401, "webchat.error.visitor.what", "webchat.error.visitor.fix")
        return secret

    def keep(self, request: web.Request, response: web.Response, secret: str) -> None:
        """Let the browser keep the visitor's secret, out of reach of any script."""
        shell = shell_of(request)
        response.set_cookie(
            shell.cookie("chat"), secret, max_age=LIFETIME, httponly=True, samesite="Lax", secure=shell.secure
        )

    async def taken(self, thread: str, ref: str) -> bool:
        """Whether this message was committed before: the page repeats what it got no answer for."""
        return await lines.find(self.adapter.services.database, thread, ref) is not None

    def answer(self, request: web.Request, held: bool, ref: str, secret: str) -> web.Response:
        """The answer to a post."""
        if not held:
            return self.problem(request, 503, "webchat.error.later.what", "webchat.error.later.fix", 2)
        response = web.json_response({"id": ref})
        self.keep(request, response, secret)
        return response

    def too_many(self, request: web.Request, wait: float) -> web.Response:
        """The answer to somebody who posts too fast; the page repeats it by itself."""
        return self.problem(request, 429, "webchat.error.fast.what", "webchat.error.fast.fix", wait)


def thread_of(secret: str) -> str:
    """The platform's id of a visitor's thread: a hash, so that a copy of the database opens no thread."""
    return hashlib.sha256(f"webchat:{secret}".encode()).hexdigest()[:32]


def sender_of(thread: str) -> Sender:
    """The visitor as officers see them: nameless, but told from others."""
    return Sender(thread, f"web-{thread[:4]}")


def number(given: str) -> int:
    """A position in a thread. Raises ``Bad`` for what is none."""
    if not given.isascii() or not given.isdigit() or len(given) > 18:
        raise Bad(400, "webchat.error.malformed.what", "webchat.error.malformed.fix")
    return int(given)
