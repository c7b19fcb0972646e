"""Decoding raw events, without a homeserver: what each says, and that no nonsense ever raises."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.matrix.authors import Authors, Written
from adapters.matrix.composing import MAX_FORMATTED, composed, formatted, related, replacing
from adapters.matrix.decode import Decoder
from adapters.matrix.keystore import same_keys
from adapters.matrix.media import attached
from adapters.matrix.raw import sound
from adapters.matrix.relations import without_quotation
from adapters.matrix.rooms import Room, Rooms
from adapters.matrix.sending import outcome, transaction
from adapters.matrix.wire import MatrixError, refusal
from botkit.adapter import Rank, Refused, RetryLater, Unreachable
from botkit.messages import Chat, ChatKind, Message, MessageKind, Outgoing

ME, LI, WANG = "@desk:h.example", "@li:h.example", "@wang:h.example"
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


def decoder() -> tuple[Decoder, Room]:
    """A decoder, and a group of three with a message of the bot's and one of Li's."""
    rooms, authors = Rooms("matrix", ME), Authors()
    room = rooms.enter("!room:h.example")
    room.name, room.members = "楼", {ME: "Desk", LI: "Li", WANG: "Wang"}
    authors.note(room.id, "$ours", Written(ME))
    authors.note(room.id, "$lis", Written(LI, "$root"))
    found = Decoder("matrix", ME, rooms, authors, frozenset({"rules", "规则"}), lambda: NOW)
    found.name = "社区民警"
    return found, room


def event(content: Any, kind: str = "m.room.message", **more: Any) -> dict[str, Any]:
    return {
        "event_id": "$1", "sender": LI, "type": kind, "content": content, "origin_server_ts": 1_000,
        "unsigned": {"age": 2_000}, **more,
    }  # fmt: skip


def read(content: Any, kind: str = "m.room.message", **more: Any) -> Message | None:
    found, room = decoder()
    return found(room, event(content, kind, **more))


def text(body: str, **more: Any) -> dict[str, Any]:
    return {"msgtype": "m.text", "body": body, **more}


@pytest.mark.parametrize(
    ("content", "addressed", "words"),
    [
        (text("停水了"), False, "停水了"),
        (text("社区民警：停水了"), True, "停水了"),
        (text("@社区民警 停水了"), True, "停水了"),
        (text("问一下 @社区民警 停水了"), True, "问一下 @社区民警 停水了"),
        (text("社区民警不在"), False, "社区民警不在"),
        (text("社区民警 不在"), False, "社区民警 不在"),
        (text(f"{ME} 停水了"), True, "停水了"),
        (text(f"not {ME}.cn"), False, f"not {ME}.cn"),
        (text("社区民警 停水了", **{"m.mentions": {"user_ids": [ME]}}), True, "停水了"),
        (text("停水了", **{"m.mentions": {"user_ids": [ME]}}), True, "停水了"),
        (text("停水了", **{"m.mentions": {"room": True}}), False, "停水了"),
        (text("社区民警", **{"m.mentions": {"user_ids": [ME]}}), True, ""),
        (text("看", formatted_body=f'<a href="https://matrix.to/#/{ME}">x</a> 看'), True, "看"),
        (text("看", formatted_body=f'<a href="https://matrix.to/#/{ME.replace("@", "%40")}">x</a>'), True, "看"),
        (text("看", formatted_body=f'<a href="https://evil.example/#/{ME}">社区民警</a>'), False, "看"),
        (text("/rules"), True, "/rules"),
        (text("！规则 今天"), True, "/规则 今天"),
        (text("//rules"), True, "/rules"),
        (text("/shrug hm"), False, "/shrug hm"),
        (text("社区民警: !rules"), True, "/rules"),
        (text("> <@li:h.example> 旧的\n> 两行\n\n新的", **{"m.relates_to": {"m.in_reply_to": {"event_id": "$ours"}}}),
         True, "新的"),
        (text("> 自己引用的\n\n新的"), False, "> 自己引用的\n\n新的"),
        (text("好", **{"m.relates_to": {"m.in_reply_to": {"event_id": "$lis"}}}), False, "好"),
    ],
)  # fmt: skip
def test_who_is_meant(content: dict[str, Any], addressed: bool, words: str) -> None:
    message = read(content)
    assert message is not None
    assert (message.addressed, message.text) == (addressed, words)


def test_a_quotation_of_a_mention_is_none() -> None:
    html = f'<mx-reply><a href="https://matrix.to/#/{ME}">x</a></mx-reply>好'
    message = read(text("好", formatted_body=html, **{"m.relates_to": {"m.in_reply_to": {"event_id": "$lis"}}}))
    assert message is not None
    assert not message.addressed and message.data["reply_author"] == LI and message.reply_to == "$lis"


def test_others_who_are_mentioned() -> None:
    message = read(text("在吗", **{"m.mentions": {"user_ids": [WANG, ME, WANG, 7, "no id"]}}))
    assert message is not None and message.mentions == (WANG,)


def test_threads_and_what_they_answer() -> None:
    relation = {"rel_type": "m.thread", "event_id": "$root", "is_falling_back": True}
    message = read(text("在", **{"m.relates_to": {**relation, "m.in_reply_to": {"event_id": "$ours"}}}))
    assert message is not None and (message.thread, message.reply_to, message.addressed) == ("$root", None, True)


def test_an_edit_is_its_authors_alone() -> None:
    def edited(sender: str, target: str) -> Message | None:
        content = text("* 新", **{"m.new_content": text("新"), "m.relates_to": {"rel_type": "m.replace",
                                                                                "event_id": target}})  # fmt: skip
        return read(content, sender=sender, origin_server_ts=5_000)

    message = edited(LI, "$lis")
    assert message is not None
    assert (message.id, message.revision, message.text, message.thread) == ("$lis", 5_000, "新", "$root")
    assert edited(WANG, "$lis") is None and edited(LI, "$ours") is None and edited(LI, "$unknown") is None


def test_nothing_comes_after_a_deletion_whatever_the_clocks_of_others_show() -> None:
    content = text(
        "* 新", **{"m.new_content": text("新"), "m.relates_to": {"rel_type": "m.replace", "event_id": "$lis"}}
    )
    edit = read(content, sender=LI, origin_server_ts=(1 << 53) - 1)
    gone = read({}, "m.room.redaction", redacts="$lis", origin_server_ts=5_000)
    assert edit is not None and gone is not None and gone.revision > edit.revision


def test_deletions_reactions_and_silence() -> None:
    gone = read({"reason": "x"}, "m.room.redaction", redacts="$lis")
    assert gone is not None and (gone.kind, gone.id) == (MessageKind.DELETED, "$lis") and gone.revision
    assert read({"redacts": "$lis"}, "m.room.redaction") is not None
    sign = read({"m.relates_to": {"rel_type": "m.annotation", "event_id": "$ours", "key": "👀"}}, "m.reaction")
    assert sign is not None and (sign.kind, sign.reply_to, sign.data) == (MessageKind.REACTION, "$ours", {"sign": "👀"})
    for kind in ("m.call.candidates", "m.key.verification.start", "m.poll.response"):
        assert read({"a": 1}, kind) is None
    assert read({}) is None and read(text("x"), sender=ME) is None
    assert read({"msgtype": "m.key.verification.request", "body": "x"}) is None
    strange = read({"a": 1}, "org.example.new")
    assert strange is not None and strange.kind is MessageKind.UNKNOWN
    notice = read({"msgtype": "m.notice", "body": "x"})
    assert notice is not None and notice.sender.is_bot


def test_kinds() -> None:
    place = read({"msgtype": "m.location", "body": "geo:1,2", "geo_uri": "geo:35.4,116.5;u=10"})
    assert place is not None and (place.kind, place.text) == (MessageKind.LOCATION, "")
    assert place.data == {"lat": 35.4, "lon": 116.5}
    poll = read({"m.poll": {"question": {"m.text": [{"body": "几点"}]}, "answers": [{"m.text": [{"body": "八点"}]}]}},
                "m.poll.start")  # fmt: skip
    assert poll is not None and (poll.text, poll.data) == ("几点", {"options": ["八点"]})
    [file] = attached({"body": "p.jpg", "url": "mxc://h.example/abc", "info": {"size": 9, "mimetype": "image/jpeg"}},
                      MessageKind.PHOTO)  # fmt: skip
    assert (file.id, file.size, file.broken) == ("mxc://h.example/abc", 9, False)
    [broken] = attached({"body": "p.jpg", "url": "https://evil.example/p.jpg"}, MessageKind.PHOTO)
    assert broken.broken and not broken.id


@pytest.mark.parametrize(
    ("membership", "unsigned", "happened"),
    [
        ("join", {}, "member.joined"),
        ("join", {"prev_content": {"membership": "invite"}, "replaces_state": "$0"}, "member.joined"),
        ("join", {"prev_content": {"membership": "leave"}, "replaces_state": "$0"}, "member.joined"),
        ("join", {"prev_content": {"membership": "join"}, "replaces_state": "$0"}, None),
        # A homeserver that does not tell what it was before: a new name must not look like somebody new.
        ("join", {"replaces_state": "$0"}, None),
        ("invite", {}, None),
        ("leave", {"prev_content": {"membership": "join"}}, "member.left"),
        ("leave", {"prev_content": {"membership": "invite"}}, None),
    ],
)
def test_who_comes_and_goes(membership: str, unsigned: dict[str, Any], happened: str | None) -> None:
    content = {"membership": membership, "displayname": "Sun"}
    message = read(content, "m.room.member", state_key="@sun:h.example", sender="@sun:h.example", unsigned=unsigned)
    assert (message and message.data["event"]) == happened
    if message is not None:
        assert (message.sender.id, message.sender.name) == ("@sun:h.example", "Sun")


@pytest.mark.parametrize(
    ("more", "at"),
    [
        ({}, NOW - timedelta(seconds=2)),
        ({"unsigned": {"age": -5_000}}, NOW),
        ({"unsigned": {}, "origin_server_ts": int(NOW.timestamp() * 1000) - 60_000}, NOW - timedelta(minutes=1)),
        ({"unsigned": {}, "origin_server_ts": int(NOW.timestamp() * 1000) + 60_000}, NOW),
        ({"unsigned": {}, "origin_server_ts": 1 << 52}, NOW),
        ({"unsigned": {}, "origin_server_ts": "soon"}, NOW),
    ],
)
def test_when_it_was(more: dict[str, Any], at: datetime) -> None:
    message = read(text("x"), **more)
    assert message is not None and message.at == at


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = (
    "body", "msgtype", "m.relates_to", "rel_type", "event_id", "key", "m.new_content", "m.mentions", "user_ids", "url",
    "file", "info", "size", "formatted_body", "geo_uri", "m.poll", "question", "answers", "membership", "displayname",
    "m.in_reply_to", "redacts", "name", "replacement_room", "users",
)  # fmt: skip
CONTENT = st.dictionaries(
    st.sampled_from(NAMES),
    JSON | st.sampled_from(["m.text", "m.image", "m.replace", "m.thread", "$lis"])
    | st.dictionaries(st.sampled_from(NAMES), JSON, max_size=4),
    max_size=6,
)  # fmt: skip
KINDS = st.sampled_from(
    ["m.room.message", "m.reaction", "m.room.redaction", "m.sticker", "m.poll.start", "m.beacon", "m.room.member",
     "m.room.name", "m.room.tombstone", "m.room.power_levels", "m.room.create", "m.space.child", "m.room.encryption"]
)  # fmt: skip


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CONTENT, KINDS, st.dictionaries(st.sampled_from(["state_key", "unsigned", "origin_server_ts"]), JSON))
def test_nonsense_never_raises(content: Any, kind: str, more: dict[str, Any]) -> None:
    found, room = decoder()
    raw = event(content, kind, **more)
    assert sound(raw)
    found.wants(room, raw)
    found.note(room, raw)
    if "state_key" in raw:
        room.apply(raw)
    found(room, raw)
    found(room, raw, locked="keys")
    room.rank(LI)


@pytest.mark.parametrize(
    ("relation", "addressed"),
    [
        ({}, False),
        ({"m.in_reply_to": {"event_id": "$ours"}}, True),
        ({"m.in_reply_to": {"event_id": "$lis"}}, False),
        ({"rel_type": "m.thread", "event_id": "$root", "m.in_reply_to": {"event_id": "$ours"}}, True),
        # What old clients show as an answer is none.
        (
            {"rel_type": "m.thread", "event_id": "$root", "is_falling_back": True,
             "m.in_reply_to": {"event_id": "$ours"}},
            False,
        ),
    ],
)  # fmt: skip
def test_what_is_locked_is_for_the_bot_where_it_answers_it(relation: dict[str, Any], addressed: bool) -> None:
    found, room = decoder()
    locked = event({"algorithm": "m.megolm.v1.aes-sha2", "m.relates_to": relation}, "m.room.encrypted")
    message = found(room, locked, locked="unverified")
    assert message is not None and message.data == {"unreadable": "unverified"} and not message.text
    assert (message.kind, message.addressed) == (MessageKind.UNKNOWN, addressed)


def test_private_rooms_and_groups() -> None:
    rooms = Rooms("matrix", ME)
    room = rooms.enter("!a:h.example")
    assert rooms.doubtful(room) and rooms.chat(rooms.enter("!b:h.example")).kind is ChatKind.GROUP
    room.counted = 2
    assert rooms.chat(room).kind is ChatKind.DM
    room.counted = 3
    assert rooms.chat(room).kind is ChatKind.GROUP
    # Who was overheard once is not alone with the bot, even when the others are gone.
    room.counted = 2
    assert rooms.chat(room).kind is ChatKind.GROUP
    named = rooms.enter("!c:h.example")
    named.name, named.counted = "楼", 2
    assert rooms.chat(named).kind is ChatKind.GROUP
    direct = rooms.enter("!d:h.example")
    direct.name, direct.counted = "Li", 2
    rooms.list_direct({LI: ["!d:h.example", 7], WANG: "no list"})
    assert rooms.chat(direct).kind is ChatKind.DM


def test_ranks() -> None:
    room = Room("!a:h.example", founders=frozenset({LI}), version="11")
    assert room.rank(LI) is Rank.OWNER
    room.powers = {"users": {WANG: 50}}
    assert (room.rank(LI), room.rank(WANG)) == (Rank.MEMBER, Rank.ADMIN)
    room.version = "12"
    assert room.rank(LI) is Rank.OWNER
    # Rooms of old versions may write a level as a text.
    old = Room("!b:h.example", powers={"users": {LI: " 100", WANG: "fifty"}, "users_default": "50"})
    assert [old.rank(user) for user in (LI, WANG, ME)] == [Rank.OWNER, Rank.MEMBER, Rank.ADMIN]


def test_what_is_said() -> None:
    chat = Chat("matrix", "!a:h.example")
    content = composed(Outgoing("1", chat, "<b> @room\nhttps://a.example/x。", author="民警"))
    assert content["body"] == "民警\n<b> @room\nhttps://a.example/x。" and content["m.mentions"] == {}
    assert content["formatted_body"] == (
        '<strong>民警</strong><br>&lt;b&gt; @room<br><a href="https://a.example/x">https://a.example/x</a>。'
    )
    assert "formatted_body" not in composed(Outgoing("1", chat, "plain"))
    assert "formatted_body" not in composed(Outgoing("1", chat, "\n" * (MAX_FORMATTED + 1)))
    assert formatted("a&b") == "a&amp;b"
    edit = replacing(content, "$1")
    assert edit["m.new_content"] == content and edit["m.relates_to"] == {"rel_type": "m.replace", "event_id": "$1"}
    answer = related({}, Outgoing("1", chat, "x", reply_to="$2"), Written(LI, "$root"))
    assert answer["m.mentions"] == {"user_ids": [LI]}
    assert answer["m.relates_to"]["event_id"] == "$root" and not answer["m.relates_to"]["is_falling_back"]
    assert related({}, Outgoing("1", chat, "x"), None) == {}
    assert transaction("1") == transaction("1") != transaction("2")
    assert without_quotation("> only a quotation") == "> only a quotation"


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (MatrixError(429, "M_LIMIT_EXCEEDED", 3.0), RetryLater),
        (MatrixError(401, "M_UNKNOWN_TOKEN"), RetryLater),
        (MatrixError(403, "M_RESOURCE_LIMIT_EXCEEDED"), RetryLater),
        (MatrixError(403, "M_FORBIDDEN"), Unreachable),
        (MatrixError(404, "M_NOT_FOUND"), Unreachable),
        (MatrixError(413, "M_TOO_LARGE"), Refused),
        (MatrixError(400, "M_BAD_JSON"), Refused),
        (MatrixError(502, ""), MatrixError),
    ],
)
def test_what_follows_from_a_refusal(problem: MatrixError, kind: type[Exception]) -> None:
    found = outcome(problem)
    assert type(found) is kind
    if problem.retry_after is not None:
        assert isinstance(found, RetryLater) and found.after == 3.0 and not found.everywhere
        # Events are counted by account; files and keys are not events.
        everything = outcome(problem, event=True)
        assert isinstance(everything, RetryLater) and everything.everywhere


@pytest.mark.parametrize(
    ("body", "header", "after"),
    [
        (b'{"errcode": "M_LIMIT_EXCEEDED", "retry_after_ms": 1500}', "9", 1.5),
        (b'{"errcode": "M_LIMIT_EXCEEDED"}', "7", 7.0),
        (b'{"errcode": 7, "retry_after_ms": -1}', "soon", None),
        (b"<html>", "", None),
        (b"[]", "-3", None),
    ],
)
def test_when_to_ask_again(body: bytes, header: str, after: float | None) -> None:
    assert refusal(429, body, header).retry_after == after


def test_keys_that_are_another_devices() -> None:
    account = SimpleNamespace(identity_keys={"ed25519": "a", "curve25519": "b"})
    machine: Any = SimpleNamespace(account=account, device_id="D")
    assert same_keys(machine, {"keys": {"ed25519:D": "a", "curve25519:D": "b"}})
    assert not same_keys(machine, {"keys": {"ed25519:D": "x"}})
