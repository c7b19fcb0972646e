"""Catalogue keys of everything that a case's columns may hold, and spans of time in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from botkit.files import ID as FILE_ID
from botkit.messages import Attachment, Message, MessageKind, Text, tr
from botkit.plugins.handoff.roster.shifts import Tier
from botkit.plugins.handoff.routing import Team
from botkit.plugins.handoff.states import Level, State

LEVELS: dict[str, str] = {
    Level.EMERGENCY: "handoff.level.emergency",
    Level.FRAUD: "handoff.level.fraud",
    Level.ROUTINE: "handoff.level.routine",
}
STATES: dict[str, str] = {
    State.QUEUED: "handoff.state.queued",
    State.CLAIMED: "handoff.state.claimed",
    State.WAITING_RESIDENT: "handoff.state.waiting_resident",
    State.WAITING_AGENCY: "handoff.state.waiting_agency",
    State.RESOLVED: "handoff.state.resolved",
    State.CLOSED: "handoff.state.closed",
    State.CANCELLED: "handoff.state.cancelled",
    State.MERGED: "handoff.state.merged",
}
TEAMS: dict[str, str] = {
    Team.GENERAL: "handoff.team.general",
    Team.SECURITY: "handoff.team.security",
    Team.ANTI_FRAUD: "handoff.team.anti_fraud",
    Team.COMMANDER: "handoff.team.commander",
}
TIERS: dict[str, str] = {
    Tier.PRIMARY: "handoff.roster.tier.primary",
    Tier.BACKUP: "handoff.roster.tier.backup",
    Tier.COMMANDER: "handoff.roster.tier.commander",
    Tier.ANTI_FRAUD: "handoff.roster.tier.anti_fraud",
}
FILES: dict[MessageKind, str] = {
    MessageKind.VOICE: "handoff.talk.voice",
    MessageKind.VIDEO: "handoff.talk.video",
    MessageKind.DOCUMENT: "handoff.talk.document",
}
MISSING: dict[MessageKind, str] = {
    MessageKind.VOICE: "handoff.talk.voice.missing",
    MessageKind.VIDEO: "handoff.talk.video.missing",
    MessageKind.DOCUMENT: "handoff.talk.document.missing",
}
"""What messages with a file are called that the desk has, and that it has not."""
LOCKED: dict[str, str] = {
    "encrypted": "handoff.talk.locked.encrypted",
    "keys": "handoff.talk.locked.keys",
    "unverified": "handoff.talk.locked.unverified",
    "blocked": "handoff.talk.locked.blocked",
    "withheld": "handoff.talk.locked.withheld",
}
"""Why a message can't be read by anybody here."""
CLOCKS: dict[str, str] = {
    "response": "handoff.clock.response",
    "feedback": "handoff.clock.feedback",
    "result": "handoff.clock.result",
}
RESULTS: dict[str, str] = {
    "answered": "handoff.result.answered",
    "handled": "handoff.result.handled",
    "referred": "handoff.result.referred",
    "unfounded": "handoff.result.unfounded",
    "withdrawn": "handoff.result.withdrawn",
}
"""Result codes that an officer chooses from, in this order."""

OUTCOMES: dict[str, str] = {
    **RESULTS,
    "no_reply": "handoff.result.no_reply",
    "false_alarm": "handoff.result.false_alarm",
}
"""All of them: these two come by themselves, when a resident does not answer, and when the bot was wrong."""

