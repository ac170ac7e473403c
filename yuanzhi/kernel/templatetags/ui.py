"""The house's components: each a tag with named attributes, so a misspelt one raises instead of vanishing.

They are builtins of the template engine (no `{% load %}`); `/__style` shows every one. Texts are passed in by
the page: this module knows no word of the domain.

Tones are shared by all of them: neutral, brand, good, warn, bad, violet (waiting for somebody outside).
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Any

import lucide
from django import template
from django.contrib.staticfiles import finders
from django.forms import BoundField
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

TONES = ("neutral", "brand", "good", "warn", "bad", "violet")

# A promise is told by an icon and words as well as by its colour.
PROMISES = {
    "late": ("bad", "alarm-clock-off"),
    "soon": ("warn", "hourglass"),
    "ok": ("good", "circle-check"),
    "paused": ("neutral", "circle-pause"),
    "kept": ("good", "check"),
    "broken": ("neutral", "alarm-clock-off"),
}


def _one_of(value: str, allowed: Iterable[str], what: str) -> str:
    if value not in allowed:
        raise template.TemplateSyntaxError(f"{what} {value!r} is not one of {', '.join(sorted(allowed))}")
    return value


# ----------------------------------------------------------------------------- icons, assets


# How every icon is drawn: said once in house.css (.icon) instead of seventy times a page.
_DRAWN = ' fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'


@lru_cache(maxsize=1024)
def _icon(name: str, size: int, label: str) -> SafeString:
    named = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    try:
        svg = lucide._render_icon(name, size, **{"class": "icon", "focusable": "false", **named})
    except lucide.IconDoesNotExist as error:
        raise template.TemplateSyntaxError(f"there is no lucide icon {name!r}") from error
    svg = " ".join(svg.split()).replace(_DRAWN, "").replace("> <", "><").replace(" />", "/>")
    return mark_safe(svg)  # noqa: S308 - drawn from the wheel's own files


@register.simple_tag
def icon(name: str, size: int = 18, label: str = "") -> SafeString:
    """An icon of lucide as inline SVG; hidden from screen readers unless `label` names it."""
    return _icon(str(name), int(size), str(label))


@register.simple_tag
def bundle(name: str) -> str:
    """The url of a bundle of charts or maps, or "" where none was built: the page then does without."""
    if finders.find(f"built/{name}") is None:
        return ""
    try:
        return static(f"built/{name}")
    except ValueError:  # a manifest storage that never saw the file
        return ""


@register.simple_tag
def once() -> SafeString:
    """A hidden token that makes a form's second sending recognisable as the same one."""
    return format_html('<input type="hidden" name="once" value="{}">', uuid.uuid4())


# ----------------------------------------------------------------------------- small signs


@register.simple_tag
def badge(text: str, tone: str = "neutral", icon: str = "", plain: bool = False) -> SafeString:
    """A word with a colour; `plain` drops the ground, for states within a row."""
    _one_of(tone, TONES, "tone")
    return format_html(
        '<span class="badge {}{}">{}{}</span>',
        tone,
        " plain" if plain else "",
        _icon(icon, 15, "") if icon else "",
        text,
    )


@register.simple_tag
def promise(state: str, text: str, due: datetime.datetime | None = None) -> SafeString:
    """Where a promise stands: `state` is one of PROMISES, `text` its words ("剩 2 天 3 小时")."""
    _one_of(state, PROMISES, "promise state")
    tone, sign = PROMISES[state]
    body = format_html("{}{}", _icon(sign, 15, ""), text)
    if due is None:
        return format_html('<span class="badge promise {} {}">{}</span>', tone, state, body)
    return format_html(
        '<time class="badge promise {} {}" datetime="{}">{}</time>', tone, state, due.isoformat(), body
    )


@register.simple_tag
def avatar(name: str, size: str = "sm") -> SafeString:
    """A person's sign: the surname when small, the given name when large. Always next to the written name."""
    _one_of(size, ("sm", "md", "lg"), "size")
    shown = name[:1] if size == "sm" or len(name) < 3 else name[-2:]
    return format_html('<span class="avatar {}" aria-hidden="true">{}</span>', size, shown)


@register.simple_tag
def kbd(keys: str) -> SafeString:
    """Keys to press, separated by spaces."""
    return mark_safe(" ".join(format_html("<kbd>{}</kbd>", key) for key in keys.split()))  # noqa: S308


# ----------------------------------------------------------------------------- parts of a page


@register.inclusion_tag("components/empty.html")
def empty(title: str, text: str = "", icon: str = "inbox", url: str = "", action: str = "") -> dict[str, Any]:
    """What to do next where there is nothing to show."""
    return {"title": title, "text": text, "icon": icon, "url": url, "action": action}


