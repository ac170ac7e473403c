"""Addresses of many rows are those that `reverse` gives one by one."""

import pytest
from django.urls import NoReverseMatch, reverse

from yuanzhi.kernel.links import links_to


@pytest.mark.parametrize("name", ["registry:enterprise", "registry:grid", "cases:case"])
def test_the_same_as_reverse(name):
    link = links_to(name)
    assert [link(pk) for pk in (1, 28, 10**12)] == [reverse(name, args=[pk]) for pk in (1, 28, 10**12)]


def test_an_unknown_name_raises():
    with pytest.raises(NoReverseMatch):
        links_to("registry:nowhere")