TOPICS: dict[str, str] = {
    "officer_complaint": "handoff.topic.officer_complaint",
    "human_request": "handoff.topic.human_request",
    "case_progress": "handoff.topic.case_progress",
    "hukou": "handoff.topic.hukou",
    "id_card": "handoff.topic.id_card",
    "passport": "handoff.topic.passport",
    "exit_entry": "handoff.topic.exit_entry",
    "visa": "handoff.topic.visa",
    "residence_permit": "handoff.topic.residence_permit",
    "criminal_record": "handoff.topic.criminal_record",
    "archive": "handoff.topic.archive",
    "police_window": "handoff.topic.police_window",
    "police_report": "handoff.topic.police_report",
    "theft_report": "handoff.topic.theft_report",
    "lost_property": "handoff.topic.lost_property",
    "traffic_fine": "handoff.topic.traffic_fine",
    "driving_licence": "handoff.topic.driving_licence",
    "dog_licence": "handoff.topic.dog_licence",
    "illegal_parking": "handoff.topic.illegal_parking",
    "noise_police": "handoff.topic.noise_police",
    "dispute": "handoff.topic.dispute",
    "hazard_report": "handoff.topic.hazard_report",
    "tip": "handoff.topic.tip",
    "legal_judgement": "handoff.topic.legal_judgement",
    "privacy": "handoff.topic.privacy",
    "injection": "handoff.topic.injection",
    "fraud_report": "handoff.topic.fraud_report",
    "money_sent": "handoff.topic.money_sent",
    "task_rebate": "handoff.topic.task_rebate",
    "scam_link": "handoff.topic.scam_link",
    "fake_authority": "handoff.topic.fake_authority",
    "fake_customer_service": "handoff.topic.fake_customer_service",
    "romance_investment": "handoff.topic.romance_investment",
    "card_renting": "handoff.topic.card_renting",
    "loan": "handoff.topic.loan",
    "is_it_real": "handoff.topic.is_it_real",
    "fire": "handoff.topic.fire",
    "gas_leak": "handoff.topic.gas_leak",
    "medical": "handoff.topic.medical",
    "violence": "handoff.topic.violence",
    "domestic_violence": "handoff.topic.domestic_violence",
    "intruder": "handoff.topic.intruder",
    "self_harm": "handoff.topic.self_harm",
    "trapped": "handoff.topic.trapped",
    "drowning": "handoff.topic.drowning",
    "welfare": "handoff.topic.welfare",
    "live_wire": "handoff.topic.live_wire",
    "falling_object": "handoff.topic.falling_object",
    "traffic": "handoff.topic.traffic",
    "theft": "handoff.topic.theft",
    "animal": "handoff.topic.animal",
    "abduction": "handoff.topic.abduction",
    "anti_fraud": "handoff.topic.anti_fraud",
    "collapse": "handoff.topic.collapse",
    "duress": "handoff.topic.duress",
    "fake_acquaintance": "handoff.topic.fake_acquaintance",
    "missing_person": "handoff.topic.missing_person",
    "on_call": "handoff.topic.on_call",
    "paying": "handoff.topic.paying",
    "poisoning": "handoff.topic.poisoning",
    "sos": "handoff.topic.sos",
    "verification_code": "handoff.topic.verification_code",
    "weapon": "handoff.topic.weapon",
    "photo": "handoff.topic.photo",
    "unreadable": "handoff.topic.unreadable",
    "bot_trouble": "handoff.topic.bot_trouble",
    "other": "handoff.topic.other",
}
"""What cases are about. A slug that isn't named here is shown as it is."""


def topic(slug: str) -> Text | str:
    """A topic for people: its name, or the slug with spaces."""
    return tr(TOPICS[slug]) if slug in TOPICS else slug.replace("_", " ")


def beside(message: Message) -> Text | None:
    """What a message brings beside its words and pictures, or why nobody can read it. None where there is nothing."""
    data, kind = message.data, message.kind
    if (why := LOCKED.get(message.unreadable)) is not None:
        return tr(why)
    if kind in FILES:
        return tr((FILES if kept(message.attachments) else MISSING)[kind])
    if kind is MessageKind.LOCATION and all(isinstance(data.get(name), int | float) for name in ("lat", "lon")):
        return tr("handoff.talk.location", lat=f"{data['lat']:.5f}", lon=f"{data['lon']:.5f}")
    if kind is MessageKind.CONTACT and (told := [str(data[part]) for part in ("name", "phone") if data.get(part)]):
        return tr("handoff.talk.contact", told=" ".join(told))
    return None


def wordless(message: Message) -> Text:
    """What a message without words is called, or why it has none."""
    return beside(message) or tr("handoff.talk.button" if message.kind is MessageKind.BUTTON else "handoff.talk.other")


def kept(attachments: Iterable[Attachment]) -> list[Attachment]:
    """Those of a message's files that are stored here, whole."""
    return [file for file in attachments if not file.broken and FILE_ID.fullmatch(file.id)]


def joined(parts: Sequence[Text | str]) -> Text | str:
    """Several texts as one, with a space between."""
    whole: Text | str = parts[0]
    for part in parts[1:]:
        whole = tr("handoff.joined", first=whole, then=part)
    return whole


def span(length: timedelta) -> Text:
    """A span of time in its two largest units; the sign is left out."""
    minutes = int(abs(length.total_seconds()) // 60)
    hours, days = minutes // 60, minutes // 1440
    if days:
        return tr("handoff.span.days", days=days, hours=hours % 24)
    if hours:
        return tr("handoff.span.hours", hours=hours, minutes=minutes % 60)
    return tr("handoff.span.minutes", minutes=minutes)


ROLES: dict[str, str] = {
    "officer": "handoff.role.officer",
    "backup": "handoff.role.backup",
    "commander": "handoff.role.commander",
    "anti_fraud": "handoff.role.anti_fraud",
    "partner": "handoff.role.partner",
    "maintainer": "handoff.role.maintainer",
    "admin": "handoff.role.admin",
}
"""What people may be, in the order in which it is chosen from."""
ROOMS: dict[str, str] = {
    "officers": "handoff.room.officers",
    "anti_fraud": "handoff.room.anti_fraud",
    "partner": "handoff.room.partner",
}
"""What a group may be made."""
