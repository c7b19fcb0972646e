"""Saved models: the same after a round trip, None for whatever is not one, and never half of one."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from botkit.language import Entry, Matcher, saved
from botkit.language.fit import fit
from tests.language.small import ENTRIES

ODD = (
    *ENTRIES,
    Entry("半个\ufffd", ("第一\n第二", "👍 好", "quote \" and '"), "组"),
    Entry("signs", ("？？",), answers=False),
)


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return fit(ODD)


@pytest.fixture
def path(matcher: Matcher, tmp_path: Path) -> Path:
    saved.save(matcher, tmp_path / "model.npz")
    return tmp_path / "model.npz"


def test_a_round_trip_changes_nothing(matcher: Matcher, path: Path) -> None:
    again = saved.load(path)
    assert again is not None and again.entries == matcher.entries
    for name, array in matcher.parts().items():
        assert np.array_equal(again.parts()[name], array) and again.parts()[name].dtype == array.dtype, name
    for text in ("煤气公司电话多少", "locked out", "好", "完全陌生", ""):
        assert again.judge(text) == matcher.judge(text)
    assert (again.threshold(0.9), again.offer_threshold()) == (matcher.threshold(0.9), matcher.offer_threshold())
    assert again.with_entry(Entry("new", ("牙疼",))).judge("牙疼").matches[0].key == "new"


@pytest.mark.parametrize("entries", [(), ENTRIES[:1]])
def test_a_model_that_only_compares_as_well(entries: tuple[Entry, ...], tmp_path: Path) -> None:
    matcher = Matcher(entries)
    saved.save(matcher, tmp_path / "model.npz")
    again = saved.load(tmp_path / "model.npz")
    assert again is not None and again.ranking is None and again.calibration is None
    assert again.judge("煤气") == matcher.judge("煤气")


@pytest.mark.parametrize(
    "content",
    [b"", b"not a model", b"PK\x03\x04", b"PK\x05\x06" + bytes(18), b"\x93NUMPY\x01\x00", bytes(4096)],
    ids=["empty", "text", "zip's beginning", "empty zip", "array's beginning", "zeros"],
)
def test_what_is_no_model_is_none(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    path.write_bytes(content)
    assert saved.load(path) is None


def test_nor_is_a_folder_or_nothing(tmp_path: Path) -> None:
    assert saved.load(tmp_path) is None
    assert saved.load(tmp_path / "missing.npz") is None


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_half_a_model_is_none(path: Path, share: float) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    assert saved.load(path) is None


def test_a_damaged_model_is_none(path: Path) -> None:
    whole = bytearray(path.read_bytes())
    for at in range(200, len(whole), len(whole) // 40):
        damaged = whole.copy()
        damaged[at] ^= 0xFF
        path.write_bytes(damaged)
        again = saved.load(path)
        # What the archive does not check is names and dates; content it does.
        assert again is None or again.judge("煤气公司电话").matches[0].key == "gas"


def test_another_version_is_none(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for version in (saved.VERSION - 1, saved.VERSION + 1):
        with monkeypatch.context() as patch:
            patch.setattr(saved, "VERSION", version)
            assert saved.load(path) is None
    assert saved.load(path) is not None


@pytest.mark.parametrize("gone", ["version", "entries", "hashes", "norm", "lin_bias", "cal_mean", "curve_share"])
def test_a_model_that_lacks_a_part_is_none(path: Path, gone: str) -> None:
    with np.load(path) as file:
        parts = {name: file[name] for name in file.files if name != gone}
    np.savez(path, **parts)
    assert saved.load(path) is None


@pytest.mark.parametrize("entries", [b"", b"[1]", b'[["a"]]', b"\xff\xfe"])
def test_entries_of_another_kind_are_none(path: Path, entries: bytes) -> None:
    with np.load(path) as file:
        parts = {**file, "entries": np.frombuffer(entries, np.uint8)}
    np.savez(path, **parts)
    assert saved.load(path) is None


def test_somebody_elses_archive_is_none(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("version", "2")
    assert saved.load(path) is None
    np.savez(path, version=np.array(saved.VERSION), entries=np.zeros(3, np.uint8))
    assert saved.load(path) is None


def test_nothing_in_a_model_is_run(path: Path) -> None:
    held = io.BytesIO()
    np.save(held, np.array([{"a": 1}], object), allow_pickle=True)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("rarest2.npy", held.getvalue())
    assert saved.load(path) is None


def test_readers_see_the_old_model_until_the_new_one_is_whole(
    matcher: Matcher, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = path.read_bytes()

    def fails(file: io.BufferedWriter, **_: object) -> None:
        file.write(b"half")
        assert path.read_bytes() == before
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("botkit.language.saved.np.savez", fails)
        with pytest.raises(OSError, match="no space"):
            saved.save(Matcher(ENTRIES[:2]), path)
    assert path.read_bytes() == before and list(path.parent.iterdir()) == [path]
    saved.save(Matcher(ENTRIES[:2]), path)
    new = saved.load(path)
    assert new is not None and len(new) == 2 and list(path.parent.iterdir()) == [path]


def test_a_changed_matcher_is_not_saved(matcher: Matcher, path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(ValueError, match="added or removed"):
        saved.save(matcher.without("gas"), path)
    assert path.read_bytes() == before and list(path.parent.iterdir()) == [path]


def test_a_model_is_known_by_exactly_its_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    first = ENTRIES[0]
    others = [
        ENTRIES[1:],
        ENTRIES[::-1],
        (replace(first, phrasings=first.phrasings[1:]), *ENTRIES[1:]),
        (replace(first, group="other"), *ENTRIES[1:]),
        (replace(first, answers=False), *ENTRIES[1:]),
        (replace(first, key="other"), *ENTRIES[1:]),
    ]
    digests = [saved.digest(ENTRIES), saved.digest(ENTRIES, "minilm"), *map(saved.digest, others)]
    assert len(set(digests)) == len(digests) and saved.digest(list(ENTRIES)) == digests[0]
    monkeypatch.setattr(saved, "VERSION", saved.VERSION + 1)
    assert saved.digest(ENTRIES) not in digests
