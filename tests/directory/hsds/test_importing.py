"""Importing HSDS: what comes in goes out equal, whatever it holds, and what is edited here goes out edited."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.contents import Contents, Held
from directory.guard import Guard
from directory.hsds import package
from directory.hsds.parts import partition, put
from directory.hsds.reading import is_hsds, read_hsds
from directory.hsds.records import Records
from directory.hsds.telling import told
from directory.importing import Plan, plan
from directory.values import Entry, Family, Phone, Phrases, Place, Topic, Words

GUARD = Guard(("护照",), emergency=frozenset({"110"}))
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 1, tzinfo=UTC)
START = Contents(
    {
        ("family", "repair"): Held(Family("repair", Words("维修", "Repairs")), 0, NOW),
        ("topic", "water"): Held(Topic("water", Words("用水", "Water"), "repair"), 0, NOW),
        ("topic", "gas"): Held(Topic("gas", Words("燃气", "Gas"), "repair"), 1, NOW),
    },
    1,
)


def document(number: int = 1, **more: Any) -> dict[str, Any]:
    """A service with what others' data have, unknown attributes included."""
    return {
        "id": f"s{number}",
        "name": f"Water repair {number}",
        "description": "We mend pipes. " + "We come at night, on holidays, " * 4,
        "status": "active",
        "x_unknown": {"deep": [1, 2.5, None, "文"]},
        "organization": {"id": "o1", "name": "City water works", "description": "Water", "x_more": 7},
        "phones": [{"id": f"p{number}", "number": "021-64312345", "type": "voice", "description": "Desk"}],
        "schedules": [
            {"id": f"t{number}", "freq": "WEEKLY", "byday": "MO,TU", "opens_at": "09:00", "closes_at": "17:00"}
        ],
        "funding": [{"id": f"f{number}", "source": "the city"}],
        "languages": [{"id": f"l{number}", "code": "en"}],
        "cost_options": [{"id": f"c{number}", "amount": 0, "option": "none"}],
        "attributes": [
            {
                "id": f"a{number}", "link_entity": "service",
                "taxonomy_term": {"id": "term1", "name": "Water", "description": "All about water"},
            }
        ],
        "service_at_locations": [
            {
                "id": f"sl{number}",
                "location": {
                    "id": f"loc{number}", "location_type": "physical", "latitude": 31.2, "longitude": 121.4,
                    "addresses": [
                        {
                            "id": f"ad{number}", "address_1": "1 Nanjing Road", "city": "Shanghai",
                            "state_province": "SH", "postal_code": "200000", "country": "CN",
                            "address_type": "physical",
                        }
                    ],
                },
            }
        ],
        **more,
    }  # fmt: skip


def planned(contents: Contents, *documents: Mapping[str, Any], **options: Any) -> Plan:
    return plan(contents, GUARD, "city.json", json.dumps(documents, ensure_ascii=False).encode(), owner="王", **options)


def after(contents: Contents, done: Plan) -> Contents:
    assert not done.problems, done.problems
    items = [((e.kind, e.slug), None if e.value is None else Held(e.value, 0, NOW)) for e in done.edits]
    return contents.changed(items, contents.revision + 1)


def imported(*documents: Mapping[str, Any]) -> Contents:
    return after(START, planned(START, *documents))


def exported(contents: Contents) -> Records:
    return told(contents.parts, contents.guide, ZONE, contents.modified)


def edited(contents: Contents, entry: Entry) -> Contents:
    return contents.changed([(("entry", entry.slug), Held(entry, 0, NOW))], contents.revision + 1)


def test_a_service_becomes_an_entry() -> None:
    (entry,) = imported(document()).guide.entries
    assert entry.name == Words("", "Water repair 1") and entry.slug == "water_repair_1" and entry.record == "s1"
    assert entry.summary == Words("", "We mend pipes.") and entry.organization == Words("", "City water works")
    assert entry.phones == (Phone("021-64312345", Words("", "Desk")),) and entry.topic == "water"
    assert entry.hours.rule == "Mo,Tu 09:00-17:00" and not entry.hours.verified
    assert entry.languages == ("en",) and entry.free and entry.owner == "王" and entry.source.name.en == "city"
    assert entry.place == Place(Words("", "1 Nanjing Road, Shanghai"), 31.2, 121.4)


def test_what_comes_in_goes_out_equal() -> None:
    documents = [document(1), document(2, name="Pipe service")]
    records = read_hsds(json.dumps(documents).encode())
    assert not records.problems and exported(imported(*documents)) == records


def test_importing_the_same_again_changes_nothing() -> None:
    contents = imported(document(1), document(2))
    again = planned(contents, document(1), document(2))
    assert again.edits == () and again.unchanged == 2


