"""Near-duplicates: a scam posted again is known again, another scam of the same kind is another."""

from __future__ import annotations

import itertools
import random

from hypothesis import given
from hypothesis import strategies as st

from botkit.language.neardup import NEAR, NearDup, signature, similarity
from botkit.testing.noise import Noise

# Written for this test; kinds as residents meet them, each told in different ways.
SCAMS = {
    "parcel": (
        "【快递通知】您的包裹因地址填写不完整无法派送，请点击 http://kd-a.cn/x1 更新收件信息。"
        "24小时内未处理将退回寄件人！",
        "尊敬的客户，您有一件快递在运输途中破损，我司将按保价三倍赔付。请添加理赔专员QQ 882134567，"
        "备注运单号即可领取赔款。",
        "您好我是驿站的，您的件被别人误领了，麻烦加一下微信核实身份，我这边转账补偿给您，手机号13812345678。",
    ),
    "tasks": (
        "宝妈学生看过来！在家手机点赞关注就能赚钱，一单5元，日结300起，无需押金。加小助手领取新人红包：wx8823a。",
        "招聘淘宝刷单兼职，每单垫付100返130，做满三单当天提现。已有上千人稳定收益，名额有限，进群联系李老师！",
        "抖音商家涨粉任务，关注一个主播奖励6元。完成新手任务可升级做福利单，收益20%，"
        "下载软件即可开始：http://t.cn/app9。",
    ),
    "court": (
        "这里是市公安局刑侦支队，你名下一张银行卡涉嫌洗钱案件。请立即配合调查，切勿告诉家人。登录安全网站查看通缉令。",
        "您的医保卡在外地被盗刷两万元，账户今日将被冻结。请按9转接人工，我们协助您把资金转到安全账户审查。",
        "检察院通知：你涉及一起特大电信诈骗案，须下载会议软件开启屏幕共享做笔录，否则两小时内逮捕。",
    ),
    "refund": (
        "您购买的机票因故障取消，请致电400-820-1234办理改签，可获300元延误补偿。办理时请准备好银行卡和验证码。",
        "某东客服：您误开通了金条会员，每月自动扣费800元。如需取消请联系在线客服并提供短信验证码，以免影响征信。",
        "亲，您在本店买的奶瓶质检不合格，现给您退一赔三。退款要在备用金里操作，我打电话教您一步一步来，一定别挂断。",
    ),
    "loan": (
        "恭喜您获得20万元信用额度，无抵押免担保，凭身份证即可放款，年化低至2.4%。回复1立即办理，客户经理王女士。",
        "注销校园贷账户通知：根据国家政策，您的学生贷款账户须在今日前注销，否则列入失信名单。"
        "请配合我们清空各平台额度。",
        "老客户专享，账单分期逾期也能下款。先交2000元解冻费激活账户，十分钟到账。详情咨询刘经理。",
    ),
    "invest": (
        "内部消息，某平台后台有漏洞，跟着导师押单稳赚不赔，昨天群友提现五万。想一起赚钱的私信我拉你进VIP群。",
        "免费荐股直播课，首席分析师张教授每天推荐三只涨停股，本周收益48%。扫码进群听课，前五十名赠送牛股一只。",
        "数字货币新币上线，认购即送百分之三十，锁仓三个月翻十倍。国家扶持项目，带三个下线升级区域代理。",
    ),
    "english": (
        "Dear customer, your parcel could not be delivered because the address is incomplete. Update your details "
        "within 24 hours "
        "at http://post-b.com/u7 or it will be returned to the sender.",
        "Hi, we are hiring part time workers to like videos from home. Earn 300 a day, paid daily, no experience "
        "needed. Add me on "
        "WhatsApp +8613812345678 to start.",
        "Your bank account has been locked due to suspicious activity. Please verify your identity by replying with "
        "the six digit "
        "code we just sent, otherwise your card will be closed today.",
    ),
}  # fmt: skip


