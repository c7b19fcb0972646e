"""Staff: enrolling, passwords, sessions, and what the audit log says of them."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from botkit.errors import UserError
from botkit.staff import TooSoon
from botkit.testing import FakeClock
from tests.web.kit import running


async def test_the_demonstration_gets_its_people_once(tmp_path: Path, database_url: str) -> None:
    async with running(tmp_path, adapters=(), database_url=database_url) as run:
        staff = run.bot.services.staff
        passwords = await staff.ensure_demo()
        assert set(passwords) == {"admin", "officer", "maintainer"}
        assert not await staff.ensure_demo()
        officer = await staff.check("officer", passwords["officer"])
        assert officer and officer.roles == {"officer"}
        admin = await staff.check(" ADMIN ", passwords["admin"])
        assert admin and admin.roles == {"admin"}


async def test_a_session_lives_while_it_is_used(tmp_path: Path, database_url: str) -> None:
    clock = FakeClock()
    async with running(tmp_path, adapters=(), clock=clock, database_url=database_url) as run:
        staff = run.bot.services.staff
        await staff.create("li", "李", ["officer", "commander"], title="社区民警", password="long enough")
        found = await staff.login("li", "long enough")
        assert found
        _, token = found
        for _ in range(3):
            clock.step(timedelta(hours=11))
            member = await staff.session(token)
            assert member and member.roles == {"officer", "commander"} and member.title == "社区民警"
        clock.step(timedelta(hours=12, seconds=1))
        assert await staff.session(token) is None


async def test_a_session_ends_by_logging_out_and_by_revoking(tmp_path: Path) -> None:
    async with running(tmp_path, adapters=()) as run:
        staff = run.bot.services.staff
        li, _ = await staff.create("li", "李", ["officer"], password="long enough")
        tokens = [await staff.begin(li) for _ in range(3)]
        member = await staff.session(tokens[0])
        assert member
        await staff.logout(member)
        assert await staff.session(tokens[0]) is None
        assert await staff.session(tokens[1])
        await staff.revoke(li.id)
        assert await staff.session(tokens[1]) is None and await staff.session(tokens[2]) is None
        assert await staff.session("") is None and await staff.session("\ud800") is None


async def test_the_database_holds_no_secret(tmp_path: Path) -> None:
    async with running(tmp_path, adapters=()) as run:
        staff = run.bot.services.staff
        li, password = await staff.create("li", "李", ["officer"])
        token = await staff.begin(li)
        await run.bot.services.database.close()
        stored = b"".join(path.read_bytes() for path in tmp_path.glob("botkit.sqlite3*"))
        assert token.encode() not in stored and password.encode() not in stored


def test_a_hash_costs_what_a_guess_is_to_cost() -> None:
    program = "import asyncio; from botkit.staff.passwords import Passwords; print(asyncio.run(Passwords().hash('x')))"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert told.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_wrong_passwords_and_unknown_logins_wait_longer_and_longer(tmp_path: Path) -> None:
    clock = FakeClock()
    async with running(tmp_path, adapters=(), clock=clock) as run:
        staff = run.bot.services.staff
        await staff.create("li", "李", ["officer"], password="long enough")
        for login in ("li", "nobody"):
            for _ in range(3):
                assert await staff.check(login, "wrong", remote="10.0.0.1") is None
            with pytest.raises(TooSoon) as caught:
                await staff.check(login, "long enough", remote="10.0.0.1")
            assert caught.value.seconds == 1
        # From elsewhere the officer still gets in.
        assert await staff.check("li", "long enough", remote="10.0.0.2")
        clock.step(timedelta(seconds=1))
        assert await staff.check("li", "long enough", remote="10.0.0.1")
        assert [name for name, _ in await run.audit()].count("staff.login_failed") == 6


async def test_logins_are_audited_without_what_was_typed(tmp_path: Path) -> None:
    async with running(tmp_path, adapters=()) as run:
        staff = run.bot.services.staff
        li, _ = await staff.create("li", "李", ["officer"], password="long enough")
        await staff.check("typed-a-password-here", "x")
        await staff.check("li", "wrong")
        found = await staff.login("li", "long enough")
        assert found
        member = await staff.session(found[1])
        assert member
        await staff.logout(member)
        who = f"staff:{li.id}"
        assert await run.audit() == [
            ("staff.enrolled", who),
            ("staff.login_failed", ""),
            ("staff.login_failed", who),
            ("staff.logged_in", who),
            ("staff.logged_out", who),
        ]


@pytest.mark.parametrize(
    ("login", "roles", "password", "what"),
    [
        ("li", ["officer"], None, "taken"),
        ("new", ["king"], None, "no such role"),
        ("", ["officer"], None, "1 to 64"),
        ("a\tb", ["officer"], None, "printable"),
        ("new", ["officer"], "short", "too short"),
    ],
)
async def test_mistakes_at_enrolling_say_what_to_do(
    tmp_path: Path, login: str, roles: list[str], password: str | None, what: str
) -> None:
    async with running(tmp_path, adapters=()) as run:
        staff = run.bot.services.staff
        await staff.create("li", "李", ["officer"])
        with pytest.raises(UserError, match=what) as caught:
            await staff.create(login, "x", roles, password=password)
        assert caught.value.fix
        assert [member.login for member in await staff.members()] == ["li"]


async def test_people_are_found_by_role(tmp_path: Path) -> None:
    async with running(tmp_path, adapters=()) as run:
        staff = run.bot.services.staff
        li, _ = await staff.create("li", "李", ["officer"])
        await staff.create("wu", "吴", ["admin"])
        assert [member.login for member in await staff.members("officer", "backup")] == ["li"]
        assert await staff.get(li.id) == li == await staff.find("LI")
        assert await staff.find("nobody") is None


async def test_a_lost_password_is_replaced_and_old_sessions_end(tmp_path: Path) -> None:
    async with running(tmp_path) as run:
        staff = run.bot.services.staff
        member, old = await staff.create("li", "Li", ["officer"])
        token = await staff.begin(member)
        new = await staff.reset("li")
        assert await staff.session(token) is None
        assert await staff.check("li", old) is None
        assert await staff.check("li", new) is not None
        with pytest.raises(UserError, match="nobody"):
            await staff.reset("wang")
