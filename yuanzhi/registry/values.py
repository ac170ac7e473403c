"""Facts as the model keeps them, from how they are written in histories, urls and conflicts."""

from __future__ import annotations

from typing import Any, cast

from django.db import models

from .models import Enterprise


def as_kept(field: str, written: Any, model: type[models.Model] = Enterprise) -> Any:
    """`written` as a value of this field, e.g. "2019-03-05" as a date. Raises ValidationError."""
    return cast("models.Field[Any, Any]", model._meta.get_field(field)).to_python(written)
