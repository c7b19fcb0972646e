"""The data folder: one process at a time, and a clear word for everybody else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from botkit.errors import UserError
from botkit.folder import Busy, DataFolder

HOLDER = """
import sys
from pathlib import Path
from botkit.folder import DataFolder
folder = DataFolder(Path(sys.argv[1]))
folder.hold()
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_process_is_named_and_let_in_once_the_first_is_dead(tmp_path: Path) -> None:
    data = tmp_path / "deep" / "data"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout and holder.stdout.readline() == "held\n"
        with pytest.raises(Busy) as caught:
            DataFolder(data).hold()
        assert f"process {holder.pid}" in str(caught.value) and "BOTKIT_DATA" in caught.value.fix
        holder.kill()
        holder.wait()
        folder = DataFolder(data)
        folder.hold()
        with pytest.raises(Busy):
            DataFolder(data).hold()
        folder.release()
        again = DataFolder(data)
        again.hold()
        again.release()
        again.release()


def test_others_cannot_look_into_it(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.hold()
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0
    folder.release()


def test_a_place_that_cannot_be_written_to_is_an_error_with_a_fix(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file", tmp_path / "file" / "data", Path("/proc/botkit")):
        with pytest.raises(UserError, match="can't be written to") as caught:
            DataFolder(path).hold()
        assert "BOTKIT_DATA" in caught.value.fix and str(path) in str(caught.value)
