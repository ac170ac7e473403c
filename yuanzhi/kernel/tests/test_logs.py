"""A link is a key: it doesn't go into a log."""

import io
import json
import logging
import logging.config

import pytest
from django.conf import settings

from yuanzhi.kernel.logs import HideLinks, mask


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/g/abc-DEF_1.x2/", "/g/…/"),
        ("/g/abc.def/answer/", "/g/…/answer/"),
        ("Gone: /t/abc/verdict/?said=good", "Gone: /t/…/verdict/?said=good"),
        ('"GET /g/abc HTTP/1.1" 404', '"GET /g/… HTTP/1.1" 404'),
        ("/grids/7/ /portal/ /t", "/grids/7/ /portal/ /t"),
    ],
)
def test_mask(path, shown):
    assert mask(path) == shown


@pytest.mark.parametrize("formatter", ["plain", "json"])
def test_the_house_s_own_handler_masks(formatter):
    """As configured: the message, its arguments, in words and as JSON."""
    console = settings.LOGGING["handlers"]["console"]
    assert console["filters"] == ["links"]
    config = {**settings.LOGGING, "handlers": {"console": {**console, "formatter": formatter}}}
    logging.config.dictConfig(config)
    handler = logging.getLogger().handlers[0]
    handler.setStream(out := io.StringIO())
    try:
        logging.getLogger("django.request").warning("%s: %s", "Gone", "/g/secret.key/answer/")
        logging.getLogger("yuanzhi.any").warning("opened /t/secret.key/")
        try:
            raise ValueError("x")
        except ValueError:
            logging.getLogger("django.request").exception("Internal Server Error: /g/secret.key/")
    finally:
        logging.config.dictConfig(settings.LOGGING)
    said = out.getvalue()
    assert "secret" not in said
    assert said.count("/g/…/") == 2
    if formatter == "json":
        assert json.loads(said.splitlines()[0])["event"] == "Gone: /g/…/answer/"
    assert "ValueError" in said  # what went wrong is still told


def test_other_arguments_are_left_alone():
    record = logging.makeLogRecord({"msg": "%d %(x)s", "args": {"x": "/g/abc/", "n": 3}})
    HideLinks().filter(record)
    assert record.args == {"x": "/g/…/", "n": 3}
