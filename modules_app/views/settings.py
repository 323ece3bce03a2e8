"""The settings page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext

from modules_app.exceptions import gettext_noop as _
from modules_app.forms.settings import SettingsForm
from modules_app.permissions import Right
from modules_app.selectors.settings import settings_by_group
from modules_app.services.settings import write_settings
from modules_app.views.http import PageRequest, methods, page
from modules_app.views.sudo import sudo


@methods("GET", "POST")
@page(Right.INSTALL)
@sudo(_("Change the settings"))
def settings_page(request: PageRequest) -> HttpResponse:
    """Show the typed settings in groups (GET), or store what was changed (POST)."""
    groups = settings_by_group()
    if request.method != "POST":
        return render(request, "pages/settings.html", {"form": SettingsForm(groups=groups)})
    form = SettingsForm(request.POST, groups=groups)
    if not form.is_valid():
        return render(request, "pages/settings.html", {"form": form}, status=422)
    changed = write_settings(actor=request.actor, values=form.texts())
    messages.success(request, _said(len(changed)))
    return redirect("settings")


def _said(count: int) -> str:
    if not count:
        return gettext("Nothing was changed.")
    return ngettext("%(n)d setting saved.", "%(n)d settings saved.", count) % {"n": count}
