"""Learning from closed cases, on cases small enough to read."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanzhi.cases.learning import Entry, by_catalogue, counted, from_bytes, grams, to_bytes
from yuanzhi.cases.learning.fit import MIN_PER_LABEL, TooFew, fit
from yuanzhi.cases.learning.learned import soften
from yuanzhi.cases.learning.lesson import Sample

_WORDS = {
    "欠款": ["尾款拖了", "货款没到账", "欠款不还", "工程款要不回来", "对方不付尾款"],
    "噪音": ["装修电钻太吵", "楼顶噪音嗡嗡响", "晚上吵得睡不着", "噪声一直没降", "隔壁太吵"],
    "入学": ["孩子上学没学位", "想问转学手续", "小学报名材料", "孩子入学要什么", "幼儿园学位"],
}
_TAILS = [
    "，请帮忙看看",
    "，谢谢",
    "，已经三个月了",
    "，找过物业",
    "，您给指个路",
    "，急",
    "，好几家都这样",
    "。",
]


def samples(per=8):
    return [
        Sample(words, words + tail, label)
        for label, sentences in _WORDS.items()
        for words in sentences
        for tail in _TAILS[:per]
    ]


@pytest.fixture(scope="module")
def lesson():
    return fit(samples())


@pytest.mark.parametrize(
    ("text", "label", "reason"),
    [
        ("二号楼的尾款还没给", "欠款", "尾款"),
        ("楼上装修太吵了", "噪音", "装修"),
        ("孩子九月上小学", "入学", "孩子"),
    ],
)
def test_it_tells_what_a_need_is_about_and_by_which_words(lesson, text, label, reason):
    best = lesson.learned.guess(text, text)[0]
    assert best.label == label
    assert best.chance > 0.5
    assert any(reason in word for word in best.because), best.because
    assert all(word in text for word in best.because)


def test_nothing_known_is_no_reason(lesson):
    best = lesson.learned.guess("", "qwzxy")[0]
    assert best.because == ()
    assert best.chance < 0.9


def test_it_is_kept_as_numbers_and_comes_back(lesson):
    data = to_bytes(lesson.learned)
    assert b"pickle" not in data
    again = from_bytes(data)
    for text in ("尾款没给", "吵", "孩子上学"):
        one, two = lesson.learned.guess(text, text), again.guess(text, text)
        assert [g.label for g in one] == [g.label for g in two]
        assert one[0].chance == pytest.approx(two[0].chance, abs=0.01)


def _npz(**arrays):
    out = io.BytesIO()
    np.savez(out, **arrays)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\x03\x04 broken", b"not a model", _npz(version=np.array(1)), _npz(version=np.array(99)),
     _npz(version=np.array([{"a": 1}], dtype=object))],
)  # fmt: skip
def test_what_is_broken_is_no_model(data):
    assert from_bytes(data) is None


def test_too_few_cases_teach_nothing():
    with pytest.raises(TooFew):
        fit(samples()[:20])
    with pytest.raises(TooFew):  # one label is no choice
        fit([Sample(f"尾款{i}", f"尾款拖了{chr(0x4E00 + i)}", "欠款") for i in range(60)])


def test_a_rare_label_is_left_out_and_repetition_is_no_proof():
    rare = [Sample("借会议室", f"借会议室{chr(0x4E00 + i)}", "会议室") for i in range(MIN_PER_LABEL - 1)]
    copies = [Sample("党费怎么交", "党费怎么交", "党费")] * 40
    lesson = fit([*samples(), *rare, *copies])
    assert set(lesson.learned.labels) == set(_WORDS)
    assert lesson.cases == len(samples())


def test_it_is_the_same_every_time():
    one, two = fit(samples()), fit(list(samples()))
    assert one.score == two.score
    assert to_bytes(one.learned) == to_bytes(two.learned)


def test_two_labels_are_enough():
    lesson = fit([s for s in samples() if s.label != "入学"])
    assert lesson.learned.guess("太吵", "太吵")[0].label == "噪音"
    assert lesson.learned.guess("尾款", "尾款")[0].label == "欠款"


@given(st.text(max_size=40), st.text(max_size=200))
def test_any_text_can_be_counted(title, words):
    found, counts = counted(title, words)
    assert len(found) == len(counts)
    assert (np.diff(found) > 0).all()
    assert (counts >= 1).all()


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20))
def test_a_pair_can_be_read_back(text):
    spelt = [grams.spell(code) for code in grams.codes(text)]
    assert spelt == [*text, *(a + b for a, b in zip(text, text[1:], strict=False))]


@given(st.lists(st.floats(-50, 50), min_size=2, max_size=6))
def test_chances_sum_to_one(margins):
    chances = soften(np.array(margins, dtype=np.float32))
    assert chances.sum() == pytest.approx(1, abs=1e-5)


_CATALOGUE = [
    Entry("a", "欠款追讨与合同", "尾款、欠款、货款"),
    Entry("b", "劳动纠纷", "欠薪、仲裁"),
    Entry("c", "子女入学", "学位、转学", "带户口簿和租房合同到教育局"),
    Entry("d", "政策咨询与申报"),
]


@pytest.mark.parametrize(
    ("text", "label", "because"),
    [
        ("尾款 38 万拖了五个月", "a", ("尾款",)),
        ("员工要仲裁", "b", ("仲裁",)),
        ("孩子没有学位", "c", ("学位",)),
        ("合同怎么签", "a", ("合同",)),
        ("想咨询一下政策", "d", ("咨询", "政策")),
    ],
)
def test_the_catalogue_speaks_before_anything_was_learned(text, label, because):
    best = by_catalogue(_CATALOGUE, text)[0]
    assert best.label == label
    assert set(because) <= set(best.because)


def test_the_catalogue_knows_when_it_knows_nothing():
    assert by_catalogue(_CATALOGUE, "hello") == []
    assert by_catalogue([], "尾款") == []
