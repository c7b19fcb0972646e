"""Who the bot is and how it gets its updates."""

from __future__ import annotations

from typing import Any

from tests.telegram.errors import bad
from tests.telegram.methods.registry import method
from tests.telegram.world import World

_LARGEST_DOWNLOAD = 20 * 2**20


@method("getMe")
async def get_me(world: World, call: dict[str, Any], files: Any) -> Any:
    bot = world.bot
    return bot.json() | {
        "can_join_groups": True, "can_read_all_group_messages": bot.reads_all, "supports_inline_queries": False,
        "can_connect_to_business": False, "has_main_web_app": False,
    }  # fmt: skip


@method("getUpdates")
async def get_updates(world: World, call: dict[str, Any], files: Any) -> Any:
    return await world.updates.fetch(
        int(call.get("offset", 0)), int(call.get("limit", 100)), float(call.get("timeout", 0)),
        call.get("allowed_updates"),
    )  # fmt: skip


@method("setWebhook")
async def set_webhook(world: World, call: dict[str, Any], files: Any) -> Any:
    world.updates.set_webhook(
        call["url"], call.get("secret_token", ""), call.get("max_connections"),
        drop=bool(call.get("drop_pending_updates")),
    )  # fmt: skip
    world.updates.allow(call.get("allowed_updates"))
    return True


@method("deleteWebhook")
async def delete_webhook(world: World, call: dict[str, Any], files: Any) -> Any:
    world.updates.set_webhook("", "", None, drop=bool(call.get("drop_pending_updates")))
    return True


@method("getWebhookInfo")
async def get_webhook_info(world: World, call: dict[str, Any], files: Any) -> Any:
    hook = world.updates.webhook
    info: dict[str, Any] = {
        "url": hook.url, "has_custom_certificate": False, "pending_update_count": len(world.updates.waiting),
    }  # fmt: skip
    if hook.url:
        info |= {"max_connections": hook.max_connections or 40, "ip_address": "127.0.0.1"}
    if hook.last_error:
        info |= {"last_error_date": hook.last_error_at, "last_error_message": hook.last_error}
    if world.updates.allowed:
        info["allowed_updates"] = sorted(world.updates.allowed)
    return info


@method("getFile")
async def get_file(world: World, call: dict[str, Any], files: Any) -> Any:
    blob = world.files.get(call["file_id"])
    if blob is None:
        raise bad("wrong file_id or the file is temporarily unavailable")
    if blob.size > _LARGEST_DOWNLOAD:
        raise bad("file is too big")
    return {"file_id": blob.id, "file_unique_id": blob.unique, "file_size": blob.size, "file_path": blob.path}


@method("answerCallbackQuery")
async def answer_callback_query(world: World, call: dict[str, Any], files: Any) -> Any:
    query = world.queries.get(call["callback_query_id"])
    if query is None or world.clock() - query.at > world.query_lifetime:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    if len(call.get("text", "")) > 200:
        raise bad("MESSAGE_TOO_LONG")
    query.answer = {"text": call.get("text", ""), "alert": bool(call.get("show_alert"))}
    world.changed()
    return True
