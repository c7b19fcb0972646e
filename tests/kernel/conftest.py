"""Hypothesis for the kernel's tests: a slow machine is no fault."""

from hypothesis import settings

settings.register_profile("kernel", deadline=None)
settings.load_profile("kernel")
