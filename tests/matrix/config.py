"""How the tests' Synapse is set up: loopback only, SQLite, no limits, no federation, no telemetry."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

DOMAIN = "matrix.test"
_FREE = {"per_second": 100_000, "burst_count": 100_000}
_LIMITS = (
    "rc_message", "rc_registration", "rc_registration_token_validity", "rc_admin_redaction", "rc_3pid_validation",
    "rc_third_party_invite", "rc_media_create", "rc_key_requests", "rc_reports", "rc_room_creation",
    "rc_user_directory",
)  # fmt: skip


def settings(folder: Path, port: int, secret: str) -> None:
    """Write homeserver.yaml (JSON is YAML) and what its logging looks like."""
    limits: dict[str, Any] = {name: _FREE for name in _LIMITS}
    limits["rc_login"] = {"address": _FREE, "account": _FREE, "failed_attempts": _FREE}
    limits["rc_joins"] = {"local": _FREE, "remote": _FREE}
    limits["rc_joins_per_room"] = _FREE
    limits["rc_invites"] = {"per_room": _FREE, "per_user": _FREE, "per_issuer": _FREE}
    limits["rc_presence"] = {"per_user": _FREE}
    _write(
        folder / "homeserver.yaml",
        {
            "server_name": DOMAIN,
            "public_baseurl": f"http://127.0.0.1:{port}/",
            "pid_file": str(folder / "homeserver.pid"),
            "listeners": [
                {
                    "port": port,
                    "type": "http",
                    "tls": False,
                    "bind_addresses": ["127.0.0.1"],
                    "resources": [{"names": ["client"], "compress": False}],
                }
            ],
            "database": {
                "name": "sqlite3",
                "args": {"database": str(folder / "homeserver.db")},
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
            "federation_domain_whitelist": [],
            "report_stats": False,
            "url_preview_enabled": False,
            "presence": {"enabled": False},
            "user_directory": {"enabled": False},
            "bcrypt_rounds": 4,
            "server_notices": {"system_mxid_localpart": "notices", "room_name": "Server Notices"},
            "room_list_publication_rules": [{"action": "allow"}],
            **limits,
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
