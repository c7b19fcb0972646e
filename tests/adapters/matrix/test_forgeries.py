"""What claims to be another's, or of elsewhere: nobody speaks for another, edits another, or mentions by a trick."""

from __future__ import annotations

import secrets
from pathlib import Path
from urllib.parse import quote

import pytest

from botkit.context import Context
from botkit.plugin import Plugin, Stage
from tests.adapters.matrix.bots import running, table
from tests.adapters.matrix.malformed import TEXT, related
from tests.adapters.matrix.test_bad_input import counting, sent, unharmed
from tests.matrix.homeserver import ApiError, Homeserver


async def test_relations_to_what_is_not_ones_own(homeserver: Homeserver, tmp_path: Path) -> None:
    account, li, wang = (
        await homeserver.account("bot"),
        await homeserver.person("li", encryption=False),
        await homeserver.person("wang", encryption=False),
    )
    room, other = await li.room("楼", invite=[account, wang]), await li.room("另一栋")
    async with running(tmp_path, table(homeserver.url, account), [counting()]) as bot:
        await wang.enters(room)
        await li.meets(account, room)
        first = await li.mentions(account, "{} mine", room)
        await li.sees("mine", room, of=account.id)
        elsewhere = await li.says("elsewhere", other)
        # Nobody edits or takes away what another wrote.
        await homeserver.sends(
            wang,
            TEXT,
            {
                "msgtype": "m.text",
                "body": "* forged",
                "m.new_content": {"msgtype": "m.text", "body": "forged"},
                "m.relates_to": {"rel_type": "m.replace", "event_id": first},
            },
            room,
        )
        # Nor what the bot said, nor does a new version of a new version count, or one of what is taken back.
        answer = (await li.sees("mine", room, of=account.id)).id
        await wang.edits(answer, "forged", room)
        version = await li.edits(first, "Bot: mine again", room)
        await li.edits(version, "Bot: forged", room)
        back = await li.says("taken back", room)
        await li.redacts(back, room)
        await li.edits(back, "Bot: forged", room)
        with pytest.raises(ApiError):
            path = f"/_matrix/client/v3/rooms/{quote(room)}/redact/{quote(first)}/{secrets.token_hex(8)}"
            await homeserver.call("PUT", path, {}, token=wang.token)
        # Nor does what is said in another room belong here.
        await homeserver.sends(li, *related(**{"m.in_reply_to": {"event_id": elsewhere}}), room)
        sign = {"m.relates_to": {"rel_type": "m.annotation", "event_id": elsewhere, "key": "👍"}}
        thread = related(rel_type="m.thread", event_id=elsewhere)
        await sent(homeserver, li, room, [thread, ("m.reaction", sign)])
        await li.mentions(account, "{} still there?", room)
        await li.sees("still there?", room, of=account.id)
        await unharmed(bot)
        rows = await bot.services.database.read(
            "SELECT revision, payload FROM inbox WHERE platform_id = ? ORDER BY revision", first
        )
        assert len(rows) == 2 and rows[0]["revision"] == 0
        everything = await bot.services.database.read("SELECT payload FROM inbox")
        assert "forged" not in "".join(row["payload"] for row in everything)


async def test_mentions_that_are_forged(homeserver: Homeserver, tmp_path: Path) -> None:
    account, li, wang = (
        await homeserver.account("bot"),
        await homeserver.person("li", encryption=False),
        await homeserver.person("wang", encryption=False),
    )
    room = await li.room("楼", invite=[account, wang])
    plugin = Plugin("told")

    @plugin.stage(Stage.HANDOFF)
    async def everything(context: Context) -> str:
        return f"{context.message.text} {'addressed' if context.message.addressed else 'plain'}"

    async with running(tmp_path, table(homeserver.url, account), [plugin]):
        await wang.enters(room)
        await li.meets(account, room)
        await li.mentions(account, "{} real", room)
        await li.sees("real", room, of=account.id)
        # Somebody takes the bot's name: who mentions them does not speak to the bot.
        await wang.client.set_displayname("Bot")
        await li.until(lambda lines: li.client.rooms[room].users[wang.id].display_name == "Bot", room)
        await li.mentions(wang, "{} false", room)
        # A link that shows the bot's name and leads elsewhere is none.
        html = f'<a href="https://example.org/#/{account.id}">Bot</a> look'
        await li.says("look", room, format="org.matrix.custom.html", formatted_body=html, **{"m.mentions": {}})
        # Everybody is nobody in particular, and what is quoted was said by another.
        await li.says("@room look", room, **{"m.mentions": {"room": True}})
        pill = f'<a href="https://matrix.to/#/{account.id}">Bot</a>'
        quoted = f"<mx-reply><blockquote>{pill} real</blockquote></mx-reply>look"
        first = await wang.says("plain", room)
        await li.replies("look", first, room, formatted_body=quoted, format="org.matrix.custom.html")
        await li.mentions(account, "{} again", room)
        await li.sees("again", room, of=account.id)
        assert [line.text for line in await li.reads(room) if line.sender == account.id] == [
            "real addressed",
            "again addressed",
        ]
