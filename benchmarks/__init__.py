"""Benchmarks: what the framework costs, measured beside other bots and beside a bare loop, in one run."""
