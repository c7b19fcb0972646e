"""How the tests' Synapses are set up: loopback only, SQLite, no limits, no telemetry; alone, or to talk to another."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

DOMAIN = "matrix.test"
INLINE = Path(__file__).with_name("inline.py")
"""What saves time where nothing depends on it: in the soak the server is as anybody else's."""
ALTERED = Path(__file__).with_name("altered.py")
SHIFT = "shift"
"""The file that says by how many ms a server's clock is wrong."""
TOLD = 20
"""Events of a room that it tells at once, however many a client asks for. Real ones tell 100."""
_FREE = {"per_second": 100_000, "burst_count": 100_000}
_LIMITS = (
    "rc_message", "rc_registration", "rc_registration_token_validity", "rc_admin_redaction", "rc_3pid_validation",
    "rc_third_party_invite", "rc_media_create", "rc_key_requests", "rc_reports", "rc_room_creation",
    "rc_user_directory",
)  # fmt: skip
_ALONE: dict[str, Any] = {"federation_domain_whitelist": [], "send_federation": False}
_AMONG_OTHERS: dict[str, Any] = {
    # Who the others are is proved by the keys of what they sign; their certificates are made for a test.
    "federation_verify_certificates": False,
    # Elsewhere nobody may be at a loopback address.
    "ip_range_blacklist": [],
    # Where a server's clock is days off, keys of one day are never valid for others.
    "key_refresh_interval": "30d",
    "federation": {
        "client_timeout": "10s",
        "max_long_retries": 0,
        "max_short_retries": 0,
        "destination_min_retry_interval": 1,
        "destination_max_retry_interval": 50,
    },
    "rc_federation": {"window_size": 1_000, "sleep_limit": 10_000, "reject_limit": 10_000, "concurrent": 100},
}


def settings(folder: Path, port: int, secret: str, name: str = DOMAIN, unknown: Sequence[str] = ()) -> None:
    """Write homeserver.yaml (JSON is YAML) and what its logging looks like. Under another name it talks to others."""
    federates = name != DOMAIN
    limits: dict[str, Any] = {name: _FREE for name in _LIMITS}
    limits["rc_login"] = {"address": _FREE, "account": _FREE, "failed_attempts": _FREE}
    limits["rc_joins"] = {"local": _FREE, "remote": _FREE}
    limits["rc_joins_per_room"] = _FREE
    limits["rc_invites"] = {"per_room": _FREE, "per_user": _FREE, "per_issuer": _FREE}
    limits["rc_presence"] = {"per_user": _FREE}
    inline = os.environ.get("BOTKIT_SOAK") != "1"
    for module in (INLINE, ALTERED):
        shutil.copy(module, folder)
    modules = [{"module": f"{INLINE.stem}.Inline", "config": {}}] * inline
    modules += [
        {"module": f"{ALTERED.stem}.Altered", "config": {"shift": str(folder / SHIFT), "unknown": list(unknown)}}
    ] * federates
    _write(
        folder / "homeserver.yaml",
        {
            "server_name": name,
            "public_baseurl": f"http://127.0.0.1:{port}/",
            "pid_file": str(folder / "homeserver.pid"),
            "listeners": [
                {
                    "port": port,
                    "type": "http",
                    "tls": False,
                    "bind_addresses": ["127.0.0.1"],
                    "resources": [{"names": ["client", *["federation"] * federates], "compress": False}],
                }
            ],
            "database": {
                "name": "sqlite3",
                # It prepares hundreds of different statements, again and again where they are not kept.
                "args": {"database": str(folder / "homeserver.db"), "cached_statements": 5_000},
            },
            "log_config": str(folder / "logging.yaml"),
            "media_store_path": str(folder / "media"),
            "signing_key_path": str(folder / "signing.key"),
            "registration_shared_secret": secret,
            "macaroon_secret_key": os.urandom(16).hex(),
            "form_secret": os.urandom(16).hex(),
            "app_service_config_files": [str(folder / "service.yaml")],
            "trusted_key_servers": [],
            "suppress_key_server_warning": True,
            # The application service only acts.
            "notify_appservices": False,
            "report_stats": False,
            # No client here is told how many messages are unread.
            "push": {"enabled": False},
            "url_preview_enabled": False,
            "presence": {"enabled": False},
            "user_directory": {"enabled": False},
            "filter_timeline_limit": TOLD,
            "bcrypt_rounds": 4,
            "modules": modules,
            "server_notices": {"system_mxid_localpart": "notices", "room_name": "Server Notices"},
            "room_list_publication_rules": [{"action": "allow"}],
            **limits,
            **(_AMONG_OTHERS if federates else _ALONE),
        },
    )
    _write(
        folder / "logging.yaml",
        {
            "version": 1,
            "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
            "handlers": {
                name: {
                    "class": "logging.FileHandler",
                    "filename": str(folder / f"{name}.log"),
                    "encoding": "utf-8",
                    "formatter": "plain",
                }
                for name in ("homeserver", "requests")
            },
            "root": {"level": "WARNING", "handlers": ["homeserver"]},
            "loggers": {"synapse.access.http": {"level": "INFO", "handlers": ["requests"], "propagate": False}},
            "disable_existing_loggers": False,
        },
    )


def service(folder: Path, token: str) -> None:
    """Write the registration of an application service that may act as any user, and at any time."""
    _write(
        folder / "service.yaml",
        {
            "id": "tests",
            "url": None,
            "as_token": token,
            "hs_token": os.urandom(16).hex(),
            "sender_localpart": "service",
            "rate_limited": False,
            "namespaces": {"users": [{"exclusive": False, "regex": "@.*"}], "rooms": [], "aliases": []},
        },
    )


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1), "utf-8")
