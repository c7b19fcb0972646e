"""Staff: the people of the station. Who they are, what they may do, and whether they are logged in."""

from botkit.staff.members import CASE_ROLES, ROLES, Member
from botkit.staff.passwords import TooSoon
from botkit.staff.people import LastAdmin, Staff
from botkit.staff.sessions import IDLE

__all__ = ["CASE_ROLES", "IDLE", "ROLES", "LastAdmin", "Member", "Staff", "TooSoon"]
