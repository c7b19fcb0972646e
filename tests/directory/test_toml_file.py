"""Reading TOML with places: each table knows its line, and a broken file says where it broke."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from directory.toml_file import read


def put(folder: Path, text: str | bytes) -> Path:
    path = folder / "a.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_tables_know_the_lines_of_themselves_and_of_their_fields(tmp_path: Path) -> None:
    text = '# first\n[[entry]]\nslug = "a"\nname.zh = "甲"\n\n[[faq]]\nslug = "b"\n\n[[entry]]\nslug = "c"\n'
    single, tables, problems = read(put(tmp_path, text))
    assert not single and not problems
    assert [(t.kind, t.data["slug"], t.line) for t in tables] == [
        ("entry", "a", 2),
        ("faq", "b", 6),
        ("entry", "c", 9),
    ]
    assert tables[0].problem("name", "is odd", "mend it").line == 4
    assert tables[0].problem("phones", "is missing", "add it").line == 2


def test_a_syntax_error_names_its_line(tmp_path: Path) -> None:
    _, tables, (problem,) = read(put(tmp_path, '[[entry]]\nslug = "a\n'))
    assert not tables
    assert (problem.where, problem.line) == ("a.toml", 2)
    assert str(problem).startswith("a.toml:2: ") and "fix: " in str(problem)


def test_other_encodings_missing_files_and_deep_nesting_are_named(tmp_path: Path) -> None:
    assert "UTF-8" in str(read(put(tmp_path, "名字".encode("gbk")))[2][0])
    assert "can't be read" in str(read(tmp_path / "none.toml")[2][0])
    assert read(put(tmp_path, "a = " + "[" * 100_000))[2]


def test_a_value_outside_of_any_table_is_named(tmp_path: Path) -> None:
    assert "stands outside" in str(read(put(tmp_path, 'slug = "a"\n'))[2][0])


@given(st.text(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
def test_nothing_in_a_file_makes_it_raise(tmp_path: Path, text: str) -> None:
    _, _, problems = read(put(tmp_path, text.encode("utf-8", "surrogatepass")))
    assert all(problem.line >= 0 and problem.fix for problem in problems)
