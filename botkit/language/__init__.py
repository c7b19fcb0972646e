"""Text to decision, knowing no police: normalising, language, segments and matching phrasings to entries."""

from botkit.language.detect import detect
from botkit.language.match import Entry, Match, Matcher
from botkit.language.normalise import normalise, without_mentions
from botkit.language.segments import split

__all__ = ["Entry", "Match", "Matcher", "detect", "normalise", "split", "without_mentions"]
