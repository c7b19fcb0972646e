"""Two homeservers that do not hear of each other for a while, and decide differently: what the bot makes of that."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from adapters.matrix import Matrix
from adapters.matrix.settings import MatrixSettings
from botkit.adapter import Rank
from botkit.bot import Bot
from botkit.letters import letters
from botkit.messages import Chat, ChatKind, Sender
from tests.adapters.matrix.bots import running
from tests.adapters.matrix.test_chat import listening, matrix_of, until
from tests.adapters.matrix.test_federation import ENCRYPTED, among_both, said_by
from tests.adapters.matrix.test_limits import says
from tests.matrix.federation import Pair
from tests.matrix.homeserver import Account, ApiError, Homeserver
from tests.matrix.person import Person

POWERS, ACL = "m.room.power_levels", "m.room.server_acl"
_words = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Group:
    """A group of both servers: ``li`` made it on the bot's, ``wang`` may do nearly all that she may, on the other."""

    account: Account
    li: Person
    wang: Person
    room: str

    async def meet(self, pair: Pair) -> None:
        """Let the servers talk, and wait until each has heard of the other's latest."""
        pair.servers.meet()
        for one, other in ((self.wang, self.li), (self.li, self.wang)):
            word = f"hello {next(_words)}"
            await one.says(word, self.room)
            await other.sees(word, self.room)


async def group(pair: Pair, *, encrypted: bool = False) -> Group:
    """Invite the bot into one."""
    account, li, wang = await pair.near.account("bot"), await pair.near.person("li"), await pair.far.person("wang")
    powers = {"users": {wang.id: 90}, "events": {POWERS: 50, ACL: 50}}
    room = await li.room("楼", invite=[wang, account], encrypted=encrypted, power_level_override=powers)
    await wang.enters(room)
    await li.meets(wang, room)
    return Group(account, li, wang, room)


async def sets(homeserver: Homeserver, person: Person, room: str, **changes: object) -> None:
    """Somebody changes rights in a room; the creator of newer ones has them all, and stands on no list."""
    path = f"/_matrix/client/v3/rooms/{quote(room)}/state/{POWERS}/"
    powers = await homeserver.call("GET", path, token=person.token)
    await homeserver.sends(person, POWERS, {**powers, **changes}, room, state_key="")


async def answers(person: Person, account: Account, room: str, word: str) -> None:
    """Somebody asks, and sees the answer."""
    await person.mentions(account, f"{{}} {word}", room)
    await person.sees(f"heard {word}", room, of=account.id)


async def doubtful(bot: Bot) -> list[tuple[str, str]]:
    """What the desk shows as undelivered."""
    return [(letter.status, letter.problem) for letter in await letters(bot.services.database)]


@ENCRYPTED
async def test_taken_out_over_there_while_it_answers_here(pair: Pair, tmp_path: Path, encrypted: bool) -> None:
    at = await group(pair, encrypted=encrypted)
    async with running(tmp_path, among_both(pair, at.account), [listening()[0]]) as bot:
        await at.li.meets(at.account, at.room)
        await at.wang.meets(at.account, at.room)
        for person in (at.li, at.wang):
            await person.knows(at.account)
        await answers(at.wang, at.account, at.room, "before")
        await bot.drain()
        pair.servers.part()
        await at.wang.client.room_kick(at.room, at.account.id)
        await answers(at.li, at.account, at.room, "between")
        await bot.drain()
        # Its homeserver took it: so far nobody here can know better.
        assert not await doubtful(bot)
        await at.meet(pair)
        await until(lambda: matrix_of(bot).rooms.get(at.room) is None)
        await bot.drain()
        assert await doubtful(bot) == [("unknown", "Unheard")]
        assert said_by(at.li, at.room, at.account) == ["heard before", "heard between"]
        assert said_by(at.wang, at.room, at.account) == ["heard before"]
        # Asked back, what some have never seen can be said anew, and now everybody does.
        await at.wang.client.room_invite(at.room, at.account.id)
        await at.wang.until(lambda lines: at.wang.present(at.account, at.room), at.room)
        await until(lambda: matrix_of(bot).rooms.get(at.room))
        [letter] = await letters(bot.services.database)
        assert await bot.delivery.retry(letter.id)
        await at.wang.sees("heard between", at.room, of=at.account.id)
        await bot.drain()
        assert not await doubtful(bot)


