"""How amounts are written on the pages of partners."""

from __future__ import annotations

from decimal import Decimal

from django import template

register = template.Library()


@register.filter
def yuan(value: Decimal | float | None) -> str:
    """ "80,000", "1,234.5": groups of three, as amounts are written; zh-hans would make groups of four."""
    if value is None:
        return ""
    text = f"{value:,.2f}"
    return text.rstrip("0").rstrip(".")
