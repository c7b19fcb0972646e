"""Receiving: all the parts that take in what comes, put together, and the errands that are done beside it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

import structlog

from adapters.matrix.allowance import Allowance
from adapters.matrix.base import Base
from adapters.matrix.clocks import Clocks
from adapters.matrix.crypto import Crypto
from adapters.matrix.decode import Decoder
from adapters.matrix.errands import Errands
from adapters.matrix.letters import Letters
from adapters.matrix.news import News
from adapters.matrix.notes import CLOCK, Start
from adapters.matrix.opening import Opening
from adapters.matrix.privates import Privates
from adapters.matrix.raw import text
from adapters.matrix.reading import Reading
from adapters.matrix.settings import MatrixSettings
from adapters.matrix.sight import Sight
from adapters.matrix.standing import Standing
from adapters.matrix.stays import Stays
from adapters.matrix.syncing import Syncing
from adapters.matrix.unread import Unread
from adapters.matrix.verifying import Verifying
from adapters.matrix.wire import MatrixError, path_of
from adapters.matrix.withheld import Withheld
from botkit.adapter import Batch
from botkit.errors import UserError
from botkit.messages import tr
from botkit.tasks import ending

if TYPE_CHECKING:
    from botkit.services import Services

log = structlog.get_logger()


class Receiving:
    """The receiving side of one account, for as long as the adapter is open."""

    def __init__(
        self,
        base: Base,
        services: Services,
        settings: MatrixSettings,
        decoder: Decoder,
        clocks: Clocks,
        crypto: Crypto,
        privates: Privates,
    ) -> None:
        self._base = base
        self._services = services
        self._decoder = decoder
        self._crypto = crypto
        self._privates = privates
        self.clocks = clocks
        self.start = Start(base.notes, services)
        self._news = News(base, decoder, encrypts=crypto.on)
        self._standing = Standing(base, decoder, self._news)
        self._sight = Sight(decoder, self._news)
        self._withheld = Withheld(base.notes, base.rooms, base.clock.now)
        self.unread = Unread(base, decoder, crypto, self._sight, self._withheld)
        self._verifying = Verifying(base, decoder, crypto, self._refusal)
        self._letters = Letters(base, crypto, self.unread, self._withheld, self._verifying)
        allowance = Allowance(base, settings.invites)
        self.errands = Errands(base, allowance, privates, self._verifying, comes=settings.join_spaces)

    async def batches(self) -> AsyncGenerator[Batch, None]:
        """What comes, from where the last commit ended. Closing it ends the errands too."""
        errands = asyncio.create_task(self._run_errands(), name="matrix-errands")
        try:
            async with contextlib.aclosing(self._syncing().batches()) as batches:
                async for batch in batches:
                    yield batch
        finally:
            errands.cancel()
            await asyncio.gather(errands, return_exceptions=True)

    def _syncing(self) -> Syncing:
        """What receives, from its beginning: nothing of what an earlier one had read and not committed counts."""
        base, decoder, crypto, unread = self._base, self._decoder, self._crypto, self.unread
        stays = Stays(base, decoder, self._services.chats, self._news, self._standing, self.errands)
        opening = Opening(base, decoder, crypto, unread, self._sight, self._verifying)
        reading = Reading(
            base, decoder, self.clocks, crypto, self._letters, unread, opening, self.errands, stays, self._standing
        )
        return Syncing(base, self._services, self.start, self._introduce, reading, unread, self.errands)

    async def _run_errands(self) -> None:
        while True:
            try:
                await self.errands.run()
            # A border of its own: a fault of these must not stop receiving, nor end them for good.
            except (Exception, asyncio.CancelledError) as problem:
                if isinstance(problem, asyncio.CancelledError) and ending():
                    raise
                log.error("matrix.errands", adapter=self._base.name, problem=type(problem).__name__)
                await asyncio.sleep(5)

    async def _introduce(self) -> None:
        """Ask who the bot is, and what only changes of are told later. Raises ``UserError`` for another's token."""
        login = self._base.login
        answer = await self._base.wire.call("GET", path_of("account", "whoami"))
        user, device = text(answer, "user_id"), text(answer, "device_id")
        if user != login.user or (device and device != login.device):
            raise UserError(
                f"the Matrix token is of {user} on device {device}, not of {login.user} on {login.device}",
                "correct matrix.user and matrix.device, or run `botkit matrix login`",
            )
        with contextlib.suppress(MatrixError):
            profile = await self._base.wire.call("GET", path_of("profile", user, "displayname"))
            self._decoder.named(text(profile, "displayname"))
        self.clocks.load([(note["ref"], note["payload"]) for note in await self._base.notes.all(CLOCK)])
        await self._news.load()
        await self._privates.load()
        await self._crypto.introduce()
        await self._withheld.load()
        await self.unread.load()

    def _refusal(self) -> str:
        """What somebody is told who wants to verify the bot."""
        language = self._services.settings.station.language
        return self._services.catalogues.render(tr("matrix.verify.refused"), language)
