"""The check: what may be wrong with a bot account, its way of receiving, and its rights in each group."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from adapters.telegram import members
from adapters.telegram.account import Account
from adapters.telegram.settings import TelegramSettings, settings_of, webhook_address
from adapters.telegram.transport import Flood, Transport
from botkit.adapter import Finding
from botkit.chats import ChatRow
from botkit.errors import UserError
from botkit.messages import tr

if TYPE_CHECKING:
    from botkit.services import Services

AT_ONCE = 8
"""Groups that are asked about at once."""
SKEW = 30.0
"""Seconds that this machine's clock may be off."""
WAITING = 200
"""Updates that may wait at Telegram without anybody worrying."""


async def check(services: Services, adapter: str) -> list[Finding]:
    """Everything about one account. Raises ``UserError`` for a missing token or one that Telegram refuses."""
    settings = settings_of(services.settings)
    api = Transport(f"{settings.api_url}/bot{settings.bot_token}")
    await api.initialize()
    try:
        account = Account.of(await api.call("getMe"))
        found = [*_account(account), *_clock(api.date, services.clock.now())]
        found += _receiving(await api.call("getWebhookInfo"), settings, services)
        rows = [row for row in (*services.chats.rooms(), *services.chats.groups()) if row.chat.adapter == adapter]
        room = asyncio.Semaphore(AT_ONCE)
        for findings in await asyncio.gather(*(_group(api, account, row, room) for row in rows)):
            found += findings
    except InvalidToken:
        raise refused() from None
    except TelegramError:
        return [Finding(tr("telegram.check.network"), tr("telegram.check.network.fix"), wrong=True)]
    finally:
        await api.shutdown()
    return found


def refused() -> UserError:
    """Telegram does not know the token."""
    return UserError("Telegram refuses the token", "get a new one from @BotFather, and set BOTKIT_TELEGRAM_TOKEN")


def _account(account: Account) -> Iterator[Finding]:
    yield Finding(tr("telegram.check.token", name=account.username))
    if account.sees_all:
        yield Finding(tr("telegram.check.privacy.off"))
    else:
        yield Finding(tr("telegram.check.privacy.on"), tr("telegram.check.privacy.fix"), wrong=True)
    if not account.may_join:
        yield Finding(tr("telegram.check.join"), tr("telegram.check.join.fix"), wrong=True)


def _clock(theirs: datetime | None, ours: datetime) -> Iterator[Finding]:
    skew = abs((ours - theirs).total_seconds()) if theirs is not None else 0
    if skew > SKEW:
        yield Finding(tr("telegram.check.clock", seconds=round(skew)), tr("telegram.check.clock.fix"), wrong=True)


def _receiving(info: Mapping[str, Any], settings: TelegramSettings, services: Services) -> Iterator[Finding]:
    url, waiting = info.get("url", ""), int(info.get("pending_update_count", 0))
    if settings.receive == "polling":
        if url:
            yield Finding(tr("telegram.check.hook.there"), tr("telegram.check.hook.delete"), wrong=True)
        else:
            yield Finding(tr("telegram.check.polling"))
    elif url != webhook_address(services.settings, settings):
        yield Finding(tr("telegram.check.hook.missing"), tr("telegram.check.hook.set"), wrong=True)
    else:
        yield Finding(tr("telegram.check.hook", url=url))
        if set(settings.updates) - set(info.get("allowed_updates", settings.updates)):
            yield Finding(tr("telegram.check.hook.kinds"), tr("telegram.check.hook.set"), wrong=True)
        if info.get("last_error_message"):
            at = datetime.fromtimestamp(int(info.get("last_error_date", 0)), UTC)
            said = str(info["last_error_message"])
            yield Finding(tr("telegram.check.hook.failed", at=at, said=said), tr("telegram.check.hook.fix"), wrong=True)
    if waiting > WAITING:
        yield Finding(tr("telegram.check.waiting", count=waiting), tr("telegram.check.waiting.fix"), wrong=True)


async def _group(api: Transport, account: Account, row: ChatRow, room: asyncio.Semaphore) -> list[Finding]:
    title = row.chat.title or row.chat.id
    try:
        async with room:
            member = await _asked(api, "getChatMember", chat_id=int(row.chat.id), user_id=account.id)
            chat = await _asked(api, "getChat", chat_id=int(row.chat.id)) if row.chat.kind.staffed else {}
    except (BadRequest, Forbidden):
        return [Finding(tr("telegram.check.gone", title=title), tr("telegram.check.gone.fix"), wrong=True)]
    if not members.inside(member):
        return [Finding(tr("telegram.check.gone", title=title), tr("telegram.check.gone.fix"), wrong=True)]
    found = list(_room(title, member, chat) if row.chat.kind.staffed else _rights(title, member, account))
    return found or [Finding(tr("telegram.check.group", title=title))]


def _rights(title: str, member: Mapping[str, Any], account: Account) -> Iterator[Finding]:
    if not members.sees(member, account.sees_all):
        yield Finding(tr("telegram.check.blind", title=title), tr("telegram.check.blind.fix"), wrong=True)
    if member["status"] == "restricted" and not member.get("can_send_messages"):
        yield Finding(tr("telegram.check.silenced", title=title), tr("telegram.check.silenced.fix"), wrong=True)
    if member["status"] == "administrator" and not member.get("can_pin_messages"):
        yield Finding(tr("telegram.check.pin", title=title), tr("telegram.check.pin.fix"), wrong=True)


def _room(title: str, member: Mapping[str, Any], chat: Mapping[str, Any]) -> Iterator[Finding]:
    if not chat.get("is_forum"):
        yield Finding(tr("telegram.check.room.plain", title=title), tr("telegram.check.room.plain.fix"))
    elif not member.get("can_manage_topics"):
        yield Finding(tr("telegram.check.room.topics", title=title), tr("telegram.check.room.topics.fix"), wrong=True)
    if member["status"] != "administrator":
        yield Finding(tr("telegram.check.room.admin", title=title), tr("telegram.check.room.admin.fix"), wrong=True)


async def _asked(api: Transport, method: str, **fields: Any) -> Mapping[str, Any]:
    while True:
        try:
            result: Mapping[str, Any] = await api.call(method, **fields)
            return result
        except Flood as problem:
            await asyncio.sleep(problem.after)
