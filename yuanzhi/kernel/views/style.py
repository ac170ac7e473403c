"""The living style page: every component as the pages use it, for eyes, screenshots and accessibility tests.

Answers only where `DEBUG` or `STYLE_PAGE` is set, so a deployment does not have it. `?frame=` shows a frame
(house, bare, focus, full, workbench), `?theme=` a theme. All names on it are made up.
"""

from __future__ import annotations

import time
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from ..forms import Picker
from .style_samples import CHIPS, NAV, ROWS, TABS, TIMELINE, found

FRAMES = ("house", "bare", "focus", "full", "workbench")
CHOICES = [
    ("new", "新设企业"),
    ("need", "有需求"),
    ("risk", "有风险"),
    ("big", "规上企业"),
    ("fast", "高成长"),
    ("leave", "拟外迁"),
]
DESKS = [("economy", "经济"), ("party", "党群"), ("public", "公共"), ("safety", "综治")]


class SampleForm(forms.Form):
    """One field of each kind."""

    enterprise = forms.CharField(
        label="哪家企业",
        help_text="名称、拼音首字母或统一社会信用代码",
        widget=Picker(data_url=lambda: reverse("style_find"), attrs={"placeholder": "名称或首字母"}),
    )
    category = forms.ChoiceField(label="属于六必访哪一类", choices=CHOICES, widget=forms.RadioSelect)
    words = forms.CharField(
        label="企业说了什么",
        widget=forms.Textarea(attrs={"placeholder": "原话最好。哪怕只记一句", "rows": 4}),
    )
    desk = forms.ChoiceField(label="转给哪个窗口", choices=DESKS, widget=forms.RadioSelect, initial="economy")
    topics = forms.MultipleChoiceField(
        label="说到哪些事",
        required=False,
        choices=[("pay", "尾款难收"), ("hire", "招人难"), ("cert", "想报高企"), ("park", "停车")],
        widget=forms.CheckboxSelectMultiple,
    )
    park = forms.ChoiceField(label="在哪个园区", required=False, choices=[("", "不限"), ("a", "海创科技园")])
    capital = forms.DecimalField(label="注册资本", required=False, help_text="没有就空着，不填零")
    since = forms.DateField(label="哪天入驻", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    sheet = forms.FileField(label="企业名单", required=False, help_text=".xlsx、.xls 或 .csv，不超过 64 MB")
    agreed = forms.BooleanField(label="联系人同意我们留存电话", required=False)


def _shown() -> None:
    if not (settings.DEBUG or getattr(settings, "STYLE_PAGE", False)):
        raise Http404


def style(request: HttpRequest) -> HttpResponse:
    """The page itself; posting it shows the errors."""
    _shown()
    if request.method == "POST" and "slow" in request.POST:
        time.sleep(0.3)
    frame = request.GET.get("frame", "house")
    if frame not in FRAMES:
        raise Http404
    sent = request.method == "POST" and "words" in request.POST
    form = SampleForm(request.POST if sent else None, request.FILES if sent else None)
    if request.method == "POST":
        form.is_valid()
    return TemplateResponse(request, f"style/{frame}.html", {**_context(request), "form": form})


def style_find(request: HttpRequest) -> HttpResponse:
    """What the palette and the picker of the style page ask."""
    _shown()
    q = request.GET.get("q", "").strip()
    time.sleep(min(float(request.GET.get("wait", 0) or 0), 1.0))
    return TemplateResponse(request, "components/options.html", {"groups": found(q), "q": q})


def style_drawer(request: HttpRequest) -> HttpResponse:
    """A case-like thing: a fragment for the drawer, a whole page otherwise."""
    _shown()
    piece = (
        request.headers.get("HX-Target") == "drawer-body"
        and "HX-History-Restore-Request" not in request.headers
    )
    template = "style/drawer.html" if piece else "style/drawer_page.html"
    return TemplateResponse(request, template, {**_context(request), "timeline": TIMELINE})


def _context(request: HttpRequest) -> dict[str, Any]:
    theme = request.GET.get("theme") or request.COOKIES.get("theme", "auto")
    return {
        "theme": theme,
        "nav": NAV,
        "community_name": "云溪社区",
        "community_note": "产业社区工作台",
        "card": {"name": "林知夏", "note": "经济发展窗口", "url": "#"},
        "bell": {"url": "#", "count": 3},
        "palette_url": reverse("style_find"),
        "search_url": reverse("style_find"),
        "primary": {"label": "登记走访", "url": "#", "icon": "notebook-pen"},
        "tab_items": TABS,
        "desks": [{"label": word, "url": "#"} for _, word in DESKS],
        "chip_items": CHIPS,
        "groups": ROWS,
        "timeline": TIMELINE,
        "legend_items": [
            {"label": "0–1", "swatch": "step-0"},
            {"label": "2–4", "swatch": "step-1"},
            {"label": "5–7", "swatch": "step-2"},
            {"label": "8 件起", "swatch": "step-3"},
        ],
    }
