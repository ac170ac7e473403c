"""A form field for several files. What they are is looked at by `views/files.py`, not here."""

from __future__ import annotations

from typing import Any

from django import forms

from .attachments import ACCEPT


class FilesInput(forms.FileInput):
    """Several at once; a phone offers its camera."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Never an error of the form: a file that can't be taken is said, and the words are kept."""

    widget = FilesInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)
        self.widget.attrs.update(accept=ACCEPT, multiple=True)

    def clean(self, data: Any, initial: Any = None) -> None:
        """Files are read from the request."""
        return