def edited(text: str, rng: random.Random) -> str:
    """The text as it is posted again: several realistic edits at once."""
    noise = Noise(rng.randrange(1_000_000), 0.04)
    sentences = [part for part in text.replace("！", "。").split("。") if part.strip()]
    if rng.random() < 0.4:
        rng.shuffle(sentences)
    if len(sentences) > 2 and rng.random() < 0.3:
        sentences.pop(rng.randrange(len(sentences)))
    text = rng.choice(("。", "！", "😀。")).join(sentences)
    for old in "0123456789":
        if rng.random() < 0.5:
            text = text.replace(old, str(rng.randrange(10)))
    text = text.replace("http://", rng.choice(("http://", "https://www.", "HTTPS://m.")))
    for old, new in (("李老师", "陈老师"), ("王女士", "赵先生"), ("张教授", "钱博士"), ("刘经理", "孙主任")):
        text = text.replace(old, new)
    if rng.random() < 0.3:
        text = rng.choice(("@所有人 ", "【转发】", "🔥🔥", "大家看看这个 ")) + text
    change = rng.choice((noise.traditional, noise.typed, noise.misheard, noise.invisible, str, str))
    return change(text)


def test_reposts_are_known_and_others_are_not() -> None:
    rng = random.Random(7)
    flat = [(kind, text) for kind, texts in SCAMS.items() for text in texts]
    again = [similarity(signature(text), signature(edited(text, rng))) for _, text in flat for _ in range(30)]
    apart = [
        similarity(signature(edited(one, rng)), signature(edited(other, rng)))
        for (_, one), (_, other) in itertools.combinations(flat, 2)
        for _ in range(3)
    ]
    found, false = sum(near >= NEAR for near in again), sum(near >= NEAR for near in apart)
    assert found / len(again) >= 0.97, f"recall {found}/{len(again)}"
    assert found / (found + false) >= 0.995, f"{false} of {len(apart)} pairs are not the same text"
    assert max(apart) < 0.3


def test_the_index_finds_the_text_that_was_posted_again() -> None:
    rng = random.Random(8)
    flat = [text for texts in SCAMS.values() for text in texts]
    index = NearDup()
    for number, text in enumerate(flat):
        index.add(str(number), text)
    tried = [(str(number), index.nearest(edited(text, rng))) for number, text in enumerate(flat) for _ in range(10)]
    assert sum(near is not None and near.key == key for key, near in tried) / len(tried) >= 0.95
    assert index.nearest("今天天气真好，小区里的樱花都开了，大家有空出来走走看看吧") is None


def test_the_words_count_and_not_their_dress() -> None:
    text = SCAMS["parcel"][0]
    assert similarity(signature(text), signature(Noise(1).traditional(text))) > 0.9
    assert similarity(signature(text), signature(text.replace("http://kd-a.cn/x1", "https://other.top/yy?z=1"))) > 0.95
    assert similarity(signature("加薇信领取新人红包一百元先到先得"), signature("加微信领取新人红包一百元先到先得")) == 1


def test_short_texts_are_near_only_when_equal() -> None:
    assert similarity(signature("好的"), signature("好的")) == 1
    assert similarity(signature("好的呀"), signature("好的")) == 0
    assert similarity(signature(""), signature("")) == 0


def test_nothing_of_the_text_is_kept() -> None:
    index = NearDup()
    index.add("a", "这是一段不应该被保存下来的文字内容")
    assert "保存" not in repr(vars(index))


def test_the_oldest_goes_first_and_keys_can_be_forgotten() -> None:
    index = NearDup(limit=2)
    texts = [SCAMS[kind][0] for kind in ("parcel", "tasks", "court")]
    for number, text in enumerate(texts):
        index.add(str(number), text)
    assert len(index) == 2 and "0" not in index
    assert index.nearest(texts[0]) is None
    near = index.nearest(texts[2])
    assert near is not None and (near.key, near.similarity) == ("2", 1)
    index.remove("2")
    index.remove("2")
    assert index.nearest(texts[2]) is None
    index.add("1", texts[2])
    assert index.nearest(texts[1]) is None and index.nearest(texts[2]) is not None


@given(st.text(max_size=200))
def test_a_text_is_as_near_to_itself_as_can_be(text: str) -> None:
    made = signature(text)
    assert similarity(made, made) == (1 if made.pieces else 0)


def test_each_of_ten_thousand_texts_is_found() -> None:
    rng = random.Random(1)
    index = NearDup()
    words = [chr(0x4E00 + rng.randrange(8_000)) for _ in range(600)]
    texts = ["".join(rng.choices(words, k=30)) for _ in range(10_000)]
    for number, text in enumerate(texts):
        index.add(str(number), text)
    for number in range(0, 500, 10):
        near = index.nearest(texts[number][:26])
        assert near is not None and near.key == str(number)
