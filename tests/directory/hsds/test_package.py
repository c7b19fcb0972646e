"""Packages of tables: what programs in use write comes in; the rest is refused by file, row, column."""

from __future__ import annotations

import io
import json
import zipfile
from random import Random

import pytest

from directory.hsds import package
from directory.hsds.records import Records


def packed(**files: str | bytes) -> io.BytesIO:
    """A zip; ``services`` is services.csv, ``datapackage`` is datapackage.json."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        for name, given in files.items():
            out.writestr(f"{name}.{'json' if name == package.DESCRIPTION[:-5] else 'csv'}", given)
    return made


SERVICES = "id,name,status,minimum_age\ns1,开锁,active,12\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_encodings_of_spreadsheets(encoding: str) -> None:
    records = package.read(packed(services=SERVICES.encode(encoding)))
    assert not records.problems
    assert records.rows["service"]["s1"] == {"id": "s1", "name": "开锁", "status": "active", "minimum_age": 12}


def test_columns_that_hsds_does_not_know_are_kept() -> None:
    records = package.read(packed(services="id,name,status,说明\ns1,Locks,active,夜里也来\n"))
    assert not records.problems
    assert records.rows["service"]["s1"]["说明"] == "夜里也来"


@pytest.mark.parametrize(
    ("files", "where", "what"),
    [
        ({"services": "id,name,status\ns1,A,active\ns1,B,active\n"}, "services.csv:3", "there twice"),
        ({"services": SERVICES.replace("\n", "\n\n,,\n").replace("12", "x")}, "services.csv:4.minimum_age",
         "no number"),
        ({"services": SERVICES.replace("12", "twelve")}, "services.csv:2.minimum_age", "no number"),
        ({"services": SERVICES.replace("12", "1e999")}, "services.csv:2.minimum_age", "no number"),
        ({"services": SERVICES.replace("active", "open")}, "services.csv:2.status", "'open' is unknown"),
        ({"services": "id,name,name,status\n"}, "services.csv", "two columns are called 'name'"),
        ({"services": "id,name,status\ns1,A,active,more\n"}, "services.csv:2", "4 cells, and the header 3"),
        ({"services": 'id,name,status\ns1,"A\n'}, "services.csv:2", "can't be read"),
        ({"services": f"id,name,status\ns1,{'A' * 200_000},active\n"}, "services.csv:2", "can't be read"),
        ({"services": SERVICES, "notes": "hello"}, "notes.csv", "no file of HSDS"),
        ({"notes": "hello"}, "ZIP", "no file of HSDS"),
        ({"services": SERVICES, "datapackage": "[]"}, "datapackage.json", "can't be read"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(files: dict[str, str], where: str, what: str) -> None:
    problems = package.read(packed(**files)).problems
    assert any(problem.where == where and what in str(problem) and problem.fix for problem in problems), problems


def test_what_is_no_zip_is_refused() -> None:
    (problem,) = package.read(io.BytesIO(b"id,name\n")).problems
    assert "can't be unpacked" in str(problem)


def test_a_damaged_package_never_raises() -> None:
    whole, random = packed(services=SERVICES * 20, notes="hello").getvalue(), Random(1)
    for _ in range(1000):
        damaged = bytearray(whole)
        for _ in range(random.randint(1, 4)):
            damaged[random.randrange(len(damaged))] = random.randrange(256)
        assert package.read(io.BytesIO(damaged[: random.randint(1, len(damaged) * 2)])).problems


def test_a_bomb_is_not_unpacked() -> None:
    made = packed(services=b"0" * (package.LARGEST + 1))
    assert len(made.getvalue()) < package.LARGEST / 100
    (problem,) = package.read(made).problems
    assert "when unpacked" in str(problem)


def test_the_description_names_types_and_what_is_required() -> None:
    records = Records()
    records.add("service", {"id": "s1", "name": "A", "status": "active", "minimum_age": 3, "x_tags": ["a"]}, "it")
    file = io.BytesIO()
    package.write(records, file)
    (table,) = json.loads(zipfile.ZipFile(file).read(package.DESCRIPTION))["resources"]
    assert table["path"] == "services.csv" and table["schema"]["primaryKey"] == "id"
    columns = {column.pop("name"): column for column in table["schema"]["fields"]}
    assert columns["minimum_age"] == {"type": "number"}
    assert columns["name"] == {"type": "string", "constraints": {"required": True}}
    assert columns["x_tags"] == {"type": "any"}