def test_what_changed_there_changes_here_and_what_is_gone_there_goes_only_when_asked() -> None:
    contents = imported(document(1), document(2))
    changed = planned(contents, document(1, name="Water aid"))
    assert (changed.changed, changed.removed) == (1, 0)
    moved = after(contents, changed)
    assert {entry.slug: entry.name.en for entry in moved.guide.entries}["water_repair_1"] == "Water aid"
    gone = after(contents, planned(contents, document(1), removals=True))
    assert [entry.record for entry in gone.guide.entries] == ["s1"] and "service/s2" not in gone.parts


def test_what_is_edited_here_goes_out_edited_and_all_else_as_it_came() -> None:
    contents = imported(document())
    (entry,) = contents.guide.entries
    before = exported(contents)
    after_edit = exported(edited(contents, replace(entry, name=Words("水管抢修", "Pipe repair"))))
    row, old = after_edit.rows["service"]["s1"], before.rows["service"]["s1"]
    assert row["name"] == "水管抢修" and row["translations"] == {"en": {"name": "Pipe repair"}}
    changed = {"name", "translations", "last_modified"}
    assert {k: v for k, v in row.items() if k not in changed} == {k: v for k, v in old.items() if k != "name"}
    for entity in before.rows:
        if entity != "service":
            assert after_edit.rows[entity] == before.rows[entity], entity


@pytest.mark.parametrize("status", ["active", "defunct"])
def test_who_keeps_an_imported_service_is_not_for_the_public(status: str) -> None:
    contents = imported(document(owner="张三", status=status))
    for entry in contents.guide.entries:
        contents = edited(contents, replace(entry, owner="李四", area=Words("全市", "everywhere")))
    assert all("owner" not in row for row in exported(contents).rows["service"].values())
    whole = told(contents.parts, contents.guide, ZONE, contents.modified, owners=True)
    assert whole.rows["service"]["s1"]["owner"] == ("李四" if status == "active" else "张三")


EDITS: list[dict[str, Any]] = [
    {"name": Words("水管抢修", "Pipe repair")},
    {"summary": Words("修水管。", "Pipes.")},
    {"phones": (Phone("12345"), Phone("021-64312345", Words("夜间", "nights")))},
    {"area": Words("全市", "all the city")},
    {"languages": ("zh", "wuu")},
    {"free": False},
    {"cost": Words("先讲价", "agree first")},
    {"topic": "gas", "topics": ("water",)},
    {"assured_date": date(2026, 2, 1)},
    {"risk": "urgent"},
    {"owner": "李"},
    {"aliases": Phrases(("水管",), ("pipes",)), "phrasings": Phrases(("水管爆了",), ())},
    {"place": Place(Words("南京路", "Nanjing Road"), 31.5, 121.5)},
    {"ask_first": Words("有人受伤吗？", "Is anybody hurt?")},
]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: next(iter(edit)))
def test_what_is_edited_here_comes_back_from_its_export(edit: dict[str, Any]) -> None:
    contents = imported(document())
    (entry,) = contents.guide.entries
    wanted = replace(entry, **edit)
    records = told(edited(contents, wanted).parts, edited(contents, wanted).guide, ZONE, {}, owners=True)
    assert not list(records.dangling())
    file = io.BytesIO()
    package.write(records, file)
    done = plan(START, GUARD, "city.zip", file.getvalue(), owner="王")
    (back,) = after(START, done).guide.entries
    for name in edit:
        assert getattr(back, name) == getattr(wanted, name), name


def test_several_schedules_of_a_day_are_told_together() -> None:
    times = (("MO,TU", "09:00", "12:00"), ("TU,MO", "13:30", "17:00"), ("SA", "10:00Z", "12:00"))
    schedules = [
        {"id": f"t{n}", "freq": "WEEKLY", "byday": days, "opens_at": opens, "closes_at": closes}
        for n, (days, opens, closes) in enumerate(times)
    ]
    (entry,) = imported(document(schedules=schedules)).guide.entries
    assert entry.hours.rule == "Mo,Tu 09:00-12:00,13:30-17:00; Sa 10:00-12:00"


def more() -> dict[str, Any]:
    """A service with several of what an entry tells one of."""
    base = document()
    return document(
        attributes=[
            *base["attributes"],
            {
                "id": "a-eligible", "link_entity": "service",
                "taxonomy_term": {"id": "term-old", "name": "Over 60", "description": "For the elderly"},
            },
        ],
        service_areas=[{"id": "near", "name": "Old town"}, {"id": "far", "name": "New town", "extent": "all of it"}],
        cost_options=[{"id": "none", "amount": 0}, {"id": "night", "amount": 80, "option": "at night"}],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("edit", "entity", "stays"),
    [
        ({"topic": "gas"}, "attribute", "a-eligible"),
        ({"area": Words("老城", "Old town, all")}, "service_area", "far"),
        ({"area": Words()}, "service", "s1"),
        ({"free": False}, "cost_option", "night"),
    ],
    ids=["another taxonomy's term", "a further area", "no area at all", "a further cost"],
)
def test_an_edit_touches_only_what_tells_it(edit: dict[str, Any], entity: str, stays: str) -> None:
    contents = imported(more())
    (entry,) = contents.guide.entries
    before, now = exported(contents), exported(edited(contents, replace(entry, **edit)))
    assert {**now.rows[entity][stays], "last_modified": 0} == {**before.rows[entity][stays], "last_modified": 0}
    assert not list(now.dangling())
    for other in set(before.rows) - {entity, "service", "taxonomy_term", "taxonomy", "service_area"}:
        assert now.rows[other] == before.rows[other], other
    (free,) = [row for row in now.rows["cost_option"].values() if row["id"] == "night"]
    assert free["amount"] == 80


