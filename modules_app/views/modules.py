"""The module list, one line of it, and the page of one module."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from modules_app.domain.states import HELD_BACK
from modules_app.exceptions import NotFound
from modules_app.permissions import Right
from modules_app.selectors.forbidden import forbidden_verbs
from modules_app.selectors.history import checks_of, last_trouble, version_history
from modules_app.selectors.hook_results import hook_rows
from modules_app.selectors.modules import (
    ModulePage,
    ModuleRow,
    all_modules,
    count_states,
    get_module_page,
    get_module_row,
    matching,
    pick,
)
from modules_app.selectors.needs import needed_by
from modules_app.selectors.operations import OperationPage, get_operation
from modules_app.selectors.relations import relations_of_module
from modules_app.selectors.rights import grant_lines
from modules_app.selectors.workers import workers_of
from modules_app.views.first_run import steps_for
from modules_app.views.http import PageRequest, full_or_part, methods, page
from modules_app.views.placement import placement_forms
from modules_app.views.reports import read_report
from modules_app.views.rows import (
    CHOOSING,
    Around,
    buttons,
    clean_sort,
    drawn_rows,
    known_state,
    list_query,
    list_row,
    need_line,
    sort_links,
    state_chips,
    without,
)
from modules_app.views.ways import told


@methods("GET")
@page()
def module_list(request: PageRequest) -> HttpResponse:
    """Show the modules that match search and filter; htmx gets the results alone."""
    everything = all_modules(language())
    asked = _asked(request)
    rows = matching(everything, **asked)
    chosen = _chosen(request, everything, rows)
    around = Around.now(everything)
    counts = count_states(everything)
    context = {
        "lines": drawn_rows(rows, request.actor.rights, around, frozenset(chosen)),
        "chips": state_chips(counts, **asked, chosen=chosen),
        "sorts": sort_links(**asked, chosen=chosen),
        **_choice(rows, chosen, request.actor.rights),
        "all_query": f"{list_query(**asked, chosen=chosen)}&all=1",
        "total": len(everything),
        **asked,
    }
    return full_or_part(request, "modules/list.html", "results", context)


def _asked(request: PageRequest) -> dict[str, str]:
    """Return search, filter and order, each as far as it makes sense."""
    return {
        "search": request.GET.get("q", "")[:200],
        "state": known_state(request.GET.get("state", "")),
        "sort": clean_sort(request.GET.get("sort", "")),
    }


def _chosen(
    request: PageRequest, everything: Iterable[ModuleRow], matching_now: Iterable[ModuleRow]
) -> list[str]:
    """Return the ticked modules, also those that a filter hides; ``all`` ticks what matches."""
    asked = set(request.GET.getlist("id"))
    if request.GET.get("all") == "1":
        asked |= {row.id for row in matching_now}
    return [row.id for row in everything if row.id in asked] if asked else []


def _choice(
    rows: Collection[ModuleRow], chosen: list[str], rights: frozenset[Right]
) -> dict[str, Any]:
    shown = {row.id for row in rows} if chosen else set()
    return {
        "can_choose": not CHOOSING.isdisjoint(rights),
        "found": len(rows),
        "chosen": chosen,
        "hidden_ids": [one for one in chosen if one not in shown],
    }


@methods("GET")
@page()
def module_row(request: PageRequest, module_id: str) -> HttpResponse:
    """Return one line of the list, which asks again while an operation runs on it."""
    return row_fragment(request, module_id, request.GET.get("operation", ""))


@methods("GET")
@page()
def module_detail(request: PageRequest, module_id: str) -> HttpResponse:
    """Show one module: state and way out, versions, facts, checks, hooks, sidebar, operations."""
    found = get_module_page(module_id, language())
    module, hooks = found.module, hook_rows(found.module)
    context = {
        **_around(found, request.actor.rights),
        "report": read_report({**found.facts, "translations": module.translations}),
        **buttons(_allowed(found.row), request.actor.rights),
        "trouble": last_trouble(found.operations),
        "steps": steps_for(request, module.id),
        "versions": version_history(module),
        "left_over": module.facts.get("left_over") or {},
        "checks": checks_of(module),
        "hooks": hooks,
        "hooks_in_trouble": sum(hook.failed for hook in hooks),
        "workers": workers_of(module.id),
        **_asked_for(found),
        "placements": placement_forms(found.menu_items, language()),
    }
    return render(request, "modules/detail.html", context)


def _allowed(row: ModuleRow) -> ModuleRow:
    """Return the row without the verbs that the module's author forbids."""
    return without(row, forbidden_verbs([row]).get(row.id, ()))


def _around(found: ModulePage, rights: frozenset[Right]) -> dict[str, Any]:
    """Return the module, and what the others have to do with it."""
    everything = all_modules(language())
    around = Around.now(everything)
    relations = relations_of_module(found.module.id, language())
    return {
        "relations": relations,
        "clashes": told(relations.clashes, rights),
        "found": found,
        "module": found.module,
        "row": found.row,
        "facts": found.facts,
        "lacking": [need_line(need) for need in around.needs.get(found.module.id, ())],
        "needed_by": needed_by(found.module.id, everything),
        "held_back": HELD_BACK if around.holds_back(found.row) else "",
    }


def _asked_for(found: ModulePage) -> dict[str, Any]:
    """Return what the module wants of the administrator and of people."""
    return {
        "grants": grant_lines(found.module),
        "page_rights": [
            (right, pick(right.captions, language(), right.caption))
            for right in found.module.rights.all()
        ],
        "missing": [item for item in found.menu_items if item.missing],
    }


def row_fragment(request: PageRequest, module_id: str, operation_id: int | str) -> HttpResponse:
    """Draw one line with the operation that the person follows there."""
    row = get_module_row(module_id, language())
    followed = _followed(operation_id)
    context = {
        "row": list_row(row, request.actor.rights, Around.now(all_modules(language()))),
        "follow": followed.operation.pk if followed and followed.open else None,
        "failed": followed if followed and followed.error else None,
    }
    return render(request, "modules/row_followed.html", context)


def language() -> str:
    """Return the language of this request."""
    return get_language() or "en"


def _followed(operation_id: int | str) -> OperationPage | None:
    try:
        return get_operation(int(operation_id))
    except (ValueError, NotFound):
        return None
