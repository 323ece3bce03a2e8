"""The safe-mode page: the first of its three doors, and the way out (reference U2.3 rule 12).

It reads files and rows and never asks the host, so it answers whatever the modules do.
"""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext

from modules_app.exceptions import gettext_noop as _
from modules_app.permissions import Right
from modules_app.selectors.safe_mode import (
    boot_record,
    enabled_modules,
    make_report,
    report_as_text,
    safe_mode,
)
from modules_app.services import safe_mode as service
from modules_app.views.http import PageRequest, methods, page
from modules_app.views.sudo import sudo


@methods("GET")
@page(Right.VIEW)
def safe_mode_page(request: PageRequest) -> HttpResponse:
    """Say whether safe mode is on, by whom and why, and offer what leads out."""
    found = safe_mode()
    modules = enabled_modules(found, get_language() or "en")
    context: dict[str, Any] = {
        "found": found,
        "modules": modules,
        "impact": service.impact_of_switching(on=found is None),
        "running": [one for one in modules if one.running],
        "candidates": _rows_of(found.search.candidates if found and found.search else (), modules),
        "verdict": _rows_of(found.verdict.modules if found and found.verdict else (), modules),
        "boots": boot_record(),
    }
    return render(request, "safe_mode/page.html", context)


@methods("POST")
@page(Right.OPERATE)
@sudo(_("Switch safe mode on"))
def safe_mode_on(request: PageRequest) -> HttpResponse:
    """Switch safe mode on, with the reason that the person gave."""
    service.enter_safe_mode(actor=request.actor, reason=request.POST.get("reason", ""))
    messages.warning(request, gettext("Safe mode is on. The host unloads every module."))
    return redirect("safe-mode")


@methods("POST")
@page(Right.OPERATE)
@sudo(_("Leave safe mode"))
def safe_mode_off(request: PageRequest) -> HttpResponse:
    """Leave safe mode; nothing is checked, as nothing of the modules can be (R1.2)."""
    service.leave_safe_mode(actor=request.actor)
    messages.success(request, gettext("Safe mode is off. The host loads the enabled modules."))
    return redirect("safe-mode")


@methods("POST")
@page(Right.OPERATE)
def safe_mode_try(request: PageRequest) -> HttpResponse:
    """Load one module (``module``), or all of them, while safe mode stays on."""
    chosen = request.POST.get("module", "")
    service.try_modules(actor=request.actor, module_ids=[chosen] if chosen else ())
    return redirect("safe-mode")


@methods("POST")
@page(Right.OPERATE)
def safe_mode_stop(request: PageRequest) -> HttpResponse:
    """Unload what is being tried, and give up a search."""
    service.stop_trying(actor=request.actor)
    return redirect("safe-mode")


@methods("POST")
@page(Right.OPERATE)
def safe_mode_search(request: PageRequest) -> HttpResponse:
    """Begin to look for the culprit by halves; ``fault`` (yes or no) answers for what runs now."""
    fault = request.POST.get("fault", "")
    if fault in ("yes", "no"):
        running = request.POST.getlist("running")
        service.answer_search(actor=request.actor, running=running, fault=fault == "yes")
    else:
        service.begin_search(actor=request.actor)
    return redirect("safe-mode")


@methods("GET")
@page(Right.INSTALL)
@sudo(_("Download the report for support"), methods=("GET",))
def safe_mode_report(request: PageRequest) -> HttpResponse:
    """Hand out the report without secrets, as text or (``?format=json``) as JSON."""
    report = make_report()
    if request.GET.get("format") == "json":
        text, kind, name = json.dumps(report, indent=1), "application/json", "pbx-report.json"
    else:
        text, kind, name = report_as_text(report), "text/plain", "pbx-report.txt"
    response = HttpResponse(text, content_type=f"{kind}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _rows_of(ids: tuple[str, ...], modules: list[Any]) -> list[tuple[str, str]]:
    """Return id and title of modules that may be gone meanwhile."""
    titles = {one.row.id: one.row.title for one in modules}
    return [(module_id, titles.get(module_id, module_id)) for module_id in ids]
