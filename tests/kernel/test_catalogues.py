"""The check of the catalogues finds what is missing, unused, doubled and mismatched."""

from __future__ import annotations

from pathlib import Path

import pytest

from botkit.catalogue_check import check


class Project:
    """A small project with one text in both languages, used once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.texts = {"zh_CN": {"a.b": "你好 {name}"}, "en": {"a.b": "Hello {name}"}}
        self.python('say(tr("a.b", name=1))')

    def python(self, code: str, name: str = "code.py") -> None:
        (self.root / name).write_text(code + "\n")

    def problems(self) -> list[str]:
        for locale, texts in self.texts.items():
            path = self.root / "part" / "locales" / locale / "LC_MESSAGES" / "a.po"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(f'msgid "{key}"\nmsgstr "{text}"\n\n' for key, text in texts.items()))
        return check(self.root)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_a_sound_project_has_no_problems(project: Project) -> None:
    assert project.problems() == []


def test_a_text_missing_in_one_language(project: Project) -> None:
    del project.texts["en"]["a.b"]
    assert project.problems() == ["en: no text for a.b"]


def test_a_text_that_is_asked_for_and_nowhere(project: Project) -> None:
    project.python('\n\nsay(tr("a.c"))', "more.py")
    (project.root / "page.html").write_text("<p>{{ t('a.d') }}</p>")
    assert project.problems() == ["more.py:3: no text a.c", "page.html:1: no text a.d"]


def test_a_text_that_nobody_uses(project: Project) -> None:
    for texts in project.texts.values():
        texts["a.unused"] = "x"
    [problem] = project.problems()
    assert "a.unused is used nowhere" in problem and problem.endswith("nowhere") and "a.po" in problem


def test_composed_keys_and_templates_count_as_uses(project: Project) -> None:
    for texts in project.texts.values():
        texts.update({"a.state.open": "x", "a.state.done": "y", "a.page": "z"})
    project.python('text = f"a.state.{state}"', "composed.py")
    (project.root / "page.html").write_text("""<p>{{ t("a.page") }}</p>""")
    assert project.problems() == []


def test_languages_that_want_different_arguments(project: Project) -> None:
    project.texts["en"]["a.b"] = "Hello {nmae}"
    [problem] = project.problems()
    assert problem.startswith("a.b: the languages want different arguments")


def test_a_malformed_argument(project: Project) -> None:
    project.texts["zh_CN"]["a.b"] = "你好 {name"
    [problem] = project.problems()
    assert "a.b has a malformed argument" in problem and "zh_CN" in problem


def test_a_text_defined_twice(project: Project) -> None:
    other = project.root / "other" / "locales" / "en" / "LC_MESSAGES" / "b.po"
    other.parent.mkdir(parents=True)
    other.write_text('msgid "a.b"\nmsgstr "Hi {name}"\n')
    [problem] = project.problems()
    assert "a.b is defined in" in problem
