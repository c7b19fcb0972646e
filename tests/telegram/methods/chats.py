"""What the bot may ask about a chat, and how it leaves one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.telegram.chats import Member
from tests.telegram.errors import bad
from tests.telegram.methods.registry import method
from tests.telegram.world import World


@method("getChat")
async def get_chat(world: World, call: dict[str, Any], files: Mapping[str, Any]) -> Any:
    chat = world.chat(call["chat_id"])
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    info = chat.json() | {
        "accent_color_id": 1, "max_reaction_count": 11, "accepted_gift_types": dict.fromkeys(gifts, False),
    }  # fmt: skip
    pinned = chat.find(chat.pinned[-1]) if chat.pinned else None
    if pinned:
        info["pinned_message"] = pinned.quoted()
    if chat.linked:
        info["linked_chat_id"] = chat.linked.id
    return info


@method("getChatMember")
async def get_chat_member(world: World, call: dict[str, Any], files: Mapping[str, Any]) -> Any:
    chat = world.chat(call["chat_id"])
    user = world.users.get(int(call["user_id"]))
    if user is None:
        raise bad("user not found")
    me = chat.member(world.bot)
    if chat.type == "channel" and me.status != "administrator" and user is not world.bot:
        raise bad("member list is inaccessible")
    return chat.member(user).json()


@method("getChatAdministrators")
async def get_chat_administrators(world: World, call: dict[str, Any], files: Mapping[str, Any]) -> Any:
    chat = world.chat(call["chat_id"])
    if chat.private:
        raise bad("there are no administrators in the private chat")
    leading = (member for member in chat.members.values() if member.status in ("creator", "administrator"))
    return [member.json() for member in leading if not member.user.is_bot or member.user is world.bot]


@method("getChatMemberCount")
async def get_chat_member_count(world: World, call: dict[str, Any], files: Mapping[str, Any]) -> Any:
    chat = world.chat(call["chat_id"])
    return 2 if chat.private else sum(member.here for member in chat.members.values())


@method("leaveChat")
async def leave_chat(world: World, call: dict[str, Any], files: Mapping[str, Any]) -> Any:
    chat = world.chat(call["chat_id"])
    if chat.private:
        raise bad("chat member status can't be changed in private chats")
    world.set_member(chat, world.bot, Member(world.bot, "left"))
    return True
