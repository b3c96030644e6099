"""A field of a form as a page shows it: its name, the mark of its help, its control, what is wrong and what it is for."""

from __future__ import annotations

from typing import Any

from django.forms import BoundField, RadioSelect
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from orderwell.web.components.chosen import whole_choice
from orderwell.web.components.markup import safe


def field_markup(
    bound: BoundField,
    control: str,
    described: dict[str, Any],
    *,
    is_check: bool,
    classes: str = "",
    hide_label: bool = False,
    missing_url: str = "",
) -> SafeString:
    """`described` is what the help knows of it; `missing_url` where to make the first of what it offers."""
    label, mark = safe(bound.label), mark_of(bound, described, hide_label=hide_label)
    if isinstance(bound.field.widget, RadioSelect):
        return _radios(bound, label, mark, described, classes)
    if is_check:
        return SafeString(
            f'<div class="form-field {safe(classes)}">\n<label class="form-check">{control}<span '
            f'class="form-check-label">{label}</span></label>{mark}{_sentence(bound, described)}'
            f"{_errors(bound, named=False)}\n</div>"
        )
    marks = (" required" if bound.field.required else "") + (" visually-hidden" if hide_label else "")
    return SafeString(
        f'<div class="form-field {safe(classes)}">\n<label class="form-label{marks}" '
        f'for="{safe(bound.id_for_label)}">{label}</label>{mark}\n{control}{_whole(bound)}{_none_yet(missing_url)}'
        f"{_errors(bound, named=True)}{_sentence(bound, described)}\n</div>"
    )


def _radios(bound: BoundField, label: str, mark: str, described: dict[str, Any], classes: str) -> SafeString:
    """One line for each choice: the widget by itself would put them all into the box of a single one."""
    lines = [
        f'<label class="form-check" for="{safe(radio.id_for_label)}">{radio.tag()}<span class="form-check-label">'
        f"{safe(radio.choice_label)}</span></label>"
        for radio in bound
    ]
    about = f' aria-describedby="{safe(bound.auto_id)}_helptext"' if bound.help_text else ""
    return SafeString(
        f'<fieldset class="form-field {safe(classes)}"{about}>\n<legend class="form-label'
        f'{" required" if bound.field.required else ""}">{label}</legend>{mark}\n{"".join(lines)}'
        f"{_errors(bound, named=True)}{_sentence(bound, described)}\n</fieldset>"
    )


def mark_of(bound: BoundField, described: dict[str, Any], *, hide_label: bool = False) -> SafeString:
    """The question mark beside the name, and the sentence that waits at it."""
    mark, tip = "", ""
    if not hide_label and described["topic"]:
        about = _("Help about %(name)s") % {"name": safe(bound.label)}
        mark = (
            f'<a class="field-help" tabindex="-1" href="{safe(described["topic_url"])}" '
            f'data-help-open="{safe(described["topic"])}" aria-label="{about}">?</a>'
        )
    elif not hide_label and described["tip"]:
        mark = (
            '<button class="field-help" type="button" tabindex="-1" data-tip '
            f'aria-label="{_("What is it for?")}" aria-describedby="{safe(bound.auto_id)}_helptext">?</button>'
        )
    if described["tip"]:
        tip = (
            f'<span class="field-tip" role="tooltip" id="{safe(bound.auto_id)}_helptext">{safe(bound.help_text)}</span>'
        )
    return SafeString(mark + tip)


def _sentence(bound: BoundField, described: dict[str, Any]) -> str:
    """What the form itself says of it stands there for everybody to see."""
    if not bound.help_text or described["tip"]:
        return ""
    return f'\n<div class="form-hint" id="{safe(bound.auto_id)}_helptext">{safe(bound.help_text)}</div>'


def _whole(bound: BoundField) -> str:
    text = whole_choice(bound)
    return f'<div class="chosen-whole" data-chosen aria-hidden="true">{safe(text)}</div>' if text else ""


def _errors(bound: BoundField, *, named: bool) -> str:
    key = f' id="{safe(bound.auto_id)}_error"' if named else ""
    return "".join([f'\n<div class="invalid-feedback d-block"{key}>{safe(error)}</div>' for error in bound.errors])


def _none_yet(url: str) -> str:
    if not url:
        return ""
    set_up = f'<a href="{safe(url)}" target="_blank" rel="noopener">{_("Set one up")}</a>'
    return f'\n<div class="form-hint">\n{_("There is none yet.")} {set_up}\n</div>'
