"""What the pages of all telephone records have in common: showing a form, storing, deleting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from modules_app import audit
from modules_app.exceptions import ModuleError
from modules_app.forms.extra import ExtraFieldsForm
from modules_app.services.module_forms import extra_fields, save_extra_fields
from modules_app.views.http import PageRequest
from modules_app.views.settings import reader
from telephony_app.domain.passwords import new_secret
from telephony_app.forms.base import RecordForm, SecretField
from telephony_app.models.base import TelephonyModel
from telephony_app.selectors.references import references_to
from telephony_app.services.records import CHANGED

_PASS_ON = (403, 404)


@dataclass(frozen=True, slots=True)
class Kind:
    """What pages say of one kind of record; all words are English and to be translated.

    ``address`` is the list, ``form`` the template of the open fields where the usual one does not
    do, ``loss`` what deleting one means, ``extra`` the seeds' name of the form where modules may
    add fields to it. ``lead``, ``empty`` and ``first`` stand in the lists that share a template.
    """

    name: str
    address: str
    title: str
    new: str
    saved: str
    delete: str
    deleted: str
    loss: str
    form: str = "telephony/open_fields.html"
    extra: str = ""
    lead: str = ""
    empty: str = ""
    first: str = ""


@dataclass(frozen=True, slots=True)
class Editing:
    """One form on its way: its record, None for a new one, and what stores it.

    ``save`` gets what was typed and the revision that the person saw; it returns the record.
    ``values_of`` returns what is stored, by the names of the form, without passwords.
    """

    kind: Kind
    form: RecordForm
    record: TelephonyModel | None
    save: Callable[[dict[str, Any], int | None], TelephonyModel]
    values_of: Callable[[Any], dict[str, Any]]

    @property
    def action(self) -> str:
        """Return where the form is sent."""
        return f"{self.kind.address}{self.record.pk if self.record else 'new'}/"

    @property
    def heading(self) -> str:
        """Return the name of the record, or that it is a new one."""
        return str(self.record) if self.record else gettext(self.kind.new)

    @property
    def entity(self) -> dict[str, Any]:
        """Return the record as modules see it: plain values, without passwords."""
        if self.record is None:
            return {}
        stored = self.values_of(self.record)
        plain = {key: one.pk if isinstance(one, Model) else one for key, one in stored.items()}
        return {"id": self.record.pk, **plain}


def sent(request: PageRequest) -> Any:
    """Return what a form was sent with, None when it is only to be shown."""
    return None if request.method != "POST" or "generate" in request.POST else request.POST


def initial_of(record: TelephonyModel | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form shows at first: what is stored, for a new record a fresh password."""
    if record is None:
        fresh = new_secret()
        return {"secret": fresh, "password": fresh, **values}
    return {**values, "revision": record.revision}


def storing(
    request: PageRequest,
    record: TelephonyModel | None,
    create: Callable[..., TelephonyModel],
    change: Callable[..., TelephonyModel],
) -> Callable[[dict[str, Any], int | None], TelephonyModel]:
    """Return what stores a form, as `Editing.save`: into its record, or as a new one."""

    def save(values: dict[str, Any], revision: int | None) -> TelephonyModel:
        if record is None:
            return create(actor=request.actor, values=values)
        return change(actor=request.actor, record_id=record.pk, values=values, revision=revision)

    return save


def edit(request: PageRequest, editing: Editing) -> HttpResponse:
    """Show a form (GET), or store it with the fields of modules and go to the list (POST)."""
    if request.only_looks:
        return _look(request, editing)
    if request.method == "POST" and not editing.form.is_bound:
        _keep_typed(request, editing.form)
    extra, conflict = _extra(request, editing), None
    if editing.form.is_bound and editing.form.is_valid() & (not extra or extra.is_valid()):
        try:
            revision = editing.form.cleaned_data.get("revision")
            record = editing.save(editing.form.values(), revision)
        except ModuleError as error:
            if error.http_status in _PASS_ON:
                raise
            conflict = _told(editing, error)
        else:
            return _saved(request, replace(editing, record=record), extra)
    return show(request, editing, extra, conflict)


