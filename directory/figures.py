"""Figures: what a directory holds, and what is still to be done in it."""

from __future__ import annotations

from directory.values import Guide


def figures(guide: Guide) -> dict[str, int]:
    """Counts by name, in the order in which they are told."""
    entries, subjects = guide.entries, guide.subjects
    used = {topic for entry in entries for topic in (entry.topic, *entry.topics)} | {faq.about for faq in guide.faqs}
    return {
        "entries": len(entries),
        "of_them_samples": sum(entry.sample for entry in entries),
        "of_them_invented": sum(entry.do_not_call for entry in entries),
        "questions_with_answers": len(guide.faqs),
        "topics": len(guide.topics),
        "topics_without_an_entry": sum(topic.slug not in used for topic in guide.topics),
        "phrasings_in_chinese": sum(len(subject.phrasings.zh) for subject in subjects),
        "phrasings_in_english": sum(len(subject.phrasings.en) for subject in subjects),
        "entries_without_phrasings": sum(not entry.phrasings for entry in entries),
        "never_verified": sum(subject.assured_date is None for subject in subjects),
        "hours_nobody_verified": sum(bool(entry.hours.rule) and not entry.hours.verified for entry in entries),
        "hours_not_known": sum(not entry.hours.rule for entry in entries),
    }
