"""Members: what Telegram tells of who is in a chat, and of the chat itself, as the framework's events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from botkit.messages import ChatKind

Raw = Mapping[str, Any]


def inside(member: Raw) -> bool:
    """Whether somebody with this status is in the chat."""
    status = member["status"]
    return status in ("creator", "administrator", "member") or (
        status == "restricted" and bool(member.get("is_member"))
    )


def sees(member: Raw, sees_all: bool) -> bool:
    """Whether a bot with this status hears what is not said to it."""
    return sees_all or member["status"] in ("creator", "administrator")


def own(raw: Raw, kind: ChatKind, sees_all: bool) -> Iterator[str]:
    """What a change of the bot's own membership means. In private: it was blocked, or allowed again."""
    before, after = raw["old_chat_member"], raw["new_chat_member"]
    if not inside(after):
        if inside(before):
            yield "bot.removed"
        return
    if not inside(before):
        yield "bot.added"
        if kind is ChatKind.GROUP:
            # Told in either case: it may have been the other when the bot was here before.
            yield "bot.sighted" if sees(after, sees_all) else "bot.blinded"
    elif kind is ChatKind.GROUP and sees(before, sees_all) != sees(after, sees_all):
        yield "bot.sighted" if sees(after, sees_all) else "bot.blinded"


def other(raw: Raw) -> str | None:
    """What a change of somebody's membership means, if anything."""
    before, after = inside(raw["old_chat_member"]), inside(raw["new_chat_member"])
    if before == after:
        return None
    return "member.joined" if after else "member.left"


def service(raw: Raw, me: int) -> dict[str, Any] | None:
    """What a message without words tells of its chat; None for what is not known here."""
    if "migrate_to_chat_id" in raw:
        return {"event": "chat.moved", "to": str(raw["migrate_to_chat_id"])}
    if "migrate_from_chat_id" in raw:
        return {"event": "chat.moved", "to": str(raw["chat"]["id"]), "from": str(raw["migrate_from_chat_id"])}
    if "new_chat_title" in raw:
        return {"event": "chat.renamed", "title": str(raw["new_chat_title"])}
    # The bot's own coming and going is told by my_chat_member, with more.
    if "new_chat_members" in raw:
        return {"event": "member.joined", "count": len([user for user in raw["new_chat_members"] if user["id"] != me])}
    if "left_chat_member" in raw:
        return {"event": "member.left"}
    known = next((name for name in SERVICE if name in raw), None)
    return {"event": f"chat.{known}"} if known else None


SERVICE = (
    "pinned_message", "group_chat_created", "supergroup_chat_created", "channel_chat_created", "delete_chat_photo",
    "new_chat_photo", "message_auto_delete_timer_changed", "forum_topic_created", "forum_topic_edited",
    "forum_topic_closed", "forum_topic_reopened", "general_forum_topic_hidden", "general_forum_topic_unhidden",
    "video_chat_scheduled", "video_chat_started", "video_chat_ended", "video_chat_participants_invited",
    "boost_added", "chat_background_set", "write_access_allowed", "proximity_alert_triggered",
)  # fmt: skip
"""Service messages that are noted without a meaning of their own."""
