"""Running measurements: each is a process of its own that prints one JSON line last."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
PEERS = ROOT / ".venv-bench"
REQUIREMENTS = ROOT / "benchmarks" / "peers" / "requirements.txt"


class MeasurementError(RuntimeError):
    """A measurement failed; the message is what its process said."""


def run(module: str, *arguments: object, peer: bool = False) -> dict[str, Any]:
    """Run ``python -m module`` and return the JSON of its last line.

    Raises ``MeasurementError`` with the end of its errors when it fails.
    """
    python = PEERS / "bin" / "python" if peer else Path(sys.executable)
    command = [str(python), "-m", module, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode or not done.stdout.strip():
        said = (done.stderr or done.stdout)[-2000:]
        raise MeasurementError(f"{' '.join(command[1:])} failed:\n{said}")
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def prepare_peers() -> None:
    """Create the peers' environment, once for each version of their requirements."""
    stamp = PEERS / "installed.txt"
    wanted = REQUIREMENTS.read_text()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"Installing the frameworks to compare with into {PEERS.name} …", flush=True)
    venv.create(PEERS, with_pip=True, clear=True)
    pip = [str(PEERS / "bin" / "python"), "-m", "pip", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "-r", str(REQUIREMENTS)], check=True)
    stamp.write_text(wanted)
