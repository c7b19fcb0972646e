"""Text to decision, knowing no police: normalising, language, segments and matching phrasings to entries."""

from botkit.language.detect import detect
from botkit.language.entries import Entry, Judgement, Match
from botkit.language.match import Matcher
from botkit.language.normalise import normalise, without_mentions
from botkit.language.quotes import quoted
from botkit.language.segments import split
from botkit.language.stance import Stance, stance

__all__ = [
    "Entry",
    "Judgement",
    "Match",
    "Matcher",
    "Stance",
    "detect",
    "normalise",
    "quoted",
    "split",
    "stance",
    "without_mentions",
]
