"""Components say what they are given, and refuse what they do not know."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import render_to_string
from django.test import Client

from yuanzhi.kernel.forms import Picker, Renderer
from yuanzhi.kernel.templatetags import ui

HOUSE = Path(__file__).resolve().parents[2]


def render(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


@pytest.mark.parametrize(
    "source",
    [
        '{% icon "no-such-icon" %}',
        '{% icon "bell" sise=3 %}',
        '{% promise "somewhen" "剩 2 小时" %}',
        '{% badge "新" tone="red" %}',
        '{% avatar "林知夏" size="huge" %}',
        '{% figure "在册企业" 8 defintion="x" %}',
        '{% card titel="x" %}{% endcard %}',
        "{% card %}",
        "{% datatable %}{% enddatatable %}",
        "{% tabs items %}",
        '{% field "name" %}',
        '{% progress "读" 1 2 tone="blue" %}',
        '{% empty "没有" link="x" %}',
    ],
)
def test_what_is_misspelt_or_unknown_raises(source):
    with pytest.raises(TemplateSyntaxError):
        render(source, items=[])


def test_an_icon_is_silent_unless_it_is_named():
    assert 'aria-hidden="true"' in render('{% icon "bell" %}')
    named = render('{% icon "bell" label="消息" %}')
    assert 'aria-label="消息"' in named
    assert "aria-hidden" not in named


@pytest.mark.parametrize("state", ui.PROMISES)
def test_a_promise_has_icon_words_and_colour(state):
    html = render("{% promise state '剩 2 天 3 小时' %}", state=state)
    assert "<svg" in html
    assert "剩 2 天 3 小时" in html
    assert ui.PROMISES[state][0] in html


def test_a_promise_with_its_due_time_is_a_time():
    due = datetime.datetime(2026, 11, 22, 11, 23, tzinfo=datetime.UTC)
    assert 'datetime="2026-11-22T11:23:00+00:00"' in render("{% promise 'late' '超时' due=due %}", due=due)


def test_text_is_escaped_everywhere():
    nasty = "<b onclick=x>"
    for source in (
        "{% badge nasty %}",
        "{% promise 'ok' nasty %}",
        "{% avatar nasty %}",
        "{% icon 'bell' label=nasty %}",
        "{% kv nasty nasty source=nasty %}",
        "{% figure nasty nasty definition=nasty %}",
        "{% card title=nasty %}{{ nasty }}{% endcard %}",
        "{% datatable label=nasty %}{% enddatatable %}",
        "{% dialog id='d' title=nasty %}{% enddialog %}",
        "{% empty nasty nasty %}",
        "{% progress nasty 1 2 %}",
        "{% kbd nasty %}",
    ):
        assert "<b on" not in render(source, nasty=nasty), source


def test_a_figure_tells_its_definition_and_parts():
    html = render(
        "{% figure '满意度' '96.0' unit='%' definition='满意的除以全部' numerator='1,152' denominator='1,200'"
        " as_of='11 月 24 日 08:00' url='/rows' %}"
    )
    for part in ("满意的除以全部", "分子 1,152，分母 1,200", "数据截至 11 月 24 日 08:00", 'href="/rows"'):
        assert part in html


def test_a_fact_without_value_says_so():
    assert "未填" in render("{% kv '员工数' value %}", value=None)
    assert "未填" not in render("{% kv '员工数' value %}", value=0)


def test_progress_gives_plain_numbers_and_can_poll():
    html = render("{% progress '正在读' 8127 17784 poll='/job/7' %}")
    assert 'value="8127" max="17784"' in html
    assert 'hx-get="/job/7"' in html
    assert "hx-get" not in render("{% progress '正在读' 1 2 %}")
    assert 'max="1"' in render("{% progress '正在读' 0 0 %}")


def test_each_form_has_a_token_of_its_own():
    tokens = re.findall(r'value="([^"]+)"', render("{% once %}{% once %}"))
    assert len(set(tokens)) == 2


def test_a_bundle_that_was_never_built_is_no_error():
    assert render("{% bundle 'no-such-bundle.js' %}") == ""


class Sample(forms.Form):
    default_renderer = Renderer

    name = forms.CharField(
        label="企业名称", help_text="按营业执照", error_messages={"required": "写上企业名称"}
    )
    desk = forms.ChoiceField(label="窗口", choices=[("a", "经济"), ("b", "综治")], widget=forms.RadioSelect)
    note = forms.CharField(label="备注", required=False)
    enterprise = forms.CharField(
        label="企业",
        widget=Picker(data_url="/find", label_of={"7": "云图数视"}.get),
        error_messages={"required": "先选一家企业"},
    )
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def test_a_form_shows_labels_hints_errors_and_what_was_typed():
    form = Sample({"note": "原话", "enterprise": "7"})
    assert not form.is_valid()
    html = str(form)
    assert html.count("写上企业名称") == 1
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert 'value="原话"' in html
    assert "<legend>窗口" in html
    assert "选填" in html
    assert '<a href="#id_name">企业名称</a>' in html
    assert html.count('name="token"') == 1


PLAIN = {
    "text": forms.CharField(initial='雨 "果" & <子>', max_length=20),
    "number": forms.IntegerField(min_value=0),
    "hidden": forms.CharField(widget=forms.HiddenInput, required=False),
    "date": forms.DateField(widget=forms.DateInput(attrs={"type": "date"})),
    "secret": forms.CharField(widget=forms.PasswordInput, disabled=True),
    "ticked": forms.BooleanField(initial=True, required=False),
    "chosen": forms.ChoiceField(
        choices=[("", "不限"), ("门 <类>", [("A&B", '农 "林"'), ("7", "软件")]), ("8", "八")], initial="7"
    ),
}


@pytest.mark.parametrize("name", PLAIN)
def test_what_the_house_writes_itself_is_what_django_would_write(name):
    from django.forms.renderers import DjangoTemplates

    def drawn(renderer: type) -> list[str]:
        form = type("One", (forms.Form,), {name: PLAIN[name], "default_renderer": renderer})()
        return re.sub(r">\s+<", ">\n<", str(form[name])).splitlines()

    assert drawn(Renderer) == drawn(DjangoTemplates)


@pytest.mark.parametrize(
    ("sent", "value"),
    [
        ({"enterprise": "7", "enterprise_text": "云图数视"}, "7"),
        ({"enterprise": "", "enterprise_text": "云图"}, "云图"),  # typed without choosing, or no JavaScript
        ({}, ""),
    ],
)
def test_a_picker_gives_the_id_or_the_words(sent, value):
    assert Sample.base_fields["enterprise"].widget.value_from_datadict(sent, {}, "enterprise") == value


def test_a_picker_shows_the_words_of_what_is_chosen():
    html = str(Sample(initial={"enterprise": "7"})["enterprise"])
    assert 'value="云图数视"' in html
    assert 'value="7" data-chosen' in html
    assert 'data-url="/find"' in html


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("dark", "dark"), ("light", "light"), ("auto", "auto"), ("purple", "auto"), ("", "auto")],
)
def test_the_theme_is_kept_in_a_cookie(client: Client, sent, kept):
    response = client.post("/theme", {"theme": sent, "next": "/__style?x=1"})
    assert response.status_code == 302
    assert response["Location"] == "/__style?x=1"
    assert response.cookies["theme"].value == kept


@pytest.mark.parametrize("away", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_the_theme_switch_leads_nowhere_else(client: Client, away):
    assert client.post("/theme", {"theme": "dark", "next": away})["Location"] == "/"


def test_the_style_page_is_not_there_in_a_deployment(client: Client, settings):
    settings.STYLE_PAGE = False
    for path in ("/__style", "/__style/find", "/__style/thing"):
        assert client.get(path).status_code == 404
    settings.STYLE_PAGE = True
    for frame in ("house", "bare", "focus", "full", "workbench"):
        page = client.get("/__style", {"frame": frame, "theme": "dark"})
        assert page.status_code == 200
        assert 'data-theme="dark"' in page.content.decode()


@pytest.mark.parametrize("page", ["400", "403", "403_csrf", "404", "405", "429", "500"])
def test_an_error_page_needs_no_request_and_shows_a_way_on(page):
    html = render_to_string(f"{page}.html")
    assert 'class="button primary"' in html
    assert "<h1>" in html


def test_no_template_carries_what_the_content_policy_forbids():
    """No style attributes, no inline scripts, no handlers, nothing from another origin."""
    forbidden = re.compile(
        r"""<style|<script(?![^>]*\bsrc=)|\sstyle=["'{]|\son[a-z]+=["']|(?:src|href)=["'](?:https?:)?//""",
        re.I,
    )
    found = [
        f"{path.relative_to(HOUSE)}: {match[0]}"
        for path in HOUSE.rglob("templates/**/*.html")
        for match in forbidden.finditer(path.read_text())
    ]
    assert found == []


def test_no_half_width_punctuation_between_chinese_characters():
    slip = re.compile(r"[\u4e00-\u9fff][,;:!?][\u4e00-\u9fff]")
    found = [
        f"{path.relative_to(HOUSE)}: {match[0]}"
        for path in [*HOUSE.rglob("templates/**/*.html"), *HOUSE.rglob("static/js/*.js")]
        for match in slip.finditer(path.read_text())
    ]
    assert found == []


def test_the_address_of_an_act_opened_by_itself_says_what_it_is_for(client: Client):
    page = client.get("/theme")
    assert page.status_code == 405
    assert page["Allow"] == "POST"
    assert "点按钮" in page.content.decode()
    assert client.head("/theme").status_code == 405
    assert client.post("/__style/find").status_code == 404
