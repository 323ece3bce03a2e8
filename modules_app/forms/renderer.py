"""One look for every form: Bootstrap classes on widgets, own markup for forms and fields."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import BaseRenderer, DjangoTemplates
from django.template.loader import get_template

_CHECKS = (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple)


class PageBoundField(BoundField):
    """A field whose widget carries the Bootstrap class that fits it."""

    @property
    def is_check(self) -> bool:
        """Tell whether the control stands before its label (check boxes)."""
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def is_choice_group(self) -> bool:
        """Tell whether the control is a group of radio buttons or check boxes."""
        return isinstance(self.field.widget, (forms.RadioSelect, forms.CheckboxSelectMultiple))

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Any = None) -> dict[str, Any]:
        """Add the class to whatever the widget has already."""
        widget = widget or self.field.widget
        built: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        classes = [widget.attrs.get("class", ""), _bootstrap_class(widget)]
        if self.form.is_bound and self.errors:
            classes.append("is-invalid")
        built["class"] = " ".join(name for name in classes if name)
        return built


class PageFormRenderer(BaseRenderer):
    """Finds our form templates among the project's, all others where Django keeps them."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    bound_field_class = PageBoundField

    def __init__(self) -> None:
        self._django = DjangoTemplates()

    def get_template(self, template_name: str) -> Any:
        """Return the template; raises ``TemplateDoesNotExist``."""
        if template_name.startswith("forms/"):
            return get_template(template_name)
        return self._django.get_template(template_name)


def _bootstrap_class(widget: forms.Widget) -> str:
    if isinstance(widget, _CHECKS):
        return "form-check-input"
    if isinstance(widget, forms.Select):
        return "form-select"
    return "form-control"
