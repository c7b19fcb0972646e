"""Matrix: one account on a homeserver, in open and in encrypted rooms."""

from adapters.matrix.adapter import Matrix

__all__ = ["Matrix"]
