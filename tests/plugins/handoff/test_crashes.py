"""Killed in the middle of every transition: no clock, page, hand-over or outcome is lost or doubled."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

STRIDE = 1 if os.environ.get("BOTKIT_SOAK") else 61
"""Every so many of the deaths just before and just after each commit. All of them take minutes: ``make soak``."""


def test_a_day_that_dies_at_its_commits_ends_as_one_that_does_not(tmp_path: Path) -> None:
    program = [sys.executable, "-m", "tests.plugins.handoff.crashing", str(tmp_path), str(STRIDE)]
    ended = subprocess.run(program, capture_output=True, text=True, timeout=1800, check=False)
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-4000:]
    words = ended.stdout.splitlines()[-1].split()
    deaths, commits = int(words[0]), int(words[3])
    assert commits > 100 and deaths >= commits * 2 // STRIDE
