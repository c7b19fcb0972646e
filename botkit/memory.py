"""Memory: holding no more of the system's than is needed."""

from __future__ import annotations

import ctypes
import gc
import sys
from typing import Any

_M_ARENA_MAX = -8
"""As <malloc.h> of glibc numbers it."""


def share() -> None:
    """Let all threads share one heap. To be called before there are any.

    glibc gives threads heaps of their own, and each keeps what is freed in it: 40 MB after starting. Hardly two threads
    ever want memory at once here: ``benchmarks.ours.durable`` is as fast with one heap, 0 to 5 % either way.
    """
    _glibc("mallopt", _M_ARENA_MAX, 1)


def settle() -> None:
    """Let what is there now stay, out of the collector's way, and give what is free back to the system.

    Reading rules, catalogues and models leaves tens of MB that the C library would keep for later. Takes 70 ms
    with the sample directory.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    _glibc("malloc_trim", 0)


def _glibc(name: str, *arguments: Any) -> None:
    """Call a function of glibc. Another C library keeps nothing back, and has no such function."""
    function = getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
    if function is not None:
        function(*arguments)
