"""Which catalogue texts say what: for each advice, the text for a private chat and the line for a group."""

from __future__ import annotations

from collections.abc import Mapping

ADVICE: Mapping[str, tuple[str, str]] = {
    "fire": ("safety.fire.advice", "safety.fire.brief"),
    "gas_leak": ("safety.gas_leak.advice", "safety.gas_leak.brief"),
    "violence": ("safety.violence.advice", "safety.violence.brief"),
    "weapon": ("safety.weapon.advice", "safety.weapon.brief"),
    "duress": ("safety.duress.advice", "safety.duress.brief"),
    "domestic_violence": ("safety.domestic_violence.advice", "safety.domestic_violence.brief"),
    "intruder": ("safety.intruder.advice", "safety.intruder.brief"),
    "theft": ("safety.theft.advice", "safety.theft.brief"),
    "abduction": ("safety.abduction.advice", "safety.abduction.brief"),
    "missing_person": ("safety.missing_person.advice", "safety.missing_person.brief"),
    "medical": ("safety.medical.advice", "safety.medical.brief"),
    "poisoning": ("safety.poisoning.advice", "safety.poisoning.brief"),
    "self_harm": ("safety.self_harm.advice", "safety.self_harm.brief"),
    "trapped": ("safety.trapped.advice", "safety.trapped.brief"),
    "live_wire": ("safety.live_wire.advice", "safety.live_wire.brief"),
    "collapse": ("safety.collapse.advice", "safety.collapse.brief"),
    "drowning": ("safety.drowning.advice", "safety.drowning.brief"),
    "welfare": ("safety.welfare.advice", "safety.welfare.brief"),
    "traffic": ("safety.traffic.advice", "safety.traffic.brief"),
    "animal": ("safety.animal.advice", "safety.animal.brief"),
    "falling_object": ("safety.falling_object.advice", "safety.falling_object.brief"),
    "sos": ("safety.sos.advice", "safety.sos.brief"),
    "stop": ("safety.stop.advice", "safety.stop.brief"),
    "call": ("safety.call.advice", "safety.call.brief"),
    "sent": ("safety.sent.advice", "safety.sent.brief"),
    "past": ("safety.past.advice", "safety.past.brief"),
    "code": ("safety.code.advice", "safety.code.brief"),
    "card": ("safety.card.advice", "safety.card.brief"),
    "link": ("safety.link.advice", "safety.link.brief"),
    "doubt": ("safety.doubt.advice", "safety.doubt.brief"),
}
"""Keys by the name that a kind's ``advice`` gives in ``config/safety``: in private, in a group."""
