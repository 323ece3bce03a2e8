"""The background processes of a module: their logs, and restarting them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from modules_app.exceptions import gettext_noop as _
from modules_app.permissions import Right
from modules_app.selectors.workers import find_worker, log_tail
from modules_app.services.second_tries import retry_job
from modules_app.services.workers import restart_worker
from modules_app.views.http import PageRequest, methods, page
from modules_app.views.sudo import sudo


@methods("POST")
@page(Right.OPERATE)
@sudo(_("Restart workers of “{target}”"))
def worker_restart(request: PageRequest, module_id: str) -> HttpResponse:
    """Let one worker, or all of the module, finish, end, and start again."""
    name = request.POST.get("worker", "")[:400]
    restart_worker(actor=request.actor, module_id=module_id, name=name)
    messages.success(request, gettext("The restart was asked for."))
    return redirect("module-detail", module_id)


@methods("POST")
@page(Right.OPERATE)
@sudo(_("Try jobs of “{target}” again"))
def job_retry(request: PageRequest, module_id: str, job_id: int) -> HttpResponse:
    """Put a job that was given up back into its queue."""
    retry_job(actor=request.actor, module_id=module_id, job_id=job_id)
    messages.success(request, gettext("The job is in its queue again."))
    return redirect("module-detail", module_id)


@methods("GET")
@page(Right.OPERATE)
def worker_log(request: PageRequest, module_id: str, name: str, instance: int) -> HttpResponse:
    """Show the end of one worker's log."""
    worker = find_worker(module_id, name, instance)
    context = {"worker": worker, "text": log_tail(module_id, name, instance)}
    return render(request, "workers/log.html", context)
