"""Going: into one room, or out of an invitation, as an errand says and ``matrix.invites`` allows."""

from __future__ import annotations

import structlog

from adapters.matrix import directory, knocks, notices
from adapters.matrix.allowance import Allowance
from adapters.matrix.base import Base
from adapters.matrix.errand import Errand, Why
from adapters.matrix.privates import Privates
from adapters.matrix.wire import MatrixError, path_of

log = structlog.get_logger()


class Going:
    """Does the errands of one account."""

    def __init__(self, base: Base, allowance: Allowance, privates: Privates) -> None:
        self._base = base
        self._allowance = allowance
        self._privates = privates

    async def __call__(self, room_id: str, errand: Errand) -> bool:
        """Do one errand; returns whether the bot was let in.

        Raises the errors of the wire where it is to be tried again.
        """
        wire, user, why = self._base.wire, self._base.user, errand.why
        if errand.unasked and not await self._allowance.offers(room_id):
            return False
        asked = why in (Why.INVITED, Why.ASKS) and await knocks.asked(wire, user, room_id)
        if (
            why is Why.INVITED
            and not asked
            and not await self._allowance.follows(room_id, errand.by)
            and not await notices.expected(wire, user, room_id)
        ):
            await self._decline(room_id)
            return False
        if errand.direct:
            await self._privates.mark(errand.by, room_id)
        if why in (Why.MOVED, Why.ASKS):
            if not await knocks.enter(wire, user, room_id, errand.via):
                return False
        else:
            await directory.join(wire, room_id, errand.via)
        if asked:
            await knocks.forget(wire, user, room_id)
        return True

    async def _decline(self, room_id: str) -> None:
        try:
            await self._base.wire.call("POST", path_of("rooms", room_id, "leave"), {})
        except MatrixError as problem:
            if problem.passing or problem.status == 401:
                raise
            # It was taken back meanwhile.
            failed(self._base, "decline", problem)


def failed(base: Base, what: str, problem: BaseException) -> None:
    """Write down that something did not succeed."""
    code = problem.code if isinstance(problem, MatrixError) else type(problem).__name__
    log.warning("matrix.room", adapter=base.name, what=what, problem=code)
