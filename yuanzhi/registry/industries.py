"""GB/T 4754-2017 as rows, loaded when the table is empty: a newer edition is data, not a migration."""

from __future__ import annotations

from typing import Any

from .models import IndustryDivision
from .rules.industry import divisions, sections


def load_when_empty(**_: Any) -> None:
    """Fill the table of divisions from the file that comes with the product."""
    if IndustryDivision.objects.exists():
        return
    names = sections()
    IndustryDivision.objects.bulk_create(
        IndustryDivision(code=d.code, name=d.name, section=d.section, section_name=names[d.section])
        for d in divisions().values()
    )
