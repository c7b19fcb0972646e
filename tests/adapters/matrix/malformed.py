"""Events that no proper client sends: what a homeserver takes all the same, and what only a careless one hands on."""

from __future__ import annotations

from typing import Any

TEXT, POLL, BEACON = "m.room.message", "org.matrix.msc3381.poll.start", "org.matrix.msc3672.beacon"
GONE = "$nothing-has-this-name"


def words(body: object = "hello", **extra: object) -> tuple[str, dict[str, Any]]:
    """A text with something added."""
    return TEXT, {"msgtype": "m.text", "body": body, **extra}


def related(**relation: object) -> tuple[str, dict[str, Any]]:
    """A text with a relation to something."""
    return words(**{"m.relates_to": relation})


MALFORMED: list[tuple[str, Any]] = [
    words("", formatted_body=""),
    words("\x00\x07\u202e"),
    words(format=7, formatted_body=["<b>"]),
    words(format="org.matrix.custom.html", formatted_body="<mx-reply>" * 2_000 + "<b" * 2_000),
    words(**{"m.mentions": "everybody"}),
    words(**{"m.mentions": {"user_ids": "@li:matrix.test", "room": "yes"}}),
    words(**{"m.mentions": {"user_ids": [None, 7, {}]}}),
    words(**{"m.relates_to": {}}),
    related(rel_type=7, event_id=[]),
    related(rel_type="m.replace"),
    related(rel_type="m.replace", event_id=GONE),
    words(**{"m.relates_to": {"rel_type": "m.replace", "event_id": GONE}, "m.new_content": "text"}),
    words(**{"m.relates_to": {"rel_type": "m.replace", "event_id": GONE}, "m.new_content": {"body": 7}}),
    related(rel_type="m.thread"),
    related(rel_type="m.thread", event_id=GONE),
    related(**{"m.in_reply_to": "reply"}),
    related(**{"m.in_reply_to": {"event_id": 7}}),
    related(**{"m.in_reply_to": {"event_id": GONE}}),
    related(rel_type="org.example.new", event_id=GONE),
    (TEXT, {"msgtype": "", "body": "no type"}),
    (TEXT, {"msgtype": "m.image", "body": "no address"}),
    (TEXT, {"msgtype": "m.image", "body": "p", "url": [], "info": "large"}),
    (TEXT, {"msgtype": "m.image", "body": "p", "url": "https://example.org/p.jpg"}),
    (TEXT, {"msgtype": "m.image", "body": "p", "url": "mxc://", "info": {"size": -1, "mimetype": 7}}),
    (TEXT, {"msgtype": "m.image", "body": "p", "file": {"url": "mxc://matrix.test/x", "key": 7, "hashes": []}}),
    (TEXT, {"msgtype": "m.file", "body": "../../etc/passwd", "url": "mxc://matrix.test/../../x", "info": {}}),
    (TEXT, {"msgtype": "m.location", "body": "here"}),
    (TEXT, {"msgtype": "m.location", "body": "here", "geo_uri": "geo:north,999999"}),
    (TEXT, {"msgtype": "m.key.verification.request", "body": "v", "methods": 7}),
    ("m.sticker", {}),
    ("m.sticker", {"body": 7, "url": 7}),
    ("m.reaction", {}),
    ("m.reaction", {"m.relates_to": {"rel_type": "m.annotation", "event_id": GONE, "key": "k" * 900}}),
    (POLL, {}),
    (POLL, {POLL: {"question": 7, "answers": "yes"}}),
    ("org.matrix.msc3381.poll.response", {"m.relates_to": {"rel_type": "m.reference", "event_id": GONE}}),
    (BEACON, {"m.relates_to": 7}),
    ("m.room.encrypted", {}),
    ("m.room.encrypted", {"algorithm": "m.megolm.v1.aes-sha2"}),
    (
        "m.room.encrypted",
        {
            "algorithm": "m.megolm.v1.aes-sha2",
            "ciphertext": "?",
            "session_id": "s",
            "sender_key": "k",
            "device_id": "d",
        },
    ),
    ("m.room.encrypted", {"algorithm": "org.example.none", "ciphertext": {}}),
    ("m.call.invite", {"call_id": 7}),
    ("o" * 255, {}),
]
STATES: list[tuple[str, Any]] = [
    ("m.room.name", {"name": 7}),
    ("m.room.topic", {"topic": []}),
    ("m.room.avatar", {"url": 7}),
    ("m.room.pinned_events", {"pinned": "all"}),
    ("m.room.tombstone", {}),
    ("m.room.tombstone", {"body": "gone", "replacement_room": "nowhere"}),
    ("m.space.child", {"via": 7}),
    ("m.room.server_acl", {"allow": ["*"]}),
    ("org.example.state", {"deep": [[[[[[[[[[]]]]]]]]]]}),
]
"""Of the state of a room."""
DEEP: list[Any] = []
for _ in range(60):
    DEEP = [DEEP]
LAX: list[tuple[str, Any]] = [
    words(**{"m.mentions": {"user_ids": [1e300, -0.5]}}),
    (
        TEXT,
        {"msgtype": "m.image", "body": "p", "url": "mxc://matrix.test/x", "info": {"size": 10**40, "mimetype": "a"}},
    ),
    (TEXT, {"msgtype": "m.file", "body": "f", "url": "mxc://matrix.test/x", "info": {"size": 2**63, "w": 1.5}}),
    (BEACON, {"m.location": {"uri": "geo:1,2"}, "m.ts": 1e308}),
    (TEXT, {"msgtype": "m.text", "body": "deep", "more": DEEP}),
]
"""Numbers of any size and kind: no homeserver takes them now, but nobody sees them inside the encryption."""
LOOSE: list[Any] = [
    None,
    7,
    "event",
    [],
    {},
    {"type": TEXT, "content": {"msgtype": "m.text", "body": "no id"}, "sender": "@a:matrix.test"},
    {"type": TEXT, "content": None, "sender": "@a:matrix.test", "event_id": "$loose-1"},
    {"type": TEXT, "content": {"body": "x"}, "sender": 7, "event_id": "$loose-2"},
    {"type": "", "content": {}, "sender": "@a:matrix.test", "event_id": "$loose-3"},
    {"type": TEXT, "content": {"body": "x"}, "sender": "@a:matrix.test", "event_id": "$" + "l" * 300},
    {"type": TEXT, "content": {"body": "x"}, "sender": "@a:matrix.test", "event_id": "$loose\n4"},
    {"type": "m.room.member", "state_key": 7, "content": {}, "sender": "@a:matrix.test", "event_id": "$loose-5"},
    {"type": "m.room.name", "state_key": "", "content": [], "sender": "@a:matrix.test", "event_id": "$loose-6"},
    {
        "type": TEXT,
        "content": {"msgtype": "m.text", "body": "when"},
        "sender": "@a:matrix.test",
        "event_id": "$loose-7",
        "origin_server_ts": "yesterday",
        "unsigned": [],
    },
    {
        "type": TEXT,
        "content": {"msgtype": "m.text", "body": "never"},
        "sender": "@a:matrix.test",
        "event_id": "$loose-8",
        "origin_server_ts": 10**30,
        "unsigned": {"age": -(10**30), "redacted_because": 7, "prev_content": "x"},
    },
]
"""What is no event at all, or only nearly one."""
