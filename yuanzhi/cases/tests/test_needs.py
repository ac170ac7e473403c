"""What somebody said, made ready: titles and numbers."""

import pytest

from yuanzhi.cases.needs import need_of, numbers_in
from yuanzhi.kernel.refusals import Refused

WORDS = [
    # words, phone → words as kept, title
    ("尾款拖了五个月。想走支付令", "", "尾款拖了五个月。想走支付令", "尾款拖了五个月"),
    ("电梯坏了，找李女士 13800001234", "13800001234", "电梯坏了，找李女士 138****1234", "电梯坏了，找李女士 138****1234"),
    ("电梯坏了 138 0000 1234", "13800001234", "电梯坏了 138****1234", "电梯坏了 138****1234"),
    ("打 138-0000-1234 或 13900005678", "13800001234", "打 138****1234 或 13900005678", "打 138****1234 或 （电话）"),
    ("订单号 138000012345678 的尾款", "13800001234", "订单号 138000012345678 的尾款", "订单号 138000012345678 的尾款"),
    ("打座机 0571-88881234", "0571-88881234", "打座机 0571-****1234", "打座机 0571-****1234"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "phone", "kept", "title"), WORDS)
def test_the_number_is_sealed_and_stands_nowhere_else(words, phone, kept, title):
    need = need_of(words=words, speaker_phone=phone)
    assert (need.words, need.title) == (kept, title)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"words": " "}, "还没写"),
        ({"words": "x" * 8001}, "最多 8000 字"),
        ({"words": "x", "speaker_phone": "12"}, "电话"),
        ({"words": "x", "speaker_phone": "13800001234、13900005678"}, "只写一个"),
    ],
)
def test_bad_input_gets_a_sentence(given, sentence):
    with pytest.raises(Refused, match=sentence):
        need_of(**given)


def test_numbers_in_a_text():
    assert numbers_in("13800001234 和 0571-88881234，再打 138 0000 1234；编号 20261124113205") == [
        "13800001234",
        "057188881234",
    ]
