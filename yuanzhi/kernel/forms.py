"""How forms look: `{{ form }}` renders in the house's style, with errors beside their fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.forms.renderers import DjangoTemplates
from django.template import loader
from django.utils.functional import Promise
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe


class Renderer(DjangoTemplates):
    """`FORM_RENDERER`: the house's components for whole forms and fields, Django's own for the inputs."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"

    def get_template(self, template_name: str) -> Any:
        if template_name.startswith("components/"):
            return loader.get_template(template_name)
        return super().get_template(template_name)

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> SafeString:
        if (drawn := _DRAWN.get(template_name)) is not None:
            return drawn(context["widget"])
        return mark_safe(super().render(template_name, context, request))  # noqa: S308 - Django's own templates


# The plainest inputs are written here rather than by Django's templates, which include two more for each
# option of a select: seventeen filters of the list took a quarter of its page.


def _attributes(attrs: Mapping[str, Any]) -> str:
    written = [
        f" {name}" if value is True else f' {name}="{conditional_escape(value)}"'
        for name, value in attrs.items()
        if value is not False
    ]
    return "".join(written)


def _input(widget: Mapping[str, Any]) -> SafeString:
    value = widget["value"]
    given = "" if value is None else f' value="{conditional_escape(value)}"'
    attrs = _attributes(widget["attrs"])
    name = conditional_escape(widget["name"])
    return mark_safe(f'<input type="{widget["type"]}" name="{name}"{given}{attrs}>')  # noqa: S308


def _option(option: Mapping[str, Any]) -> str:
    value, label = conditional_escape(option["value"]), conditional_escape(option["label"])
    return f'<option value="{value}"{_attributes(option["attrs"])}>{label}</option>'


def _select(widget: Mapping[str, Any]) -> SafeString:
    lines = [f'<select name="{conditional_escape(widget["name"])}"{_attributes(widget["attrs"])}>']
    for group, options, _ in widget["optgroups"]:
        if group:
            lines.append(f'<optgroup label="{conditional_escape(group)}">')
        lines += map(_option, options)
        if group:
            lines.append("</optgroup>")
    return mark_safe("\n".join([*lines, "</select>"]))  # noqa: S308


_DRAWN: dict[str, Callable[[Mapping[str, Any]], SafeString]] = {
    f"django/forms/widgets/{name}.html": draw
    for draw, names in {
        _select: ("select",),
        _input: ("text", "number", "email", "url", "tel", "search", "password", "hidden", "date",
                 "datetime", "time", "checkbox"),
    }.items()
    for name in names
}  # fmt: skip


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