async def test_silenced_over_there_while_it_answers_here(pair: Pair, tmp_path: Path) -> None:
    at = await group(pair)
    async with running(tmp_path, among_both(pair, at.account), [listening()[0]]) as bot:
        await at.li.meets(at.account, at.room)
        await at.wang.meets(at.account, at.room)
        await answers(at.wang, at.account, at.room, "before")
        await bot.drain()
        pair.servers.part()
        await sets(pair.far, at.wang, at.room, events_default=50, users={at.wang.id: 90})
        await answers(at.li, at.account, at.room, "between")
        await bot.drain()
        await at.meet(pair)
        await bot.drain()
        assert await doubtful(bot) == [("unknown", "Unheard")]
        assert "heard between" not in said_by(at.wang, at.room, at.account)
        # It stays, and is told as one that may not speak.
        found = await Matrix(MatrixSettings.model_validate(among_both(pair, at.account))).check(bot.services)
        assert "matrix.check.mute" in {finding.what.key for finding in found}


async def test_a_room_that_keeps_its_server_out(pair: Pair, tmp_path: Path) -> None:
    at = await group(pair)
    near = at.account.id.partition(":")[2]
    matrix = among_both(pair, at.account)
    async with running(tmp_path, matrix, [listening()[0]]) as bot:
        await at.li.meets(at.account, at.room)
        await at.wang.meets(at.account, at.room)
        await answers(at.wang, at.account, at.room, "before")
        await bot.drain()
        pair.servers.part()
        kept_out = {"allow": ["*"], "deny": [near.rpartition(":")[0]]}
        await pair.far.sends(at.wang, ACL, kept_out, at.room, state_key="")
        await answers(at.li, at.account, at.room, "between")
        await bot.drain()
        pair.servers.meet()
        last = await at.wang.mentions(at.account, "{} after", at.room)
        await until(lambda: matrix_of(bot).rooms.latest.get(at.room) == last)
        await bot.drain()
        # What it said before it knew may have been lost, what it would say now is.
        assert sorted(await doubtful(bot)) == [("dead", "Unreachable"), ("unknown", "Unheard")]
        found = await Matrix(MatrixSettings.model_validate(matrix)).check(bot.services)
        [told] = [finding for finding in found if finding.what.key == "matrix.check.shut"]
        assert told.wrong and told.what.args == {"room": "楼", "server": near}


async def test_who_left_the_private_chat_over_there_has_not_heard_it(pair: Pair, tmp_path: Path) -> None:
    at = await group(pair)
    async with running(tmp_path, among_both(pair, at.account), [listening()[0]]) as bot:
        room = await at.wang.room(invite=[at.account], direct=True)
        await at.wang.meets(at.account, room)
        await at.wang.says("停水了", room)
        await at.wang.sees("heard 停水了", room)
        await bot.drain()
        pair.servers.part()
        await at.wang.client.room_leave(room)
        await says(bot, room, "a")
        await bot.drain()
        assert not await doubtful(bot)
        await at.meet(pair)
        await until(lambda: matrix_of(bot).rooms.enter(room).size == 1)
        await says(bot, room, "b")
        await bot.drain()
        assert await doubtful(bot) == [("dead", "Unreachable"), ("unknown", "Unheard")]


