"""For tests of plugins and adapters: a bot in a box, a clock that obeys, and the adapters' conformance suite."""

from botkit.testing.clock import FakeClock
from botkit.testing.fake import FakeAdapter
from botkit.testing.harness import BotHarness
from botkit.testing.patience import PATIENCE

__all__ = ["PATIENCE", "BotHarness", "FakeAdapter", "FakeClock"]
