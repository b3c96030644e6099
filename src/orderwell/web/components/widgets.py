"""The HTML of the controls of a form, written in Python: Django renders four templates for each, and one more for every
option. What comes out is the same to the byte."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.template.base import render_value_in_context
from django.template.context import Context

from orderwell.web.components.markup import safe

_PLACE = "django/forms/widgets/"
_AS_DJANGO = Context()


class Renderer(DjangoTemplates):
    """What it does not know it leaves to the templates: files to clear, controls of several parts, whole forms."""

    def render(self, template_name: str, context: Any, request: HttpRequest | None = None) -> str:
        write = _KNOWN.get(template_name)
        if write is None:
            return super().render(template_name, context, request)
        return write(context["widget"]).strip()


def _said(value: Any) -> str:
    """What `{{ value }}` makes of it."""
    if type(value) is str:
        return safe(value)
    return str(render_value_in_context(value, _AS_DJANGO))


def _attributes(attributes: Mapping[str, Any]) -> str:
    return "".join(
        [
            f" {_said(name)}" if value is True else f' {_said(name)}="{safe(value)}"'
            for name, value in attributes.items()
            if value is not False
        ]
    )


def _input(widget: Mapping[str, Any]) -> str:
    value = widget["value"]
    shown = "" if value is None else f' value="{safe(value)}"'
    return (
        f'<input type="{_said(widget["type"])}" name="{_said(widget["name"])}"{shown}{_attributes(widget["attrs"])}>\n'
    )


def _area(widget: Mapping[str, Any]) -> str:
    text = _said(widget["value"]) if widget["value"] else ""
    return f'<textarea name="{_said(widget["name"])}"{_attributes(widget["attrs"])}>\n{text}</textarea>\n'


def _select(widget: Mapping[str, Any]) -> str:
    parts = [f'<select name="{_said(widget["name"])}"{_attributes(widget["attrs"])}>']
    for group, options, _index in widget["optgroups"]:
        if group:
            parts.append(f'\n  <optgroup label="{_said(group)}">')
        parts += [f"\n  {_option(option)}" for option in options]
        if group:
            parts.append("\n  </optgroup>")
    parts.append("\n</select>\n")
    return "".join(parts)


def _option(option: Mapping[str, Any]) -> str:
    attributes = _attributes(option["attrs"]) if option["attrs"] else ""
    return f'<option value="{safe(option["value"])}"{attributes}>{_said(option["label"])}</option>\n'


def _boxes(widget: Mapping[str, Any]) -> str:
    """A list of boxes or of round ones."""
    key, classes = widget["attrs"].get("id"), widget["attrs"].get("class")
    opening = (f' id="{_said(key)}"' if key else "") + (f' class="{_said(classes)}"' if classes else "")
    parts = [f"<div{opening}>"]
    for group, options, _index in widget["optgroups"]:
        if group:
            parts.append(f"\n  <div><label>{_said(group)}</label>")
        parts += [f"<div>\n    {_box(option)}\n</div>" for option in options]
        if group:
            parts.append("\n  </div>")
    parts.append("\n</div>\n")
    return "".join(parts)


def _box(option: Mapping[str, Any]) -> str:
    if not option["wrap_label"]:
        return f"{_input(option)}\n"
    key = option["attrs"].get("id")
    target = f' for="{_said(key)}"' if key else ""
    return f"<label{target}>{_input(option)} {_said(option['label'])}</label>\n"


_INPUTS = ("checkbox", "color", "date", "datetime", "email", "file", "hidden", "input", "number", "password", "search")
_KNOWN: dict[str, Callable[[Mapping[str, Any]], str]] = {
    **{f"{_PLACE}{name}.html": _input for name in (*_INPUTS, "tel", "text", "time", "url")},
    **dict.fromkeys((f"{_PLACE}radio.html", f"{_PLACE}checkbox_select.html"), _boxes),
    **dict.fromkeys((f"{_PLACE}radio_option.html", f"{_PLACE}checkbox_option.html"), _box),
    f"{_PLACE}select.html": _select,
    f"{_PLACE}textarea.html": _area,
}
