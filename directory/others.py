"""Where the directory ends: questions that only a human answers, as the station's file lists them by topic."""

from __future__ import annotations

from pathlib import Path

from botkit.errors import SettingsError
from botkit.language import Entry
from botkit.settings import line_of, read_toml

HUMAN = "human"
"""The group of such entries: mistaking one for another still leads to a human."""
LANGUAGES = ("zh", "en")


def load(path: Path) -> tuple[Entry, ...]:
    """The entries ``human:<topic>`` of a file; none where there is no file.

    Raises ``SettingsError`` that names file, line and fix: half a file would answer what the other half keeps back.
    """
    if not path.exists():
        return ()
    data, text = read_toml(path)
    entries = []
    for topic, table in data.items():
        place = f"{path}:{line_of(text, (topic,))}"
        if not isinstance(table, dict):
            raise SettingsError(f"{place}: {topic} is no topic", 'write [hukou] above zh = ["…"]')
        unknown = next((key for key in table if key not in LANGUAGES), None)
        if unknown is not None:
            line = line_of(text, (topic, unknown))
            raise SettingsError(f"{path}:{line}: {topic}: unknown key {unknown!r}", "known here: en, zh")
        phrasings: list[str] = []
        for language in LANGUAGES:
            texts = table.get(language, [])
            if not isinstance(texts, list) or not all(isinstance(each, str) and each.strip() for each in texts):
                line = line_of(text, (topic, language))
                fix = f'write {language} = ["…", "…"], each as a resident would say it'
                raise SettingsError(f"{path}:{line}: {topic}: {language} is no list of questions", fix)
            phrasings += texts
        if phrasings:
            entries.append(Entry(f"{HUMAN}:{topic}", tuple(dict.fromkeys(phrasings)), HUMAN, answers=False))
    return tuple(entries)
