"""Outlines that people paste: understood, or refused in a sentence."""

import json

import pytest

from yuanzhi.registry.forms import BuildingForm, ParkForm
from yuanzhi.registry.mapping.ground import middle, ring_of
from yuanzhi.registry.rules.outline import parse_outline, show_outline

RING = [[120.0, 30.28], [120.002, 30.28], [120.002, 30.282], [120.0, 30.28]]
POLYGON = {"type": "Polygon", "coordinates": [RING]}

GOOD = [
    "120.0,30.28\n120.002,30.28\n120.002,30.282",
    "120.0，30.28；120.002，30.28；120.002，30.282；120.0，30.28",
    "120.0 30.28\n120.002 30.28\n\n120.002 30.282",
    json.dumps(POLYGON),
    json.dumps({"type": "Feature", "properties": {}, "geometry": POLYGON}),
    json.dumps({"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": POLYGON}]}),
]


@pytest.mark.parametrize("text", GOOD)
def test_understood(text):
    assert parse_outline(text) == POLYGON
    assert parse_outline(show_outline(POLYGON)) == POLYGON


BAD = [
    ("120.0,30.28\n120.1,30.3", "至少要三个"),
    ("30.28,120.0\n30.28,120.1\n30.3,120.0", "写反了"),
    ("1,1\n2,2\n3,1", "不在中国"),
    ("120.0,30.28\n东边路口\n120.1,30.3", "第 2 行"),
    ('{"type": "Point", "coordinates": [120, 30]}', "一个面"),
    ('{"type": "Polygon", "coordinates": []}', "坐标不完整"),
    ('{"type": "Polygon"', "不完整"),
    ("[]", "一个面"),
    ("\n".join(f"120.{n:04d},30.28" for n in range(600)), "点太多"),
]


@pytest.mark.parametrize(("text", "sentence"), BAD)
def test_refused_in_a_sentence(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        parse_outline(text)


def test_blank_is_no_outline():
    assert parse_outline(" \n ") is None
    assert show_outline(None) == ""


@pytest.mark.parametrize(("form", "field"), [(ParkForm, "outline"), (BuildingForm, "footprint")])
def test_the_forms_take_it_and_find_the_middle(form, field):
    data = {"name": "A座", "floors": "3", field: GOOD[0]}
    sent = form(data)
    assert sent.is_valid(), sent.errors
    assert sent.cleaned_data[field] == POLYGON
    assert (sent.cleaned_data["lng"], sent.cleaned_data["lat"]) == pytest.approx(middle(ring_of(POLYGON)))
    kept = form({**data, field: "东边", "lng": "120", "lat": "30"})
    assert not kept.is_valid()
    assert "第 1 行" in kept.errors[field][0]
