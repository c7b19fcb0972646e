"""The official examples, where present: each comes in without a problem and goes out as it came."""

from __future__ import annotations

import csv
import io
import json
import os
import zipfile
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from directory.hsds import package
from directory.hsds.entities import TABLES
from directory.hsds.parts import partition
from directory.hsds.planning import ROWS
from directory.hsds.reading import read_hsds
from directory.hsds.records import Records
from directory.hsds.telling import told
from directory.values import Guide


def example(name: str) -> Any:
    folder = os.environ.get("BOTKIT_REFERENCE")
    path = Path(folder or "") / "hsds" / "examples" / f"{name}.json"
    if not folder or not path.exists():
        pytest.skip("BOTKIT_REFERENCE names no folder with the official examples of HSDS")
    return json.loads(path.read_text("utf-8"))


DOCUMENTS = [
    ("service", "service_full"), ("organization", "organization_full"),
    ("service_at_location", "service_at_location_full"), ("location", "location"), ("taxonomy", "taxonomy"),
    ("taxonomy_term", "taxonomy_term"),
]  # fmt: skip
PAGES = [
    ("service", "service_list"), ("organization", "organization_list"),
    ("service_at_location", "service_at_location_list"), ("taxonomy", "taxonomy_list"),
    ("taxonomy_term", "taxonomy_term_list"),
]  # fmt: skip


def through_package(records: Records) -> Records:
    """The same records after they were a zip of CSV files."""
    file = io.BytesIO()
    package.write(records, file)
    return package.read(file)


@pytest.mark.parametrize(("entity", "name"), DOCUMENTS)
def test_a_document_comes_back_equal(entity: str, name: str) -> None:
    given = example(name)
    records = Records()
    records.add(entity, given, name)
    assert not records.problems
    assert records.document(entity, given["id"]) == given
    assert through_package(records).document(entity, given["id"]) == given


@pytest.mark.parametrize(("entity", "name"), PAGES)
def test_what_a_page_holds_comes_back_equal(entity: str, name: str) -> None:
    records = Records()
    for given in example(name)["contents"]:
        records.add(entity, given, name)
        assert records.document(entity, given["id"]) == given
    assert not records.problems


def test_tables_come_back_equal() -> None:
    tables = example("tabular")
    given = io.BytesIO()
    with zipfile.ZipFile(given, "w") as out:
        for name, rows in tables.items():
            text = io.StringIO(newline="")
            table = csv.DictWriter(text, rows[0])
            table.writeheader()
            table.writerows(rows)
            out.writestr(name, text.getvalue())
    records = package.read(given)
    assert not records.problems
    # Parts of this example name records that it does not hold.
    assert any(": organization_id" in str(problem) for problem in records.dangling())
    back = through_package(records)
    assert not back.problems and back == records
    for name, rows in tables.items():
        kept = list(back.rows[TABLES[name.removesuffix(".csv")].name].values())
        told = [{name: str(value) for name, value in row.items() if value != ""} for row in rows]
        assert [{name: str(value) for name, value in row.items()} for row in kept] == told


@pytest.mark.parametrize(("entity", "name"), [pair for pair in DOCUMENTS if pair[0] in ("service", "organization")])
def test_a_document_is_kept_in_parts_and_told_equal(entity: str, name: str) -> None:
    given = example(name)
    records = read_hsds(json.dumps(given).encode())
    assert records.document(entity, given["id"]) == given
    parts = {key: {ROWS: rows} for key, rows in partition(records).items()}
    back = told(parts, Guide(), UTC, {})
    assert back.rows["service"] == records.rows["service"]
    assert {k: v for k, v in back.rows.items() if k not in ("taxonomy", "taxonomy_term")} == {
        k: v for k, v in records.rows.items() if k not in ("taxonomy", "taxonomy_term")
    }
    assert back.document(entity, given["id"]) == given
