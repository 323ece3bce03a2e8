"""The firewall page: networks and what each may use; new rules can be tried for a minute."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from modules_app.bridge.address import browser_address
from modules_app.domain.firewall import Action, Category, Firewall, Network
from modules_app.exceptions import Refused, fill
from modules_app.exceptions import gettext_noop as _
from modules_app.forms.firewall import NetworkForm
from modules_app.models import SurfaceState
from modules_app.permissions import Right
from modules_app.selectors import firewall as selector
from modules_app.services import firewall as service
from modules_app.views.http import PageRequest, methods, page
from modules_app.views.sudo import sudo


@methods("GET")
@page(Right.VIEW)
def firewall_page(request: PageRequest) -> HttpResponse:
    """Show networks × categories, whether the rules are loaded, and a trial under way."""
    found = selector.firewall()
    client = browser_address(request)
    context = {
        "is_on": selector.is_switched_on(),
        "categories": found.categories,
        "rows": [
            (one, [_cell(found, one, each) for each in found.categories]) for one in found.networks
        ],
        "trial": selector.trial(),
        "state": SurfaceState.objects.filter(name="firewall").first(),
        "client": client,
    }
    return render(request, "firewall/page.html", context)


@methods("GET", "POST")
@page(Right.INSTALL)
@sudo(_("Change the firewall"))
def network_add(request: PageRequest) -> HttpResponse:
    """Show an empty network (GET), or add it (POST)."""
    return _edit(request, None)


@methods("GET", "POST")
@page(Right.INSTALL)
@sudo(_("Change the firewall"))
def network_edit(request: PageRequest, network_id: int) -> HttpResponse:
    """Show a network and its rules (GET), or store them (POST)."""
    return _edit(request, selector.network_of(selector.find_network(network_id)))


@methods("GET", "POST")
@page(Right.INSTALL)
@sudo(_("Change the firewall"))
def network_delete(request: PageRequest, network_id: int) -> HttpResponse:
    """Ask (GET), then delete the network with its decisions (POST)."""
    row = selector.find_network(network_id)
    if request.method != "POST":
        return render(request, "firewall/delete.html", {"network": row})
    problem = _carefully(request, lambda caution: _delete(request, network_id, caution))
    if problem is not None:
        context = {"network": row, "problem": problem}
        return render(request, "firewall/delete.html", context, status=422)
    return _back(request, gettext("The network “%(title)s” is deleted.") % {"title": row.title})


@methods("POST")
@page(Right.INSTALL)
@sudo(_("Switch the firewall on or off"))
def firewall_switch(request: PageRequest) -> HttpResponse:
    """Switch filtering on (``on`` is 1) or off."""
    wanted = request.POST.get("on") == "1"
    problem = _carefully(
        request,
        lambda caution: service.switch_firewall(actor=request.actor, on=wanted, caution=caution),
    )
    if problem is not None:
        return render(request, "firewall/switch.html", {"problem": problem}, status=422)
    return _back(
        request, gettext("The firewall is on.") if wanted else gettext("The firewall is off.")
    )


@methods("POST")
@page(Right.INSTALL)
def firewall_keep(request: PageRequest) -> HttpResponse:
    """Keep the rules on trial. It needs no password: who reaches this has proved what matters."""
    service.keep_rules(actor=request.actor)
    return _back(request, gettext("The new rules stay."))


@methods("POST")
@page(Right.INSTALL)
def firewall_return(request: PageRequest) -> HttpResponse:
    """End the trial at once: the rules before come back."""
    service.return_rules(actor=request.actor)
    return _back(request, gettext("The rules before are back."))


def _edit(request: PageRequest, network: Network | None) -> HttpResponse:
    form = NetworkForm(
        request.POST if request.method == "POST" else None,
        firewall=selector.firewall(),
        network=network,
        initial=_initial(network),
    )
    context: dict[str, Any] = {"form": form, "network": network}
    if request.method == "POST" and form.is_valid():
        problem = _carefully(request, lambda caution: _save(request, form, network, caution))
        if problem is None:
            title = form.cleaned_data["title"]
            return _back(request, gettext("The network “%(title)s” is saved.") % {"title": title})
        if problem["slug"] == service.SHUTS_OUT:
            context["problem"] = problem
        else:
            form.add_error(None, fill(gettext(problem["message"]), problem["context"]))
    status = 422 if form.errors or "problem" in context else 200
    return render(request, "firewall/network.html", context, status=status)


def _save(
    request: PageRequest, form: NetworkForm, network: Network | None, caution: service.Caution
) -> None:
    service.save_network(
        actor=request.actor,
        values=form.values(),
        actions=form.actions(),
        network_id=network.id if network else None,
        caution=caution,
    )


def _delete(request: PageRequest, network_id: int, caution: service.Caution) -> None:
    service.delete_network(actor=request.actor, network_id=network_id, caution=caution)


def _carefully(
    request: PageRequest, change: Callable[[service.Caution], None]
) -> dict[str, Any] | None:
    """Do it from where the person is; return what stands in the way, as data.

    While rules are on trial every change belongs to the trial.
    """
    on_trial = "on_trial" in request.POST or selector.trial() is not None
    port = request.get_port()
    caution = service.Caution(
        browser_address(request), int(port) if port.isdigit() else 0, on_trial
    )
    try:
        change(caution)
    except Refused as error:
        return error.as_dict()
    return None


def _back(request: PageRequest, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("firewall")


def _initial(network: Network | None) -> dict[str, Any]:
    if network is None:
        return {}
    return {
        "title": network.title,
        "permit": [str(span) for span in network.permits],
        "deny": [str(span) for span in network.denies],
        "priority": network.priority,
        "is_local": network.is_local,
        "never_block": network.never_block,
    }


def _cell(found: Firewall, network: Network, category: Category) -> tuple[Category, str]:
    actions = {found.action(network, category, rule) for rule in category.rules}
    if len(actions) > 1:
        return category, "partly"
    return category, str(actions.pop()) if actions else str(Action.BLOCK)
