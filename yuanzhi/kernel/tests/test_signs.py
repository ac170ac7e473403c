"""A NUL gets an answer, not an error of the database."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("method", "url", "data", "status"),
    [
        ("get", "/t/%00/", {}, 404),
        ("get", "/q/a%00b/", {}, 404),
        ("get", "/t/abc/", {"said": "\x00"}, 400),
        ("get", "/t/abc/", {"\x00": "x"}, 400),
        ("post", "/q/abc/", {"words": "a\x00b"}, 400),
        ("get", "/t/abc/", {"said": "好"}, 404),
    ],
)
def test_a_nul_is_refused_before_the_view(method, url, data, status):
    answer = getattr(Client(), method)(url, data)
    assert answer.status_code == status
    if status == 400:
        assert "没看懂" in answer.content.decode()
