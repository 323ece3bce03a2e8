"""What is wrong with the folder of a module in development."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext

from modules_app.exceptions import fill
from modules_app.selectors.watched import watched_problem

register = template.Library()


@register.simple_tag
def problem_of_folder(module_id: str) -> dict[str, str] | None:
    """Return folder, sentence and details of the last change that could not be installed."""
    found: dict[str, Any] | None = watched_problem(module_id)
    if found is None:
        return None
    context = found.get("context") or {}
    return {
        "folder": str(found.get("folder", "")),
        "sentence": fill(gettext(str(found.get("message", ""))), context),
        "details": str(context.get("details", "")),
    }
