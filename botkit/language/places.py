"""Places: which estate, lane, building, unit and room a message names, so that reports of one place meet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from botkit.language.estates import Estates
from botkit.language.normalise import HAN, normalise
from botkit.language.numerals import value
from botkit.language.pinyin import spoken

_READ = 2_000
_ZH = "一二两三四五六七八九十百零〇幺"
_NUM = f"(?:[0-9]{{1,3}}|[{_ZH}]{{1,5}})"
_ROOM = f"(?:[0-9]{{3,4}}|[{_ZH}]{{3,4}})"
# Where a number ends that is none of a place: part of a longer one, a price, a time, a measure.
_END = (
    r"(?![0-9a-z:：%/]|[.-][0-9]| ?(?:元|块|万|点|时|分|秒|年|月|日|天|米|斤|度|次|个|人|路|号|弄|楼(?![道梯])|"
    r"栋|幢|期|克|平|折|页|条|票|am\b|pm\b|yuan|rmb|people|days|hours))"
)
_BEGIN = r"(?<![0-9a-z.:：/¥$￥#-])"
_OUTSIDE = "我你他她它们在住是到去从的这那叫有与了吗呢请问个本咱于向往整各全某每哪给把被找来进出回就也都还没不对跟让说"

# Names of estates that no one has told: two to six characters before a word for an estate.
_UNKNOWN = re.compile(
    f"([^\\W\\d_{_OUTSIDE}a-z]{{2,6}}?)"
    "(?:小区|花园|花苑|家园|新村|公寓|名苑|雅苑|佳苑|豪庭|华庭|大厦|[一二三四五六七八九十]{1,2}村|苑(?!区))"
)
_NO_NAME = re.compile(
    "(?:隔壁|旁边|附近|老旧|封闭|高档|对面|新建|商品|动迁|居民|别处|外面|老式|普通|学生|青年|人才|单身|职工|酒店)$|"
    "^(?:小区|回)"
)
_LANE = re.compile(
    f"(?:([^\\W\\d_{_OUTSIDE}a-z]{{1,6}}(?:路|街|大道)) ?)?{_BEGIN}([0-9]{{1,5}}|[{_ZH}]{{1,6}})弄(?!堂)"
    r"|(?:\b([a-z'’]{2,20}(?: [a-z'’]{2,20})? (?:road|rd|street|st|avenue|ave)\b\.?),? )?\blane (?:no\.? "
    r"?)?([0-9]{1,5})\b"
    r"(?:,? ([a-z'’]{2,20}(?: [a-z'’]{2,20})? (?:road|rd|street|st|avenue|ave)\b))?"
)
_ROAD = re.compile(f"([^\\W\\d_{_OUTSIDE}a-z]{{1,6}}(?:路|街|大道)) ?([0-9]{{1,4}})号(?!线|楼|[0-9])")
_BUILDING = re.compile(
    rf"{_BEGIN}({_NUM}[a-z]?|[a-z]) ?(?:号楼|栋|幢|座(?!位|谈|机)|#楼?)|\b(?:building|bldg\.?|tower|block) "
    rf"?(?:no\.? ?|#)?([0-9]{{1,3}}[a-z]?|[a-z])\b"
    r"|\bno\. ?([0-9]{1,3})(?=,? (?:lane|room|unit|apt|flat)\b)"
)
# 3号 alone may be a day: it is a house beside other parts of a place only.
_HOUSE = re.compile(
    rf"(?<![0-9月第{_ZH}]){_BEGIN}({_NUM})号(?!线|码|楼|机|店|院|位|出口|字|上午|下午|早|晚|中午|开始|之前|以前|前|"
    rf"后天|到|至|来|去|那天|[0-9]*[日月])"
)
_BY_HOUSE = re.compile(
    rf" ?(?:{_NUM}单元|{_ROOM}|{_NUM}[楼层]|门口|门前|楼下|楼上|楼道|楼梯|电梯|大堂|旁|里面|后面|前面|门栋|门洞)"
)
_UNIT = re.compile(rf"{_BEGIN}({_NUM}|[a-z])单元(?!价|格|测|楼)|\bunit ?(?:no\.? ?|#)?([0-9]{{1,2}}|[a-z])\b(?![0-9-])")
_FLOOR = re.compile(
    rf"((?:地下|负|b)?){_BEGIN}({_NUM})(?<![0-9]{{3}})(?:楼|层)(?!房|楼|以|高)|"
    rf"\b([0-9]{{1,2}})(?:st|nd|rd|th) floor\b|\bfloor ([0-9]{{1,2}})\b|\b([0-9]{{1,2}})/?f\b"
)
_ROOM_SAID = re.compile(
    rf"{_BEGIN}({_ROOM})(?:室(?![内外温友])|房(?!价|贷|东|租|产)|房间)|\b(?:room|rm|apt\.?|apartment|flat|unit)(?: "
    rf"?no\.?)? ?#?([0-9]{{3,4}}[a-z]?)\b(?!-)"
    rf"|{_BEGIN}([0-9]{{3,4}})(?= ?的?(?:住户|业主|租客|人家|家里|那家|家漏|门口|漏水|邻居))"
)
_ROOM_BARE = re.compile(rf"[ ,，-]{{0,2}}({_ROOM}){_END}")
_DASHED = re.compile(rf"{_BEGIN}([1-9][0-9]?)[-#](?:([1-9])-)?([0-9]{{3,4}}){_END}(?!-)")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_NOT_ROOMS = frozenset(("110", "119", "120", "122", "114"))


@dataclass(frozen=True, slots=True)
class Place:
    """A place as far as it was told; what was not told is empty. Numbers are digits: 五零二室 is room 502.

    ``spans`` are the parts found and where they stand in ``normalise(text)``.
    """

    estate: str = ""
    road: str = ""
    lane: str = ""
    building: str = ""
    unit: str = ""
    floor: str = ""
    room: str = ""
    spans: tuple[tuple[str, int, int], ...] = field(default=(), compare=False)

    def key(self) -> str:
        """One text for the place, the same however it was written; not for showing."""
        return "|".join(
            (self.estate, _road_key(self.road), self.lane, self.building, self.unit, self.storey, self.room)
        )

    @property
    def storey(self) -> str:
        """The floor, told or read from the room: room 1203 is on 12."""
        return self.floor or (
            self.room.rstrip("abcdefghijklmnopqrstuvwxyz")[:-2].lstrip("0") if len(self.room) > 2 else ""
        )


def same(one: Place, other: Place) -> bool:
    """Whether both may be the same place: no part contradicts, and they share estate, lane, building or room.

    The one may be more precise than the other. A floor or unit alone proves nothing.
    """
    shared = False
    pairs = (
        (one.estate, other.estate, True), (_road_key(one.road), _road_key(other.road), False),
        (one.lane, other.lane, True),
        (one.building, other.building, True), (one.unit, other.unit, False), (one.storey, other.storey, False),
        (one.room, other.room, True),
    )  # fmt: skip
    for a, b, proves in pairs:
        if a and b:
            if a != b:
                return False
            shared = shared or proves
    return shared


def find(text: str, estates: Estates | None = None) -> Place | None:
    """The place that a message names; of several the first parts. None where it names none; a floor alone is none.

    Known ``estates`` are found with aliases and slips, others by words such as 小区. Telephone numbers, times,
    prices and dates are no places. Never raises; linear; the first 2,000 characters count; some 40 µs.
    """
    plain = normalise(text[:_READ])
    parts: dict[str, str] = {}
    spans: list[tuple[str, int, int]] = []
    for kind, told, start, end in _parts(plain, estates):
        if told and kind not in parts:
            parts[kind] = told
            spans.append((kind, start, end))
    if not parts.keys() - {"floor", "unit"} or (parts.keys() == {"road"}):
        return None
    return Place(**parts, spans=tuple(sorted(spans, key=lambda span: span[1])))


def _parts(plain: str, estates: Estates | None) -> Iterator[tuple[str, str, int, int]]:
    anchors: list[int] = []
    known = estates.find(plain) if estates is not None else None
    if known is None and (guess := _UNKNOWN.search(plain)) and not _NO_NAME.search(guess[1]):
        known = (guess[0], guess.start(), guess.end())
    if known is not None:
        yield "estate", known[0], known[1], known[2]
        anchors.append(known[2])
    if lane := _LANE.search(plain):
        yield "road", lane[1] or lane[3] or lane[5] or "", lane.start(), lane.end()
        yield "lane", _number(lane[2] or lane[4]), lane.start(), lane.end()
        anchors.append(lane.end())
    elif road := _ROAD.search(plain):
        yield "road", road[1], road.start(1), road.end(1)
        yield "building", road[2], road.start(2), road.end()
        anchors.append(road.end())
    if (dashed := _DASHED.search(plain)) and _is_room(dashed[3]):
        yield "building", dashed[1], dashed.start(1), dashed.end(1)
        yield "unit", dashed[2] or "", dashed.start(2), dashed.end(2)
        yield "room", dashed[3], dashed.start(3), dashed.end(3)
    if building := _BUILDING.search(plain):
        yield "building", _number(building[1] or building[2] or building[3]), building.start(), building.end()
        anchors.append(building.end())
    for house in _HOUSE.finditer(plain):
        if _BY_HOUSE.match(plain, house.end()) or any(0 <= house.start() - end <= 2 for end in anchors):
            yield "building", _number(house[1]), house.start(), house.end()
            anchors.append(house.end())
            break
    if unit := _UNIT.search(plain):
        yield "unit", _number(unit[1] or unit[2]), unit.start(), unit.end()
        anchors.append(unit.end())
    if floor := _FLOOR.search(plain):
        number = _number(floor[2] or floor[3] or floor[4] or floor[5])
        yield "floor", f"-{number}" if floor[1] else number, floor.start(), floor.end()
        anchors.append(floor.end())
    if (room := _ROOM_SAID.search(plain)) and _is_room(number := _number(room[1] or room[2] or room[3])):
        yield "room", number, room.start(), room.end()
    else:
        for end in anchors:
            if (bare := _ROOM_BARE.match(plain, end)) and _is_room(number := _number(bare[1])):
                yield "room", number, bare.start(1), bare.end(1)


def _number(told: str) -> str:
    number = value(told) if told[0] in _ZH else None
    return str(number) if number is not None else told.lstrip("0") or told


def _is_room(number: str) -> bool:
    """Whether it can be a room: some floor and a door on it, and not one of the numbers that everybody calls."""
    digits = number.rstrip("abcdefghijklmnopqrstuvwxyz")
    return (
        digits.isdigit()
        and digits not in _NOT_ROOMS
        and 1 <= int(digits[:-2] or 0) <= 70
        and 1 <= int(digits[-2:]) <= 60
    )


_ROAD_END = re.compile("(?:road|rd|street|st|avenue|ave|路|街|大道)[.]?$")


def _road_key(road: str) -> str:
    """What a road is compared by: 延安路 and Yan'an Road are one."""
    stem = _ROAD_END.sub("", road.strip())
    return "".join(spoken(stem)) if re.search(f"[{HAN}]", stem) else re.sub("[^a-z]", "", stem)
