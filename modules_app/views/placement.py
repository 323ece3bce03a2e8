"""Placing a module's sidebar entries: one form per entry, and arrows to move it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from modules_app.forms.menu import PlacementForm
from modules_app.models import MenuItem
from modules_app.permissions import Right
from modules_app.selectors.menu import caption_of, find_menu_item, is_shown
from modules_app.services.menu import place_menu_item, reset_menu_item
from modules_app.views.http import PageRequest, methods, page


@dataclass(frozen=True, slots=True)
class Placement:
    """One sidebar entry with its form; ``caption`` is what the sidebar shows now."""

    item: MenuItem
    caption: str
    form: PlacementForm
    placed: bool


def placement_forms(items: Iterable[MenuItem], language: str) -> list[Placement]:
    """Return the entries of a module with forms that hold their present place."""
    return [
        Placement(item, caption_of(item, language), _form(item), item.placed_order is not None)
        for item in items
    ]


@methods("POST")
@page(Right.OPERATE)
def place(request: PageRequest, module_id: str) -> HttpResponse:
    """Store the place of one entry, move it by one, or forget the administrator's choice."""
    item = find_menu_item(module_id, request.POST.get("key", ""))
    action = request.POST.get("action", "save")
    if action == "reset":
        reset_menu_item(actor=request.actor, module_id=module_id, key=item.key)
    else:
        form = PlacementForm(request.POST, prefix=_prefix(item))
        if not form.is_valid():
            context = {"form": form, "item": item, "module_id": module_id}
            return render(request, "modules/placement.html", context, status=422)
        values = {**form.cleaned_data, "order": form.cleaned_data["order"] + _step(action)}
        place_menu_item(actor=request.actor, module_id=module_id, key=item.key, **values)
    messages.success(request, gettext("The sidebar is up to date."))
    return redirect("module-detail", module_id)


def _form(item: MenuItem) -> PlacementForm:
    initial = {
        "shown": is_shown(item),
        "group": item.placed_group or item.group,
        "caption": item.placed_caption,
        "order": item.order if item.placed_order is None else item.placed_order,
    }
    return PlacementForm(initial=initial, prefix=_prefix(item))


def _prefix(item: MenuItem) -> str:
    return f"item{item.pk}"


def _step(action: str) -> int:
    return {"up": -1, "down": 1}.get(action, 0)
