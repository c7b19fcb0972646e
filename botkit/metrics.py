"""Metrics: counts and times for Prometheus, without anything personal."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """All metrics of one bot, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.received = Counter("botkit_received", "Events received", ["adapter", "concern"], registry=self.registry)
        self.disposed = Counter("botkit_disposed", "Events ended", ["disposition"], registry=self.registry)
        self.sent = Counter("botkit_sent", "Send attempts", ["adapter", "outcome"], registry=self.registry)
        self.failed = Counter("botkit_failed", "Faults caught at a boundary", ["part"], registry=self.registry)
        self.waiting = Gauge("botkit_waiting", "Work that waits", ["queue"], registry=self.registry)
        self.latency = Histogram(
            "botkit_answer_seconds",
            "From deciding on an event to handing its reply to the platform",
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 60),
            registry=self.registry,
        )

    def render(self) -> bytes:
        """The metrics in Prometheus' text format."""
        return generate_latest(self.registry)
