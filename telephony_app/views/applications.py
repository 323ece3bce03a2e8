"""The pages of dialplan applications. Their lines run on the machine, so changing them asks for
the password first.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from modules_app.exceptions import gettext_noop as _
from modules_app.permissions import Right
from modules_app.views.http import PageRequest, full_or_part, methods, page
from modules_app.views.sudo import sudo
from telephony_app.forms.applications import ApplicationForm
from telephony_app.models import DialplanApplication
from telephony_app.selectors.lists import list_applications
from telephony_app.selectors.records import find_application
from telephony_app.services.applications import (
    change_application,
    create_application,
    delete_application,
)
from telephony_app.views.lists import list_context, read_asked
from telephony_app.views.records import Editing, Kind, delete, edit, initial_of, sent, storing

KIND = Kind(
    name="dialplan-application",
    address="/dialplan-applications/",
    title=_("Dialplan applications"),
    new=_("New dialplan application"),
    saved=_("The dialplan application %(name)s is saved."),
    delete=_("Delete the dialplan application %(name)s?"),
    deleted=_("The dialplan application %(name)s is deleted."),
    loss=_("Its number cannot be called any more, and its lines are gone."),
)
_CHANGE = _("Change what a number runs in the dialplan")


@methods("GET")
@page(Right.VIEW_TELEPHONY)
def application_list(request: PageRequest) -> HttpResponse:
    """Show the dialplan applications; htmx gets the results alone."""
    context = list_context(request, KIND.address, list_applications(read_asked(request)))
    return full_or_part(request, "telephony/applications.html", "results", context)


@methods("GET", "POST")
@page(Right.CHANGE_TELEPHONY)
@sudo(_CHANGE)
def application_new(request: PageRequest) -> HttpResponse:
    """Show an empty application (GET), or add it (POST)."""
    return _edit(request, None)


@methods("GET", "POST")
@page(Right.CHANGE_TELEPHONY, looking=Right.VIEW_TELEPHONY)
@sudo(_CHANGE)
def application_edit(request: PageRequest, record_id: int) -> HttpResponse:
    """Show an application (GET), or store it (POST)."""
    return _edit(request, find_application(record_id))


@methods("GET", "POST")
@page(Right.CHANGE_TELEPHONY)
@sudo(_("Delete a dialplan application"))
def application_delete(request: PageRequest, record_id: int) -> HttpResponse:
    """Ask, and say who refers to its number (GET), or delete it (POST)."""
    return delete(request, KIND, find_application(record_id), delete_application)


def values_of(record: DialplanApplication) -> dict[str, Any]:
    """Return what is stored of an application."""
    names = ApplicationForm.models[DialplanApplication]
    found = {name: getattr(record, name) for name in names}
    return {"number": record.extension.number, **found}


def _edit(request: PageRequest, record: DialplanApplication | None) -> HttpResponse:
    initial = initial_of(record, values_of(record) if record else {})
    form = ApplicationForm(sent(request), initial=initial)
    save = storing(request, record, create_application, change_application)
    return edit(request, Editing(KIND, form, record, save, values_of))
