"""Generated configuration: what is applied, what waits, who is blamed, and one's own parts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from modules_app.exceptions import Refused, fill
from modules_app.exceptions import gettext_noop as _
from modules_app.forms.custom_file import CustomFileForm
from modules_app.permissions import Right
from modules_app.selectors.modules import find_module
from modules_app.services.surfaces import apply_again, delete_custom_file, write_custom_file
from modules_app.surfaces.differences import Difference
from modules_app.surfaces.overview import (
    AppliedFile,
    complaints_about,
    custom_file,
    find_file,
    overview,
    parts_of,
)
from modules_app.views.http import PageRequest, methods, page
from modules_app.views.sudo import sudo


@methods("GET")
@page(Right.INSTALL)
def surface_list(request: PageRequest) -> HttpResponse:
    """Show every surface with its files."""
    return render(request, "configuration/list.html", {"views": overview()})


@methods("POST")
@page(Right.INSTALL)
def surface_apply(request: PageRequest) -> HttpResponse:
    """Let the operator test, swap and reload one surface, or all of them."""
    name = request.POST.get("name", "")
    views = overview([name] if name else [])
    apply_again(actor=request.actor, names=[view.name for view in views])
    messages.success(request, gettext("It is tested and applied now; load this page again."))
    return redirect("configuration")


@methods("GET")
@page(Right.INSTALL)
def of_module(request: PageRequest, module_id: str) -> HttpResponse:
    """Show what one module wrote into which files, and what was refused of it."""
    module = find_module(module_id)
    found, waiting = parts_of(module.pk), _waiting_of(module.pk)
    context = {
        "module": module,
        "found": [(file, parts) for file, parts in found if not file.target],
        "links": [file for file, _parts in found if file.target],
        "complaints": complaints_about(module.pk),
        "waiting": [one for one in waiting if not one.is_link],
        "waiting_links": [one for one in waiting if one.is_link],
    }
    return render(request, "configuration/module.html", context)


@methods("GET")
@page(Right.INSTALL)
def file_page(request: PageRequest, path: str) -> HttpResponse:
    """Show one file: what is in use and whose it is, what waits, and the form for one's own part.

    A custom text for a file that is not generated any more can still be read and deleted.
    """
    return _show(request, path, CustomFileForm(initial=_initial(path)))


@methods("POST")
@page(Right.INSTALL)
@sudo(_("Change the generated file {target}"))
def custom_write(request: PageRequest, path: str) -> HttpResponse:
    """Store one's own part of a file."""
    form = CustomFileForm(request.POST)
    if not form.is_valid():
        return _show(request, path, form, status=422)
    try:
        values = form.cleaned_data
        write_custom_file(actor=request.actor, path=path, mode=values["mode"], text=values["text"])
    except Refused as error:
        if error.http_status != 422:
            raise
        form.add_error("text", fill(gettext(error.message), error.context))
        return _show(request, path, form, status=422)
    messages.success(request, gettext("Your text is stored; it is tested and applied now."))
    return redirect(reverse("configuration-file", args=[path]))


@methods("POST")
@page(Right.INSTALL)
@sudo(_("Change the generated file {target}"))
def custom_delete(request: PageRequest, path: str) -> HttpResponse:
    """Take one's own part of a file away."""
    delete_custom_file(actor=request.actor, path=path)
    messages.success(request, gettext("Your text is deleted; the file is applied without it."))
    return redirect("configuration")


def _show(
    request: PageRequest, path: str, form: CustomFileForm, *, status: int = 200
) -> HttpResponse:
    view, applied, waiting = find_file(path)
    context: dict[str, Any] = {
        "view": view,
        "path": path,
        "file": applied,
        "link": [applied] if applied and applied.target else [],
        "waiting": waiting,
        "custom": custom_file(path),
        "changed_by_custom": _by_custom(applied),
        "complaints": [one for one in view.state.complaints if one["path"] == path],
        "form": form,
    }
    return render(request, "configuration/file.html", context, status=status)


def _initial(path: str) -> dict[str, str]:
    row = custom_file(path)
    return {"mode": row.mode, "text": row.text} if row else {}


def _by_custom(applied: AppliedFile | None) -> Difference | None:
    """Return what the administrator's part changes in the file."""
    if applied is None or applied.original is None:
        return None
    return Difference(applied.path, applied.original, applied.text)


def _waiting_of(module_id: str) -> list[Difference]:
    """Return the waiting differences of files in which the module writes, or will."""
    found = []
    for view in overview():
        drawing = view.drawing
        for one in view.differences:
            file = drawing.final.file(one.path) if drawing else None
            before = next((f for f in view.files if f.path == one.path), None)
            owners = {block.owner for block in file.blocks} if file else set()
            if module_id in owners | set(before.owners if before else ()):
                found.append(one)
    return found
