"""The settings page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext, ngettext

from modules_app.bridge.address import browser_address
from modules_app.exceptions import gettext_noop as _
from modules_app.forms.extra import ExtraFieldsForm
from modules_app.forms.settings import SettingsForm
from modules_app.permissions import Right
from modules_app.selectors.settings import all_settings, settings_by_group
from modules_app.services.module_forms import SaveProblem, extra_fields, save_extra_fields
from modules_app.services.settings import write_settings
from modules_app.views.http import PageRequest, methods, page
from modules_app.views.sudo import sudo

FORM = "GeneralSettings"


@methods("GET", "POST")
@page(Right.INSTALL)
@sudo(_("Change the settings"))
def settings_page(request: PageRequest) -> HttpResponse:
    """Show the typed settings in groups (GET), or store what was changed (POST).

    The fields of modules are checked with ours, and given to them once ours are stored.
    """
    form, extra = _forms(request)
    if request.method != "POST":
        return _page(request, form, extra)
    if not (form.is_valid() & extra.is_valid()):
        return _page(request, form, extra, status=422)
    changed = write_settings(
        actor=request.actor, values=form.texts(), address=browser_address(request)
    )
    problems = save_extra_fields(FORM, extra.values(), all_settings(), **reader(request))
    messages.success(request, _said(len(changed), bool(extra.values())))
    if not problems:
        return redirect("settings")
    return _refused_by_modules(request, form, extra, problems)


def _forms(request: PageRequest) -> tuple[SettingsForm, ExtraFieldsForm]:
    """Return our form and that of the modules, with what was sent."""
    sent = request.POST if request.method == "POST" else None
    parts = extra_fields(FORM, all_settings(), **reader(request))
    return SettingsForm(sent, groups=settings_by_group()), ExtraFieldsForm(sent, parts=parts)


def reader(request: PageRequest) -> dict[str, Any]:
    """Return who reads the page, in which language, as the services for modules take it."""
    return {"user": request.user, "language": get_language() or "en"}


def _refused_by_modules(
    request: PageRequest,
    form: SettingsForm,
    extra: ExtraFieldsForm,
    problems: Sequence[SaveProblem],
) -> HttpResponse:
    for problem in problems:
        extra.tell(problem)
        messages.warning(
            request,
            gettext("“%(id)s” did not store the values of its fields.") % {"id": problem.module_id},
        )
    return _page(request, form, extra, status=422)


def _page(
    request: PageRequest, form: SettingsForm, extra: ExtraFieldsForm, status: int = 200
) -> HttpResponse:
    return render(request, "pages/settings.html", {"form": form, "extra": extra}, status=status)


def _said(count: int, with_modules: bool) -> str:
    if not count and with_modules:
        return gettext("Our own settings are as they were.")
    if not count:
        return gettext("Nothing was changed.")
    return ngettext("%(n)d setting saved.", "%(n)d settings saved.", count) % {"n": count}