@register.inclusion_tag("components/figure.html")
def figure(
    label: str,
    value: Any,
    *,
    unit: str = "",
    note: str = "",
    change: str = "",
    tone: str = "neutral",
    definition: str = "",
    numerator: Any = None,
    denominator: Any = None,
    as_of: Any = None,
    url: str = "",
) -> dict[str, Any]:
    """A number one can trust: drills to its rows (`url`), tells its definition, parts and as-of time."""
    _one_of(tone, TONES, "tone")
    return {
        "label": label, "value": value, "unit": unit, "note": note, "change": change, "tone": tone,
        "definition": definition, "numerator": numerator, "denominator": denominator, "as_of": as_of,
        "url": url,
    }  # fmt: skip


@register.inclusion_tag("components/pager.html")
def pager(prev_url: str = "", next_url: str = "", text: str = "", label: str = "翻页") -> dict[str, Any]:
    """Keyset paging: 上一页 / 下一页 and a sentence about what is shown."""
    return {"prev_url": prev_url, "next_url": next_url, "text": text, "label": label}


@register.inclusion_tag("components/tabs.html")
def tabs(items: Iterable[Any], label: str, small: bool = False) -> dict[str, Any]:
    """Links between views of one thing. An item: label, url, active, and if wanted count, tone."""
    return {"items": items, "label": label, "small": small}


@register.inclusion_tag("components/chips.html")
def chips(items: Iterable[Any], label: str) -> dict[str, Any]:
    """Saved or active filters as chips. An item: label, url, active, and if wanted count, remove_url."""
    return {"items": items, "label": label}


@register.inclusion_tag("components/timeline.html")
def timeline(entries: Iterable[Any], label: str = "办理流程") -> dict[str, Any]:
    """What happened, the newest first. An entry: text, who, when, and if wanted tone, note, at (datetime)."""
    return {"entries": entries, "label": label}


@register.inclusion_tag("components/kv.html")
def kv(
    label: str, value: Any, source: str = "", on: Any = None, url: str = "", missing: str = "未填"
) -> dict:
    """A fact with its name, source and date, inside `<dl class="kv">`."""
    return {"label": label, "value": value, "source": source, "on": on, "url": url, "missing": missing}


@register.inclusion_tag("components/progress.html")
def progress(
    label: str,
    value: float,
    maximum: float,
    *,
    text: str = "",
    tone: str = "brand",
    url: str = "",
    poll: str = "",
) -> dict[str, Any]:
    """How far something is. With `poll` the piece is asked for anew every second until it comes without."""
    _one_of(tone, TONES, "tone")
    return {
        # as text: attributes of <progress> must not get thousands separators
        "label": label, "value": str(value), "max": str(maximum or 1), "tone": tone,
        "text": text or f"{value} / {maximum}", "url": url, "poll": poll,
    }  # fmt: skip


@register.inclusion_tag("components/legend.html")
def legend(items: Iterable[Any], title: str = "") -> dict[str, Any]:
    """What the colours mean. An item: label and swatch (step-0 … step-3, or a tone)."""
    return {"items": items, "title": title}


@register.inclusion_tag("components/skeleton.html")
def skeleton(rows: int = 3) -> dict[str, Any]:
    """Grey rows while something is on its way."""
    return {"rows": range(rows)}


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, look: str = "", prefix: str = "", suffix: str = "") -> dict[str, Any]:
    """One form field with label, hint and error beside it.

    `look` for choices: "" (a plain list), "chips", "tiles" (a grid of buttons) or "segmented".
    """
    _one_of(look, ("", "chips", "tiles", "segmented"), "look")
    if not isinstance(bound, BoundField):
        raise template.TemplateSyntaxError(f"field wants a form field, got {bound!r}")
    return {"field": bound, "look": look, "prefix": prefix, "suffix": suffix}


# ----------------------------------------------------------------------------- frames


@register.simple_block_tag
def card(
    content: str, *, title: str = "", sub: str = "", link_url: str = "", link_text: str = "",
    flush: bool = False, level: int = 2, id: str = "",
) -> str:  # fmt: skip
    """A sheet with a heading; `flush` lets rows and tables reach its edges."""
    return render_to_string(
        "components/card.html",
        {
            "content": content, "title": title, "sub": sub, "link_url": link_url, "link_text": link_text,
            "flush": flush, "level": level, "id": id,
        },
    )  # fmt: skip


@register.simple_block_tag
def datatable(content: str, *, label: str) -> SafeString:
    """Frame of a `<table class="table">`: sticky head, scrolls when narrow, turns to cards on the phone."""
    return format_html(
        '<div class="table-box"><div class="table-scroll" role="region" aria-label="{}" tabindex="0">{}</div>'
        "</div>",
        label,
        content,
    )


@register.simple_block_tag
def dialog(content: str, *, id: str, title: str) -> str:
    """A native dialog, opened by `data-open="#id"` on a link whose href does the same without JavaScript."""
    return render_to_string("components/dialog.html", {"content": content, "id": id, "title": title})


@register.filter
def yuan(value: Decimal | float | None) -> str:
    """An amount, "80,000" or "1,234.5": in groups of three, as amounts are written (zh-hans: of four)."""
    if value is None:
        return ""
    text = f"{value:,.2f}"
    return text.rstrip("0").rstrip(".")
