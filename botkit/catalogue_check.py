"""Checking the catalogues: every text there in both languages, used, and with the same arguments."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

from botkit.i18n import LANGUAGES, read

KEY = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+")
_QUOTED = re.compile(r"""["']([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*\.?)["']""")


def check(root: Path) -> list[str]:
    """The problems of all catalogues below a folder, one line each, naming the file."""
    problems: list[str] = []
    texts: dict[str, dict[str, tuple[Path, str]]] = {}
    for language, locale in LANGUAGES.items():
        known = texts.setdefault(language, {})
        for path in sorted(_files(root, f"**/locales/{locale}/LC_MESSAGES/*.po")):
            for key, text in read(path).items():
                if key in known:
                    problems.append(f"{path}: {key} is defined in {known[key][0]} too")
                known[key] = (path, text)
    everywhere = set().union(*texts.values())
    for language, known in texts.items():
        problems += [f"{LANGUAGES[language]}: no text for {key}" for key in sorted(everywhere - set(known))]
    for key in sorted(everywhere):
        wanted = {language: _arguments(known[key][1]) for language, known in texts.items() if key in known}
        problems += [f"{texts[language][key][0]}: {key} has a malformed argument" for language in wanted
                     if wanted[language] is None]  # fmt: skip
        if None in wanted.values():
            continue
        if len({frozenset(names or ()) for names in wanted.values()}) > 1:
            problems.append(f"{key}: the languages want different arguments: {wanted}")
    exact, beginnings, asked = _uses(root)
    for key in sorted(everywhere):
        if key not in exact and not any(key.startswith(beginning) for beginning in beginnings):
            problems.append(f"{next(t[key][0] for t in texts.values() if key in t)}: {key} is used nowhere")
    problems += [f"{where}: no text {key}" for key, where in sorted(asked.items()) if key not in everywhere]
    return problems


def _files(root: Path, pattern: str) -> Iterator[Path]:
    for path in root.glob(pattern):
        parts = path.relative_to(root).parts
        if not any(part.startswith(".") or part in ("build", "tests", "node_modules", "docs") for part in parts):
            yield path


def _uses(root: Path) -> tuple[set[str], set[str], dict[str, str]]:
    """Keys written out, beginnings of composed keys, and keys that are certainly asked for, with their place."""
    exact: set[str] = set()
    beginnings: set[str] = set()
    asked: dict[str, str] = {}
    for path in _files(root, "**/*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and KEY.fullmatch(node.value):
                exact.add(node.value)
            elif isinstance(node, ast.JoinedStr) and node.values and isinstance(node.values[0], ast.Constant):
                beginning = str(node.values[0].value)
                if "." in beginning and KEY.fullmatch(beginning.rstrip("._") + ".x"):
                    beginnings.add(beginning)
            elif isinstance(node, ast.Call) and _name(node.func) == "tr" and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    asked[first.value] = f"{path.relative_to(root)}:{node.lineno}"
    for pattern in ("**/*.html", "**/config/**/*.toml"):
        for path in _files(root, pattern):
            text = path.read_text("utf-8")
            for found in _QUOTED.findall(text):
                (beginnings if found.endswith(".") else exact).add(found)
            for number, line in enumerate(text.splitlines(), 1):
                for key in re.findall(r"""\bt\(\s*["']([a-z0-9_.]+[a-z0-9_])["']\s*[,)]""", line):
                    asked[key] = f"{path.relative_to(root)}:{number}"
    return exact, beginnings, asked


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _arguments(text: str) -> set[str] | None:
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}
    except ValueError:
        return None
