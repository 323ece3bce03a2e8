"""Networks of the firewall over REST, which telephones and accounts are bound to, too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from ninja import Router, Status

from modules_app.api.answers import ROOT, ApiRequest
from modules_app.api.gate import proven
from modules_app.api.schemas import (
    Error,
    NetworkIn,
    NetworkNewIn,
    NetworkOut,
    NetworkRule,
    Networks,
)
from modules_app.bridge.address import browser_address
from modules_app.domain.api_keys import Scope
from modules_app.domain.firewall import Action, Firewall, Network
from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.permissions import Actor
from modules_app.selectors.firewall import find_network, firewall, network_of, trial
from modules_app.services.firewall import Caution, NetworkValues, delete_network, save_network

router = Router(tags=["networks"])

_FIELDS = ("title", "permit", "deny", "priority", "is_local", "never_block")
_REFUSED = {403: Error, 404: Error, 422: Error}


@router.get("", url_name="networks", response={200: Networks, 403: Error})
def list_networks(request: ApiRequest) -> dict[str, Any]:
    """Every network with what it may use, in the order of priorities."""
    request.caller.acting_in(Scope.VIEW)
    found = firewall()
    return {"networks": [_shape(found, one) for one in found.networks]}


@router.post("", url_name="networks", response={201: NetworkOut, 403: Error, 422: Error})
def add_network(request: ApiRequest, response: HttpResponse, network: NetworkNewIn) -> Status:
    """Add a network; rules that are not named are as their category says."""
    shape = _save(request, proven(request, Scope.INSTALL), network, {}, None)
    response["Location"] = f"{ROOT}networks/{shape['id']}"
    return Status(201, shape)


@router.get("/{int:network_id}", url_name="network", response={200: NetworkOut, **_REFUSED})
def show_network(request: ApiRequest, network_id: int) -> dict[str, Any]:
    """Show one network."""
    request.caller.acting_in(Scope.VIEW)
    return _shape(firewall(), network_of(find_network(network_id)))


@router.patch("/{int:network_id}", url_name="network", response={200: NetworkOut, **_REFUSED})
def change_network(request: ApiRequest, network_id: int, network: NetworkIn) -> dict[str, Any]:
    """Change what is sent; refused where your own address would be shut out."""
    actor, row = proven(request, Scope.INSTALL), find_network(network_id)
    before = {name: getattr(row, name) for name in _FIELDS}
    return _save(request, actor, network, before, network_id)


@router.delete("/{int:network_id}", url_name="network", response={204: None, **_REFUSED})
def remove_network(request: ApiRequest, network_id: int, anyway: bool = False) -> Status:
    """Delete a network that nothing refers to."""
    actor = proven(request, Scope.INSTALL)
    caution = _caution(request)
    delete_network(actor=actor, network_id=network_id, caution=caution, anyway=anyway)
    return Status(204, None)


def _caution(request: ApiRequest) -> Caution:
    """Return from where it is asked; while rules are on trial every change belongs to the trial."""
    port = request.get_port()
    number = int(port) if port.isdigit() else 0
    return Caution(browser_address(request), number, on_trial=trial() is not None)


def _save(
    request: ApiRequest,
    actor: Actor,
    asked: NetworkIn,
    before: Mapping[str, Any],
    network_id: int | None,
) -> dict[str, Any]:
    sent = asked.model_dump(exclude_unset=True, exclude={"rules"}, exclude_none=True)
    row = save_network(
        actor=actor,
        values=NetworkValues(**{**before, **sent}),
        actions=_actions(asked.rules or ()),
        network_id=network_id,
        caution=_caution(request),
    )
    return _shape(firewall(), network_of(row))


def _actions(rules: Sequence[NetworkRule]) -> dict[tuple[str, str, str], Action]:
    """Return the decisions that were sent. Raises ``Refused`` for a rule that is not offered."""
    offered = {
        (category.module_id, category.key, rule.name)
        for category in firewall().categories
        for rule in category.rules
    }
    found = {(one.module, one.category, one.name): Action(one.action) for one in rules}
    for module_id, category, name in found.keys() - offered:
        raise Refused(
            "firewall-rule-unknown",
            _("There is no rule “{name}” in the category “{category}”."),
            context={"name": name[:100], "category": f"{module_id} {category}".strip()[:100]},
        )
    return found


def _shape(found: Firewall, network: Network) -> dict[str, Any]:
    return {
        "id": network.id,
        "title": network.title,
        "permit": [str(span) for span in network.permits],
        "deny": [str(span) for span in network.denies],
        "priority": network.priority,
        "is_local": network.is_local,
        "never_block": network.never_block,
        "rules": [
            {
                "module": category.module_id,
                "category": category.key,
                "name": rule.name,
                "action": str(found.action(network, category, rule)),
            }
            for category in found.categories
            for rule in category.rules
        ],
    }