async def test_of_rights_that_both_changed_those_hold_that_the_homeserver_settles_on(
    pair: Pair, tmp_path: Path
) -> None:
    at, zhao = await group(pair), await pair.near.person("zhao", encryption=False)
    here, there = await pair.near.account("here"), await pair.near.account("there")
    await at.li.client.room_invite(at.room, zhao.id)
    await zhao.enters(at.room)
    both = {at.wang.id: 90, zhao.id: 90}
    await sets(pair.near, at.li, at.room, users=both)
    async with running(tmp_path, among_both(pair, at.account), [listening()[0]]) as bot:
        await at.li.meets(at.account, at.room)
        await at.wang.meets(at.account, at.room)
        await at.wang.until(lambda lines: at.wang.client.rooms[at.room].power_levels.users == both, at.room)
        pair.servers.part()
        # Of two who may do the same, who spoke last prevails: also where the other is heard of only after that.
        await sets(pair.far, at.wang, at.room, users={**both, there.id: 50, at.account.id: 50})
        await sets(pair.near, zhao, at.room, users={**both, here.id: 50, at.account.id: 25})
        pair.servers.meet()
        # Nothing is said here that would bring the two together again: until then the other's is what was told last.
        last = await at.wang.says("今天天气不错", at.room)
        await until(lambda: matrix_of(bot).rooms.latest.get(at.room) == last)
        path = f"/_matrix/client/v3/rooms/{quote(at.room)}/state/{POWERS}/"
        assert (await pair.near.call("GET", path, token=at.li.token))["users"] == {
            **both,
            here.id: 50,
            at.account.id: 25,
        }
        told = [event for event in await pair.near.history(at.li, at.room) if event["type"] == POWERS]
        assert told[-1]["content"]["users"] == {**both, there.id: 50, at.account.id: 50}
        chat = Chat("matrix", at.room, ChatKind.GROUP)
        ranks = [await matrix_of(bot).rank(chat, Sender(user.id)) for user in (here, there)]
        assert ranks == [Rank.ADMIN, Rank.MEMBER]
        assert matrix_of(bot).rooms.enter(at.room).power(at.account.id) == 25
        await answers(at.wang, at.account, at.room, "after")


async def test_what_somebody_banned_said_over_there_never_comes(pair: Pair, tmp_path: Path) -> None:
    at, sun = await group(pair), await pair.far.person("sun")
    plugin, told = listening()
    await at.li.client.room_invite(at.room, sun.id)
    await sun.enters(at.room)
    await at.li.meets(sun, at.room)
    async with running(tmp_path, among_both(pair, at.account), [plugin]) as bot:
        await at.li.meets(at.account, at.room)
        await sun.meets(at.account, at.room)
        pair.servers.part()
        await at.li.client.room_ban(at.room, sun.id)
        unseen = await sun.mentions(at.account, "{} 我被禁言前", at.room)
        await at.wang.finds(unseen, at.room)
        answer = await at.wang.replies("他说得对", unseen, at.room, **{"m.mentions": {"user_ids": [at.account.id]}})
        await at.wang.reacts("👍", unseen, at.room)
        await at.wang.threads("@Bot 那怎么办", unseen, at.room)
        await at.meet(pair)
        await at.li.sees("heard 他说得对", at.room, of=at.account.id)
        await at.li.sees("那怎么办", at.room, of=at.account.id)
        await bot.drain()
        with pytest.raises(ApiError) as refused:
            path = f"/_matrix/client/v3/rooms/{quote(at.room)}/event/{quote(unseen)}"
            await pair.near.call("GET", path, token=at.li.token)
        assert refused.value.status == 404
        first, second = told
        assert (first.id, first.reply_to, first.text) == (answer, unseen, "他说得对")
        assert (second.thread, second.text) == (unseen, "那怎么办") and "reply_author" not in first.data
        rows = await bot.services.database.read("SELECT platform_id, disposition FROM inbox")
        assert unseen not in {row["platform_id"] for row in rows} and all(row["disposition"] for row in rows)
        assert not await doubtful(bot)
