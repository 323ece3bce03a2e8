"""The fail2ban page: jails, who is banned, who never is."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from modules_app.exceptions import Refused, fill
from modules_app.exceptions import gettext_noop as _
from modules_app.forms.firewall import Fail2BanForm
from modules_app.models import SurfaceState
from modules_app.permissions import Right
from modules_app.selectors import fail2ban as selector
from modules_app.services import fail2ban as service
from modules_app.views.http import PageRequest, methods, page
from modules_app.views.sudo import sudo


@methods("GET")
@page(Right.VIEW)
def fail2ban_page(request: PageRequest) -> HttpResponse:
    """Show jails, bans and numbers."""
    form = Fail2BanForm.of(selector.numbers(), is_on=selector.is_switched_on())
    return render(request, "fail2ban/page.html", _context(form))


@methods("POST")
@page(Right.INSTALL)
@sudo(_("Change the settings of fail2ban"))
def fail2ban_save(request: PageRequest) -> HttpResponse:
    """Store attempts, times and the white list."""
    form = Fail2BanForm(request.POST)
    if form.is_valid():
        try:
            service.save_fail2ban(actor=request.actor, values=form.values())
        except Refused as error:
            form.add_error(None, fill(gettext(error.message), error.context))
        else:
            messages.success(request, gettext("The settings of fail2ban are saved."))
            return redirect("fail2ban")
    return render(request, "fail2ban/page.html", _context(form), status=422)


@methods("POST")
@page(Right.OPERATE)
def fail2ban_unban(request: PageRequest) -> HttpResponse:
    """Let one address (``address``) go from one jail (``jail``)."""
    address = request.POST.get("address", "")
    service.unban(actor=request.actor, jail=request.POST.get("jail", ""), address=address)
    messages.success(request, gettext("%(address)s is free again.") % {"address": address})
    return redirect("fail2ban")


def _context(form: Fail2BanForm) -> dict[str, Any]:
    bans = service.list_bans()
    return {
        "form": form,
        "bans": bans,
        "jails": _jails(),
        "state": SurfaceState.objects.filter(name="fail2ban").first(),
    }


def _jails() -> list[dict[str, str]]:
    core = [
        {"name": one.jail.name, "title": gettext(one.title), "ports": one.jail.ports, "owner": ""}
        for one in selector.core_jails()
    ]
    return core + [
        {"name": jail.name, "title": "", "ports": jail.ports, "owner": one.module_id}
        for one in selector.module_jails()
        for jail in one.jails
    ]
