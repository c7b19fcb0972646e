"""A bare echo bot on matrix-nio, as its documentation shows one. Its argument is a folder with the account."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import nio


async def run(folder: Path) -> None:
    """Join where it is invited, and say every text again."""
    account = json.loads((folder / "account.json").read_text("utf-8"))
    (folder / "store").mkdir()
    config = nio.AsyncClientConfig(encryption_enabled=True, store_sync_tokens=True)
    client = nio.AsyncClient(account["url"], account["user"], store_path=str(folder / "store"), config=config)
    client.restore_login(account["user"], account["device"], account["token"])

    async def invited(room: nio.MatrixRoom, event: nio.InviteMemberEvent) -> None:
        if event.state_key == client.user_id and event.membership == "invite":
            await client.join(room.room_id)

    async def said(room: nio.MatrixRoom, event: nio.RoomMessageText) -> None:
        if event.sender != client.user_id:
            content = {"msgtype": "m.text", "body": event.body}
            await client.room_send(room.room_id, "m.room.message", content, ignore_unverified_devices=True)

    client.add_event_callback(invited, nio.InviteMemberEvent)
    client.add_event_callback(said, nio.RoomMessageText)
    await client.sync_forever(timeout=30_000, full_state=True)


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1])))
