"""Whoever runs the homeserver: limits what accounts may send, and sends notices to them."""

from __future__ import annotations

from urllib.parse import quote

from tests.matrix.homeserver import Account, Homeserver

API = "/_synapse/admin/v1"


class Operator:
    """The homeserver's administrator."""

    def __init__(self, homeserver: Homeserver, account: Account) -> None:
        self._homeserver = homeserver
        self._token = account.token

    async def limits(self, account: Account, *, per_second: int, at_once: int = 1) -> None:
        """Let an account send so many events a second, and so many of them at once. Nobody else has a limit."""
        body = {"messages_per_second": per_second, "burst_count": at_once}
        path = f"{API}/users/{quote(account.id)}/override_ratelimit"
        await self._homeserver.call("POST", path, body, token=self._token)

    async def notifies(self, account: Account, text: str) -> str:
        """Send a server notice to an account. Returns its id."""
        body = {"user_id": account.id, "content": {"msgtype": "m.text", "body": text}}
        event: str = (await self._homeserver.call("POST", f"{API}/send_server_notice", body, token=self._token))[
            "event_id"
        ]
        return event


async def operator(homeserver: Homeserver) -> Operator:
    """Somebody new who runs the homeserver."""
    return Operator(homeserver, await homeserver.account("operator", admin=True))
