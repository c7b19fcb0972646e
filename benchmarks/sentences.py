"""A made-up directory of any size, and messages to it: seeded, half Chinese and half English, no two entries alike.

An entry is a thing, where or whose it is, and what is wanted of it. All entries share one vocabulary of some 500
Chinese characters and 400 English words, so that each word is in more entries than in a real directory of that size:
postings are longer than in life, and times are rather above than below those of a station.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from random import Random

from botkit.language import Entry

_SEED = 20240

# fmt: off
_OWNERS = """
小区=estate,街道=subdistrict,学校=school,幼儿园=kindergarten,医院=hospital,菜场=wet market,地铁站=metro station,
公园=park,居委会=residents committee,物业=property management,外地人=migrant worker,老年人=elderly person,
残疾人=disabled person,退役军人=veteran,留学生=foreign student,新生儿=newborn,租客=tenant,房东=landlord,
网店=online shop,公司=company,饭店=restaurant,宠物=pet,电动车=e-bike,货车=truck,出租车=taxi,摩托车=motorcycle,
地下车库=basement garage,楼道=corridor,屋顶=roof,阳台=balcony,电梯间=lift hall,垃圾房=garbage room,
工地=building site,河道=river bank,广场=square,步行街=pedestrian street,体育馆=gymnasium,图书馆=library,
养老院=nursing home,社区食堂=community canteen,派出所=police station,法院=court,税务局=tax office,银行=bank,
邮局=post office,车管所=vehicle office,出入境=immigration,婚姻登记处=marriage registry,公证处=notary,
博物馆=museum
"""

_THINGS = """
身份证=identity card,户口本=household register,居住证=residence permit,驾驶证=driving licence,行驶证=car papers,
营业执照=business licence,护照=passport,签证=visa,准生证=birth permit,毕业证=diploma,医保卡=insurance card,
社保=social security,公积金=housing fund,养老金=pension,低保=basic allowance,失业金=unemployment benefit,
罚款=fine,发票=invoice,押金=deposit,合同=contract,煤气表=gas meter,水表=water meter,电表=electricity meter,
路灯=street lamp,井盖=manhole cover,监控=camera,门禁=access gate,消防栓=fire hydrant,充电桩=charging pile,
停车位=parking space,噪音=noise,油烟=cooking fumes,污水=sewage,漏水=leak,白蚁=termites,流浪狗=stray dog,
违章建筑=illegal building,高空抛物=falling object,占道摊位=street stall,快递柜=parcel locker,钥匙=key,
手机=phone,钱包=wallet,自行车=bicycle,行李=luggage,疫苗=vaccine,体检=health check,挂号=appointment,
救护车=ambulance,献血=blood donation,助听器=hearing aid,轮椅=wheelchair,课后班=after school class,
夏令营=summer camp,助学金=student grant,学区=school district,家教=tutor,律师=lawyer,调解=mediation,
遗嘱=will
"""

WANTS = (
    (("怎么办理", "如何申请", "去哪里办", "办理流程", "需要什么材料"),
     ("how do I apply for", "where can I get", "what papers do I need for", "steps to get", "applying for")),
    (("坏了找谁", "怎么报修", "维修电话", "没人来修", "修理要多久"),
     ("who repairs", "is broken who fixes", "repair number of", "nobody comes to mend", "how long is mending")),
    (("丢了怎么补", "找不到了", "遗失怎么挂失", "补办电话", "弄丢了去哪里"),
     ("I lost", "how to replace a lost", "cannot find", "report missing", "number to call after losing")),
    (("投诉电话", "向谁反映", "怎么举报", "太不像话了找谁管", "哪个部门负责"),
     ("where to complain about", "report a problem with", "who is in charge of", "complaint line", "who deals with")),
    (("收费标准", "多少钱", "要交什么费用", "能不能减免", "费用怎么算"),
     ("how much is", "what does it cost", "fees of", "can I get a discount on", "how are charges worked out for")),
    (("几点开门", "周末上班吗", "办公时间", "节假日开不开", "中午休息吗"),
     ("opening hours of", "open on weekends", "when does it close", "is it open on holidays", "lunch break of")),
    (("怎么查询进度", "什么时候能好", "到哪一步了", "多久能拿到", "网上能查吗"),
     ("how to check the progress of", "when is it ready", "track my", "how long until I receive", "can I look up")),
    (("怎么取消", "不想要了怎么退", "如何注销", "可以撤回吗", "退掉要什么手续"),
     ("how do I cancel", "I want to return", "close the account of", "can I withdraw", "give up my")),
)
_ZH = ("{o}{t}{w}", "请问{o}的{t}{w}", "{t}{w},是{o}的", "我想问一下{o}{t}{w}", "{o}那边{t}{w}啊", "{w} {o} {t}")
_EN = ("{w} {t} {o}", "{w} the {t} of the {o}", "{o} {t}: {w}", "hello, {w} a {t} at the {o}", "{t} at our {o}, {w} it")
# fmt: on
_TALK = (
    "今天天气真好啊",
    "晚上一起跳广场舞",
    "谁家的狗又在叫",
    "收到,谢谢",
    "周末去哪里玩",
    "孩子终于放假了",
    "haha see you tonight",
    "what a lovely day",
    "anyone up for badminton",
    "ok thx",
    "[捂脸]",
    "👍👍",
    "楼下新开的面馆味道不错",
)
_LONG = (
    "事情是这样的,",
    "昨天下午我去了一趟,",
    "工作人员让我等通知,",
    "结果到现在也没有消息,",
    "邻居说他们家也一样,",
    "so I went there in person yesterday, ",
    "they told me to wait for a call, ",
    "电话打了好几次都是忙音,",
    "老人行动不方便,",
)
OWNERS, THINGS = ([pair.split("=") for pair in told.replace("\n", "").split(",")] for told in (_OWNERS, _THINGS))


def entries(count: int, phrasings: int = 10) -> list[Entry]:
    """So many entries, each with so many phrasings: every other one is English."""
    random = Random(_SEED)
    topics = list(product(range(len(OWNERS)), range(len(THINGS)), range(len(WANTS))))
    return [
        Entry(f"e{number}", _phrasings(random, topic, phrasings))
        for number, topic in enumerate(random.sample(topics, count))
    ]


def messages(asked: list[Entry]) -> Iterator[str]:
    """Messages without end: 75 % near a phrasing (cut, mistyped, with more around it), 22 % talk, 3 % of 300 to 500
    characters.
    """
    random = Random(_SEED + 1)
    while True:
        phrasing = random.choice(random.choice(asked).phrasings)
        kind = random.random()
        if kind < 0.75:
            yield _changed(random, phrasing)
        elif kind < 0.97:
            yield random.choice(_TALK)
        else:
            told = phrasing
            while len(told) < 300:
                told += random.choice(_LONG)
            yield told[:500]


def _phrasings(random: Random, topic: tuple[int, int, int], count: int) -> tuple[str, ...]:
    found: dict[str, None] = {}
    while len(found) < count:
        found[_phrasing(random, topic, english=len(found) % 2 == 1)] = None
    return tuple(found)


def _phrasing(random: Random, topic: tuple[int, int, int], *, english: bool) -> str:
    owner, thing, want = topic
    words = {"o": OWNERS[owner][english], "t": THINGS[thing][english], "w": random.choice(WANTS[want][english])}
    return random.choice(_EN if english else _ZH).format(**words)


def _changed(random: Random, phrasing: str) -> str:
    at = random.randrange(len(phrasing))
    changed = (
        phrasing,
        phrasing[:at] + phrasing[at + 1 :],
        f"{phrasing},麻烦了",
        f"你好 {phrasing}",
        f"{phrasing} thanks a lot",
    )
    return random.choice(changed)