def show(
    request: PageRequest,
    editing: Editing,
    extra: ExtraFieldsForm | None = None,
    conflict: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Draw a form; 422 when something is wrong in it, 409 when somebody else was faster."""
    wrong = editing.form.errors or (extra is not None and extra.errors)
    context = {
        "form": editing.form,
        "kind": editing.kind,
        "record": editing.record,
        "heading": editing.heading,
        "action": editing.action,
        "extra": extra,
        "conflict": conflict,
    }
    status = 409 if conflict else 422 if wrong else 200
    return render(request, "telephony/form.html", context, status=status)


def _look(request: PageRequest, editing: Editing) -> HttpResponse:
    """Show a record to those who may only look: no passwords, and nothing that modules add."""
    editing.form.lock()
    context = {"form": editing.form, "kind": editing.kind, "heading": editing.heading}
    return render(request, "telephony/record.html", context)


def delete(
    request: PageRequest, kind: Kind, record: TelephonyModel, act: Callable[..., object]
) -> HttpResponse:
    """Ask, and say who refers to it (GET), or delete with the service ``act`` (POST)."""
    name, problem = str(record), None
    if request.method == "POST":
        try:
            act(actor=request.actor, record_id=record.pk, anyway=request.POST.get("anyway") == "1")
        except ModuleError as error:
            if error.http_status in _PASS_ON:
                raise
            problem = error.as_dict()
        else:
            messages.success(request, gettext(kind.deleted) % {"name": name})
            return redirect(kind.address)
    heading = gettext(kind.delete) % {"name": name}
    context = {"kind": kind, "record": record, "problem": problem, "heading": heading}
    context["references"] = references_to(record)
    template = "telephony/delete.html" + ("#dialog" if request.htmx else "")
    return render(request, template, context, status=422 if problem else 200)


def reveal(request: PageRequest, kind: Kind, record: TelephonyModel, secret: str) -> HttpResponse:
    """Show a stored password, and write down who looked at it."""
    audit.record(
        actor=request.actor, action="secret-show", target=f"{kind.name} {record}", outcome="done"
    )
    context = {"record": record, "secret": secret, "back": f"{kind.address}{record.pk}/"}
    response = render(request, "telephony/secret.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _extra(request: PageRequest, editing: Editing) -> ExtraFieldsForm | None:
    """Return the fields that modules add; what was sent only counts when ours was sent, too."""
    if not editing.kind.extra:
        return None
    parts = extra_fields(editing.kind.extra, editing.entity, **reader(request))
    typed = request.POST if editing.form.is_bound else None
    return ExtraFieldsForm(typed, parts=parts) if parts else None


def _saved(request: PageRequest, editing: Editing, extra: ExtraFieldsForm | None) -> HttpResponse:
    """Give modules their values once ours are stored, and say what came of both."""
    kind = editing.kind
    messages.success(request, gettext(kind.saved) % {"name": editing.heading})
    values = extra.values() if extra else {}
    problems = save_extra_fields(kind.extra, values, editing.entity, **reader(request))
    if extra is None or not problems:
        return redirect(kind.address)
    for problem in problems:
        extra.tell(problem)
        said = gettext("“%(id)s” did not store the values of its fields.")
        messages.warning(request, said % {"id": problem.module_id})
    return show(request, _reread(editing), extra)


def _reread(editing: Editing) -> Editing:
    """Let the form carry the revision that is stored now."""
    form = editing.form
    if editing.record is not None:
        form.data = form.data.copy()
        form.data["revision"] = str(editing.record.revision)
    return editing


def _keep_typed(request: PageRequest, form: RecordForm) -> None:
    """Let an unsent form show what was typed so far, with a fresh password."""
    secret = new_secret()
    for name, field in form.fields.items():
        typed = field.widget.value_from_datadict(request.POST, request.FILES, name)
        form.initial[name] = secret if isinstance(field, SecretField) else typed


def _told(editing: Editing, error: ModuleError) -> dict[str, Any] | None:
    """Put a refusal into the form; return the differences when somebody else was faster."""
    if error.slug != CHANGED or editing.record is None:
        editing.form.tell(error)
        return None
    _reread(editing)
    return {"changed_at": editing.record.changed_at, "lines": _differences(editing)}


def _differences(editing: Editing) -> list[dict[str, str]]:
    """Return what is stored now and what was typed, for every field where they differ."""
    stored, found = editing.values_of(editing.record), []
    for name, value in editing.form.values().items():
        theirs, yours = _text(stored.get(name)), _text(value)
        if name in stored and theirs != yours:
            field = editing.form.fields.get(name)
            label = str(field.label) if field and field.label else name
            found.append({"label": label, "theirs": theirs, "yours": yours})
    return found


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "—"
    if isinstance(value, dict):
        return ", ".join(f"{key}: {one}" for key, one in value.items() if one) or "—"
    return "—" if value is None or value == "" else str(value)
