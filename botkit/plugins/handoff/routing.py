"""Routing: which topics belong to whom behind the officer of the area, and which are about people at risk."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Team(StrEnum):
    """Who is asked besides the officer of the area."""

    NONE = ""
    GENERAL = "general"
    """综合民警: household registration, documents, the window."""
    SECURITY = "security"
    """治安民警: disputes, hazards, leads."""
    ANTI_FRAUD = "anti_fraud"
    COMMANDER = "commander"
    """The commander and nobody else."""


TOPICS: Mapping[Team, frozenset[str]] = {
    Team.GENERAL: frozenset(
        (
            "hukou", "id_card", "passport", "exit_entry", "visa", "residence_permit", "criminal_record", "archive",
            "police_window", "driving_licence", "dog_licence", "traffic_fine", "lost_property",
        )
    ),
    Team.SECURITY: frozenset(
        (
            "dispute", "hazard_report", "tip", "police_report", "theft_report", "case_progress", "noise_police",
            "illegal_parking", "theft",
        )
    ),
    Team.ANTI_FRAUD: frozenset(
        (
            "fraud_report", "money_sent", "task_rebate", "scam_link", "fake_authority", "fake_customer_service",
            "romance_investment", "card_renting", "loan", "is_it_real", "anti_fraud", "fake_acquaintance", "on_call",
            "verification_code", "paying",
        )
    ),
    Team.COMMANDER: frozenset(("officer_complaint",)),
}  # fmt: skip

AT_RISK = frozenset(("violence", "domestic_violence", "self_harm", "stalking", "duress", "intruder", "abduction"))
"""Topics where a word in public, or an unasked one in private, may bring somebody into danger."""

PARTNER_TOPICS = frozenset(("hazard_report", "noise_police", "illegal_parking", "dispute", "photo", "other"))
"""What a partner's room may be given at all, whoever hands it over."""


def team_of(topic: str) -> Team:
    """Whose topic this is."""
    return next((team for team, topics in TOPICS.items() if topic in topics), Team.NONE)
