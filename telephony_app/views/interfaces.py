"""The pages of accounts for programs: AMI users and ARI users."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from modules_app.exceptions import gettext_noop as _
from modules_app.permissions import Right
from modules_app.views.http import PageRequest, full_or_part, methods, page
from modules_app.views.sudo import sudo
from telephony_app.domain.rights import AMI_RIGHTS
from telephony_app.forms.interfaces import AriUserForm, ManagerUserForm
from telephony_app.models import AriUser, ManagerUser
from telephony_app.selectors.lists import list_ari_users, list_manager_users
from telephony_app.selectors.records import find_record
from telephony_app.services.interfaces import (
    change_ari_user,
    change_manager_user,
    create_ari_user,
    create_manager_user,
    delete_ari_user,
    delete_manager_user,
)
from telephony_app.views.lists import list_context, read_asked
from telephony_app.views.records import (
    Editing,
    Kind,
    delete,
    edit,
    initial_of,
    reveal,
    sent,
    storing,
)

AMI = Kind(
    name="ami-user",
    address="/ami-users/",
    title=_("AMI users"),
    new=_("New AMI user"),
    saved=_("AMI user %(name)s is saved."),
    delete=_("Delete AMI user %(name)s?"),
    deleted=_("AMI user %(name)s is deleted."),
    loss=_("A program that uses this account cannot connect any more."),
    form="telephony/manager_fields.html",
    lead=_("Accounts of programs that talk to Asterisk through its manager interface."),
    empty=_("No AMI user yet"),
    first=_(
        "Give each program an account of its own, with no more rights than it needs. PBX Admin and "
        "its modules have their own already."
    ),
)
ARI = Kind(
    name="ari-user",
    address="/ari-users/",
    title=_("ARI users"),
    new=_("New ARI user"),
    saved=_("ARI user %(name)s is saved."),
    delete=_("Delete ARI user %(name)s?"),
    deleted=_("ARI user %(name)s is deleted."),
    loss=AMI.loss,
    lead=_("Accounts of programs that talk to Asterisk through its REST interface."),
    empty=_("No ARI user yet"),
    first=_("Give each program an account of its own."),
)
_CHANGE = _("Change the accounts of programs")
_WHILE_TYPING = ("GET", "POST")


@methods("GET")
@page(Right.VIEW_TELEPHONY)
def manager_user_list(request: PageRequest) -> HttpResponse:
    """Show the AMI users; htmx gets the results alone."""
    return _list(request, AMI, list_manager_users(read_asked(request)))


@methods("GET", "POST")
@page(Right.CHANGE_TELEPHONY)
@sudo(_CHANGE, methods=_WHILE_TYPING, careful=True)
def manager_user_new(request: PageRequest) -> HttpResponse:
    """Show an empty AMI user (GET), or add it (POST)."""
    return _edit_manager(request, None)


@methods("GET", "POST")
@page(Right.CHANGE_TELEPHONY, looking=Right.VIEW_TELEPHONY)
@sudo(_CHANGE, methods=_WHILE_TYPING, careful=True)
def manager_user_edit(request: PageRequest, record_id: int) -> HttpResponse:
    """Show an AMI user (GET), or store it (POST)."""
    return _edit_manager(request, find_record(ManagerUser, record_id))


@methods("GET", "POST")
@page(Right.CHANGE_TELEPHONY)
@sudo(_("Delete an AMI user"))
def manager_user_delete(request: PageRequest, record_id: int) -> HttpResponse:
    """Ask (GET), or delete it (POST)."""
    return delete(request, AMI, find_record(ManagerUser, record_id), delete_manager_user)


@methods("POST")
@page(Right.CHANGE_TELEPHONY)
@sudo(_("Show the password of an AMI user"))
def manager_user_secret(request: PageRequest, record_id: int) -> HttpResponse:
    """Show the password of an AMI user."""
    record = find_record(ManagerUser, record_id)
    return reveal(request, AMI, record, record.secret)


@methods("GET")
@page(Right.VIEW_TELEPHONY)
def ari_user_list(request: PageRequest) -> HttpResponse:
    """Show the ARI users; htmx gets the results alone."""
    return _list(request, ARI, list_ari_users(read_asked(request)))


@methods("GET", "POST")
@page(Right.CHANGE_TELEPHONY)
@sudo(_CHANGE, methods=_WHILE_TYPING, careful=True)
def ari_user_new(request: PageRequest) -> HttpResponse:
    """Show an empty ARI user (GET), or add it (POST)."""
    return _edit_ari(request, None)


@methods("GET", "POST")
@page(Right.CHANGE_TELEPHONY, looking=Right.VIEW_TELEPHONY)
@sudo(_CHANGE, methods=_WHILE_TYPING, careful=True)
def ari_user_edit(request: PageRequest, record_id: int) -> HttpResponse:
    """Show an ARI user (GET), or store it (POST)."""
    return _edit_ari(request, find_record(AriUser, record_id))


@methods("GET", "POST")
@page(Right.CHANGE_TELEPHONY)
@sudo(_("Delete an ARI user"))
def ari_user_delete(request: PageRequest, record_id: int) -> HttpResponse:
    """Ask (GET), or delete it (POST)."""
    return delete(request, ARI, find_record(AriUser, record_id), delete_ari_user)


@methods("POST")
@page(Right.CHANGE_TELEPHONY)
@sudo(_("Show the password of an ARI user"))
def ari_user_secret(request: PageRequest, record_id: int) -> HttpResponse:
    """Show the password of an ARI user."""
    record = find_record(AriUser, record_id)
    return reveal(request, ARI, record, record.password)


def manager_values(record: ManagerUser) -> dict[str, Any]:
    """Return what is stored of an AMI user, without its password."""
    names = (*ManagerUserForm.models[ManagerUser], "rights")
    return {name: getattr(record, name) for name in names}


def ari_values(record: AriUser) -> dict[str, Any]:
    """Return what is stored of an ARI user, without its password."""
    names = (*AriUserForm.models[AriUser], "applications")
    return {name: getattr(record, name) for name in names}


def _edit_manager(request: PageRequest, record: ManagerUser | None) -> HttpResponse:
    initial = initial_of(record, manager_values(record) if record else {})
    form = ManagerUserForm(sent(request), rights=AMI_RIGHTS, initial=initial)
    save = storing(request, record, create_manager_user, change_manager_user)
    return edit(request, Editing(AMI, form, record, save, manager_values))


def _edit_ari(request: PageRequest, record: AriUser | None) -> HttpResponse:
    initial = initial_of(record, ari_values(record) if record else {})
    form = AriUserForm(sent(request), initial=initial)
    save = storing(request, record, create_ari_user, change_ari_user)
    return edit(request, Editing(ARI, form, record, save, ari_values))


def _list(request: PageRequest, kind: Kind, listed: Any) -> HttpResponse:
    context = {**list_context(request, kind.address, listed), "kind": kind}
    return full_or_part(request, "telephony/interface_users.html", "results", context)
