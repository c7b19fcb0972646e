"""Albums: pictures sent together are one message, in one lot or over several."""

from __future__ import annotations

from typing import Any

from adapters.telegram import albums
from botkit.messages import Message
from tests.adapters.telegram.raw import DM, message, one


def part(number: int, album: str = "A", **fields: Any) -> Message:
    return one(None, number=number, media_group_id=album, photo=[{"file_id": f"f{number}"}], **fields)


def files(event: Message) -> list[str]:
    return [file.id for file in event.attachments]


def test_the_parts_of_one_lot_are_one() -> None:
    [first, between, other] = albums.Albums().join(
        [part(1, caption="看这里"), one("别人", number=2), part(3), part(4, "B"), part(5, "B")]
    )
    assert first.id == "1" and files(first) == ["f1", "f3"] and first.text == "看这里"
    assert between.id == "2" and files(other) == ["f4", "f5"]


def test_a_late_part_is_a_revision_that_has_all() -> None:
    known = albums.Albums()
    [first] = known.join([part(1, chat=DM, caption="漏水"), part(2, chat=DM)])
    [late] = known.join([part(3, chat=DM)])
    assert (first.revision, late.id, late.revision) == (0, "1", 2)
    assert files(late) == ["f1", "f2", "f3"] and late.text == "漏水" and late.addressed


def test_what_comes_again_is_the_same() -> None:
    known = albums.Albums()
    begin, rest = [part(1), part(2)], [part(3)]
    first = known.join(begin)
    assert known.join(begin) == first
    late = known.join(rest)
    assert known.join(rest) == late
    assert known.join([*begin, *rest])[0].revision == 0


def test_words_of_plain_talk_are_not_remembered() -> None:
    known = albums.Albums()
    known.join([part(1, caption="只说给邻居听")])
    [late] = known.join([part(2)])
    assert late.text == ""


def test_an_edit_stands_for_itself() -> None:
    edited = one(None, number=1, media_group_id="A", photo=[{"file_id": "f"}], edit_date=9)
    assert albums.Albums().join([edited]) == [edited]


def test_few_albums_are_remembered(monkeypatch: Any) -> None:
    monkeypatch.setattr(albums, "KEPT", 2)
    known = albums.Albums()
    known.join([part(number, str(number)) for number in range(1, 5)])
    assert len(known._known) == 2


def test_a_full_answer_ends_before_an_album_that_may_go_on() -> None:
    updates = [
        {"update_id": number, "message": message(number=number, **({"media_group_id": "A"} if number > 2 else {}))}
        for number in range(1, 5)
    ]
    assert albums.any_in(updates) and not albums.any_in(updates[:2]) and not albums.any_in([{"bad": 1}, None])
    assert [each["update_id"] for each in albums.whole(updates, 4)] == [1, 2]
    assert albums.whole(updates, 100) == updates
    assert albums.whole(updates[2:], 2) == updates[2:]
