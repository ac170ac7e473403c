"""How forms look: `{{ form }}` renders in the house's style, with errors beside their fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.forms.renderers import DjangoTemplates
from django.template import loader
from django.utils.functional import Promise


class Renderer(DjangoTemplates):
    """`FORM_RENDERER`: the house's components for whole forms and fields, Django's own for the inputs."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
    # Django's select includes two templates for each option: a hundred industries took a quarter of a page.
    quicker = {"django/forms/widgets/select.html": "components/select.html"}

    def get_template(self, template_name: str) -> Any:
        template_name = self.quicker.get(template_name, template_name)
        if template_name.startswith("components/"):
            return loader.get_template(template_name)
        return super().get_template(template_name)


class Picker(forms.TextInput):
    """A combobox over a search url: posts the chosen id, or the typed words when nothing was chosen.

    `data_url` answers `?q=` with `components/options.html`-like fragments whose options carry
    `data-id` and `data-label`. Without JavaScript the typed words arrive as the value, so a form's
    `clean_<name>` decides by name or code. `label_of` gives the words shown for a value already chosen.
    """

    template_name = "components/picker.html"

    def __init__(
        self,
        *,
        data_url: str | Promise | Callable[[], str],
        label_of: Callable[[Any], str] = str,
        attrs: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(attrs)
        self.data_url = data_url
        self.label_of = label_of

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        url = self.data_url() if callable(self.data_url) else self.data_url
        shown = "" if value in (None, "") else self.label_of(value)
        context["widget"].update(data_url=url, shown=shown, value="" if value is None else str(value))
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> str:
        return data.get(name) or data.get(f"{name}_text", "")

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and f"{name}_text" not in data
