"""Settings: what is wrong with them is said with file, line and fix."""

from __future__ import annotations

from pathlib import Path

import pytest

from botkit.errors import SettingsError
from botkit.settings import Settings, Table, load, plugin_table

EXTRA = ("handoff", "webchat")


class Inner(Table):
    minutes: int = 5


class Handoff(Table):
    limit: int = 3
    inner: Inner = Inner()


def read(folder: Path, text: str, **environment: str) -> Settings:
    (folder / "station.toml").write_text(text, "utf-8")
    return load(folder, environment, EXTRA)


def refused(folder: Path, text: str, **environment: str) -> str:
    with pytest.raises(SettingsError) as caught:
        settings = read(folder, text, **environment)
        plugin_table(settings, "handoff", Handoff)
    assert caught.value.fix
    return str(caught.value)


def test_defaults_file_and_environment_in_this_order(tmp_path: Path) -> None:
    assert read(tmp_path, "").web.port == 8080
    text = '# a station\n[station]\nname = {zh = "所", en = "Station"}\ndemo = true\n[web]\nport = 9000\n'
    assert read(tmp_path, text).web.port == 9000
    settings = read(tmp_path, text, BOTKIT_WEB_PORT="9001", BOTKIT_LOG_JSON_LINES="true", BOTKIT_DATA="/x", PATH="/bin")
    assert (settings.web.port, settings.log.json_lines, settings.station.name["zh"]) == (9001, True, "所")
    assert settings.source == tmp_path / "station.toml"
    assert read(tmp_path, "\ufeff[web]\nport = 1\n").web.port == 1, "a byte order mark is no mistake"


def test_plugins_have_tables_of_their_own(tmp_path: Path) -> None:
    settings = read(tmp_path, "[handoff]\nlimit = 7\n[handoff.inner]\nminutes = 1\n", BOTKIT_HANDOFF_LIMIT="8")
    table = plugin_table(settings, "handoff", Handoff)
    assert (table.limit, table.inner.minutes) == (8, 1)
    assert plugin_table(read(tmp_path, ""), "handoff", Handoff).limit == 3


@pytest.mark.parametrize(
    ("text", "line", "parts"),
    [
        ("[web]\nhost = '::'\nprot = 1\n", 3, ["unknown setting 'web.prot'", "did you mean 'port'?"]),
        ("\n\n[wbe]\nport = 1\n", 3, ["unknown setting 'wbe'", "did you mean 'web'?"]),
        ("zzz = 1\n", 1, ["unknown setting 'zzz'", "known here", "station"]),
        ("[web]\nport = 1\n[station]\nport = 2\n", 4, ["unknown setting 'station.port'"]),
        ("[station]\n# port\nname.fr = 'x'\nname.zh = 'x'\nname.en = 'x'\n", 3, ["station.name.fr"]),
        ("[web]\n\nport = 'abc'\n", 3, ["web.port", "integer", "'abc'"]),
        ("[web]\nport = 70000\n", 2, ["web.port", "65535"]),
        ("web = 5\n", 1, ["web"]),
        ("[station]\ntime_zone = 'Mars/Base'\n", 2, ["station.time_zone", "Asia/Shanghai"]),
        ("[station]\nslug = 'Not A Slug'\n", 2, ["station.slug"]),
        ("[database]\nurl = 'mysql://x'\n", 2, ["database.url"]),
        ("adapters = 'webchat'\n", 1, ["adapters"]),
        ("[handoff]\n\nlimit = 'many'\n", 3, ["handoff.limit", "'many'"]),
        ("[handoff]\nlimti = 3\n", 2, ["unknown setting 'handoff.limti'", "did you mean 'limit'?"]),
        ("[handoff.inner]\nminuts = 3\n", 2, ["handoff.inner.minuts", "did you mean 'minutes'?"]),
        ("handoff = 3\n", 1, ["'handoff' must be a table", "[handoff]"]),
        ("[web]\nport = \n", 2, ["not valid TOML"]),
        ("[web]\nport = 1\nport = 2\n", 3, ["not valid TOML"]),
        ("[web\n", 1, ["not valid TOML"]),
    ],
)
def test_mistakes_are_found_where_they_are(tmp_path: Path, text: str, line: int, parts: list[str]) -> None:
    said = refused(tmp_path, text)
    assert f"{tmp_path / 'station.toml'}:{line}: " in said
    assert all(part in said for part in parts), said


@pytest.mark.parametrize(
    ("variable", "value", "parts"),
    [
        ("BOTKIT_WEB_PROT", "1", ["unknown setting BOTKIT_WEB_PROT", "did you mean 'port'?"]),
        ("BOTKIT_NOTHING_AT_ALL", "1", ["unknown setting BOTKIT_NOTHING_AT_ALL", "BOTKIT_WEB_PORT"]),
        ("BOTKIT_WEB", "1", ["unknown setting BOTKIT_WEB"]),
        ("BOTKIT_WEB_PORT", "abc", ["environment: BOTKIT_WEB_PORT", "web.port", "'abc'"]),
        ("BOTKIT_HANDOFF_LIMIT", "many", ["environment: BOTKIT_HANDOFF_LIMIT", "'many'"]),
        ("BOTKIT_HANDOFF_LIMTI", "3", ["environment: BOTKIT_HANDOFF_LIMTI", "did you mean 'limit'?"]),
    ],
)
def test_mistakes_of_the_environment_are_not_blamed_on_the_file(
    tmp_path: Path, variable: str, value: str, parts: list[str]
) -> None:
    said = refused(tmp_path, "[web]\nport = 1\n[handoff]\nlimit = 1\n", **{variable: value})
    assert "station.toml" not in said
    assert all(part in said for part in parts), said


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no such file(.|\n)*BOTKIT_CONFIG"):
        load(tmp_path / "nowhere", {}, EXTRA)
    (tmp_path / "station.toml").write_bytes("[station]\n# 派出所".encode("gb18030"))
    with pytest.raises(SettingsError, match="UTF-8"):
        load(tmp_path, {}, EXTRA)
    (tmp_path / "folder" / "station.toml").mkdir(parents=True)
    with pytest.raises(SettingsError, match="can't be read"):
        load(tmp_path / "folder", {}, EXTRA)