@pytest.mark.parametrize(
    "odd",
    [
        {"slug": "Not A Slug!"},
        {"owner": 7},
        {"risk": "very"},
        {"aliases": ["pipes"]},
        {"phrasings": {"en": "a leak", "fr": ["une fuite"]}},
        {"translations": "none"},
        {"translations": {"en": ["Water"]}},
        {"languages": [{"id": "l1", "name": "all of them"}, {"id": "l2", "code": "any language"}]},
        {"schedules": [{"id": "t1", "freq": "WEEKLY", "byday": "MO", "opens_at": "nine", "closes_at": "25:00"}]},
        {"schedules": [{"id": "t1", "freq": "WEEKLY", "byday": "1MO", "opens_at": "09:00", "closes_at": "17:00"}]},
        {"schedules": [{"id": "t1", "rule": ["Mo"]}]},
    ],
    ids=lambda odd: "-".join(odd),
)
def test_odd_data_never_refuse_a_service(odd: dict[str, Any]) -> None:
    """Others may mean something else by the profile's names: what can't be told is left out here and goes out equal."""
    records = read_hsds(json.dumps([document(**odd)]).encode())
    contents = imported(document(**odd))
    (entry,) = contents.guide.entries
    assert exported(contents) == records and entry.name.en == "Water repair 1"
    assert not (entry.hours.rule and "schedules" in odd)
    now = exported(edited(contents, replace(entry, name=Words("修水管", "Pipes"), owner="李")))
    assert now.rows["service"]["s1"]["name"] == "修水管" and now.rows["service"]["s1"].get("owner") is None


def test_a_service_without_a_topic_says_which_terms_it_has() -> None:
    strange = document()
    strange["attributes"][0]["taxonomy_term"]["name"] = "Moon travel"
    (problem,) = planned(START, strange).problems
    assert problem.where == "city.json · service s1" and "Moon travel" in str(problem)


def test_what_no_entry_may_be_is_refused_with_its_place() -> None:
    for wrong in (
        document(phones=[{"id": "p", "number": "110"}]),
        document(name="护照 service"),
        document(phones=[]),
    ):
        problems = planned(START, wrong).problems
        assert problems and problems[0].where == "city.json · service s1", problems


def test_inactive_services_are_kept_and_not_shown() -> None:
    records = read_hsds(json.dumps([document(1), document(2, status="defunct")]).encode())
    contents = imported(document(1), document(2, status="defunct"))
    assert [entry.record for entry in contents.guide.entries] == ["s1"] and exported(contents) == records


@pytest.mark.parametrize(
    "shape",
    [
        lambda d: json.dumps(d),
        lambda d: json.dumps([d]),
        lambda d: json.dumps({"contents": [d], "total_pages": 1}),
        lambda d: json.dumps(d) + "\n" + json.dumps(document(9)),
    ],
)
def test_json_in_all_its_shapes(shape: Any) -> None:
    content = shape(document()).encode()
    records = read_hsds(content)
    assert is_hsds(content) and not records.problems and "s1" in records.rows["service"]


@pytest.mark.parametrize("content", [b"{", b"[1]", b'{"id": 4}', b"\xff\xfe{", b"[" * 100_000, b"[]"])
def test_what_is_no_hsds_is_told(content: bytes) -> None:
    assert plan(START, GUARD, "x.json", b"{" + content if not content.startswith((b"{", b"[")) else content).problems


def test_a_spreadsheet_is_no_hsds() -> None:
    assert not is_hsds(b"PK\x03\x04 xl/workbook.xml") and not is_hsds("slug,名称".encode())


ids = st.text("ab", min_size=1, max_size=2)


@given(st.lists(st.tuples(ids, ids, ids, ids), max_size=8))
def test_parts_come_together_again(rows: list[tuple[str, str, str, str]]) -> None:
    records = Records()
    for service, organization, phone, location in rows:
        records.rows["service"].setdefault(service, {"id": service, "name": "x", "organization_id": organization})
        records.rows["organization"].setdefault(organization, {"id": organization, "name": "o"})
        records.rows["phone"].setdefault(phone, {"id": phone, "number": "1", "service_id": service})
        records.rows["location"].setdefault(location, {"id": location})
        records.rows["service_at_location"].setdefault(
            phone, {"id": phone, "service_id": service, "location_id": location}
        )
    parts = partition(records)
    back = Records()
    for part in parts.values():
        put(back, part)
    assert back == records
    assert all(key.count("/") == 1 for key in parts)
