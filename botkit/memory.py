"""Memory: giving back to the system what starting up has left behind."""

from __future__ import annotations

import ctypes
import gc
import sys


def settle() -> None:
    """Let what is there now stay, out of the collector's way, and give what is free back to the system.

    Reading rules, catalogues and models leaves tens of MB that the C library would keep for later. Takes a tenth of
    a second or two.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    if sys.platform == "linux":
        # A C library that is not glibc keeps nothing back, and has no such function.
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
