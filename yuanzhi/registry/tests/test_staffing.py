"""1+3+N: who is missing, said as people say it."""

import pytest

from yuanzhi.registry.rules.staffing import lacking, load_ratio, say_lacking


@pytest.mark.parametrize(
    ("leaders", "members", "helpers", "sentence"),
    [
        (1, 3, 1, ""),
        (1, 3, 9, ""),
        (2, 4, 1, ""),
        (1, 2, 1, "第 5 网格缺 1 名专职网格员"),
        (0, 3, 2, "第 5 网格缺 1 名网格长"),
        (1, 3, 0, "第 5 网格缺 1 名兼职网格员"),
        (0, 0, 0, "第 5 网格缺 1 名网格长、3 名专职网格员、1 名兼职网格员"),
    ],
)
def test_who_is_missing(leaders, members, helpers, sentence):
    assert say_lacking("第 5 网格", lacking(leaders, members, helpers)) == sentence


def test_load_is_measured_against_the_mean_of_all():
    assert load_ratio(330, 3, 100) == pytest.approx(1.1)
    assert load_ratio(330, 0, 100) is None
    assert load_ratio(0, 3, 0) is None
