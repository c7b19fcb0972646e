"""Records: what nests comes in flat and goes out nested; a mistake is named by its place, and loses nothing else."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.hsds import package
from directory.hsds.entities import ENTITIES, Entity
from directory.hsds.records import Records

TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
JSON = st.recursive(
    st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(TEXT, inner, min_size=1, max_size=3),
    max_leaves=4,
)


@st.composite
def documents(draw: st.DrawFn, entity: str = "organization", above: tuple[str, ...] = ()) -> dict[str, Any]:
    """A document that HSDS allows: any fields, any nesting, and attributes that it does not know."""
    told = ENTITIES[entity]
    made: dict[str, Any] = {"id": str(draw(st.uuids()))}
    optional = [name for name in told.fields if name not in told.parents and name not in told.required]
    chosen = draw(st.sets(st.sampled_from(optional), max_size=3)) if optional else set()
    for name in (*sorted(told.required - {"id"}), *sorted(chosen)):
        made[name] = draw(value_of(told, name))
    if draw(st.booleans()):
        made["x_own"] = draw(JSON)
    inside = (*above, entity)
    children = [child for child in told.children if child.entity not in inside and len(inside) < 4]
    for child in draw(st.lists(st.sampled_from(children), max_size=2, unique=True)) if children else ():
        if child.many:
            nested = draw(st.lists(documents(child.entity, inside), min_size=1, max_size=2))
            made[child.name] = [{**one, **({child.kind: entity} if child.kind else {})} for one in nested]
        else:
            made[child.name] = draw(documents(child.entity, inside))
    return made


def value_of(entity: Entity, name: str) -> st.SearchStrategy[Any]:
    if name in entity.numbers:
        return st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, allow_infinity=False)
    return st.sampled_from(entity.choices[name]) if name in entity.choices else TEXT


@given(documents())
def test_any_document_comes_back_equal(document: dict[str, Any]) -> None:
    records = Records()
    assert records.add("organization", document, "it") == document["id"]
    assert not records.problems
    assert records.document("organization", document["id"]) == document


@given(documents())
def test_any_document_survives_being_tables(document: dict[str, Any]) -> None:
    records = Records()
    records.add("organization", document, "it")
    first, again = io.BytesIO(), io.BytesIO()
    package.write(records, first)
    back = package.read(first)
    assert not back.problems
    assert back == records
    package.write(back, again)
    assert first.getvalue() == again.getvalue()


def service(**more: Any) -> dict[str, Any]:
    return {"id": "s1", "name": "Locks", "status": "active", **more}


def test_one_phone_may_hang_on_several_things() -> None:
    phone = {"id": "p1", "number": "12345"}
    given = service(phones=[phone], contacts=[{"id": "c1", "name": "Li", "phones": [phone]}])
    records = Records()
    records.add("service", given, "it")
    assert records.rows["phone"] == {"p1": {**phone, "service_id": "s1", "contact_id": "c1"}}
    assert records.document("service", "s1") == given


def test_nothing_empty_is_kept() -> None:
    records = Records()
    records.add("service", service(url="", email=None, phones=[], minimum_age=0), "it")
    assert records.document("service", "s1") == service(minimum_age=0)


@pytest.mark.parametrize(
    ("document", "where", "what"),
    [
        ([], "it", "service is no object"),
        ({"name": "Locks"}, "it", "no id"),
        ({"id": "s1", "status": "active"}, "it.name", "has no name"),
        (service(status="open"), "it.status", "'open' is unknown"),
        (service(minimum_age="12"), "it.minimum_age", "'12' is no number"),
        (service(minimum_age=True), "it.minimum_age", "True is no number"),
        (service(minimum_age=float("nan")), "it.'minimum_age'", "no JSON"),
        (service(url=7), "it.url", "7 is no text"),
        (service(description="\ud800"), "it.'description'", "broken characters"),
        (service(phones="12345"), "it.phones", "phones is no list"),
        (service(phones=["12345"]), "it.phones[0]", "phone is no object"),
        (service(phones=[{"id": "p"}, {"id": "q", "number": "1"}]), "it.phones[0].number", "has no number"),
        (service(phones=[{"id": "p", "number": n} for n in "12"]), "it.phones[1].number", "came before"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_its_place(document: Any, where: str, what: str) -> None:
    records = Records()
    records.add("service", document, "it")
    (problem,) = records.problems
    assert problem.where == where
    assert what in str(problem) and problem.fix


def test_a_mistake_in_one_row_loses_no_other() -> None:
    records = Records()
    records.add("service", service(phones=[{"id": "p"}, {"id": "q", "number": "1"}]), "it")
    assert records.document("service", "s1") == service(phones=[{"id": "q", "number": "1"}])


def test_endless_nesting_ends() -> None:
    inner = service()
    for number in range(20):
        inner = {"id": f"o{number}", "name": "Locks Ltd", "description": "locks", "services": [inner]}
        inner = service(organization=inner)
    records = Records()
    records.add("service", inner, "it")
    assert any("deeper" in str(problem) for problem in records.problems)


def test_references_to_nothing_are_named() -> None:
    records = Records()
    records.add("service", service(organization_id="o9"), "it")
    (problem,) = records.dangling()
    assert problem.where == "service s1"
    assert "organization_id is 'o9', and no such record is here" in str(problem)
