"""The firewall from rows and answers: what the page shows and what the surface is made of."""

from __future__ import annotations

from ipaddress import ip_address

from django.conf import settings

from modules_app.domain.firewall import (
    WEB,
    Action,
    Category,
    Decision,
    Firewall,
    Network,
    RuleKey,
    core_categories,
)
from modules_app.domain.firewall_answers import Fault, read_categories
from modules_app.domain.networks import read_address, read_span
from modules_app.exceptions import NotFound
from modules_app.exceptions import gettext_noop as _
from modules_app.models import FirewallRule, FirewallTrial, NetworkFilter
from modules_app.selectors.answers import answers_to
from modules_app.selectors.settings import all_settings

RULES_HOOK = "get_default_firewall_rules"
SWITCH = "PBXFirewallEnabled"


def firewall() -> Firewall:
    """Return networks, categories of core and of modules in use, and what was decided."""
    return Firewall(networks(), (*core(), *module_categories()[0]), decisions())


def networks() -> tuple[Network, ...]:
    """Return the networks in the order of their priority."""
    return tuple(network_of(row) for row in NetworkFilter.objects.all())


def network_of(row: NetworkFilter) -> Network:
    """Return the values of a row."""
    return Network(
        id=row.pk,
        title=row.title,
        priority=row.priority,
        permits=tuple(read_span(text) for text in row.permit),
        denies=tuple(read_span(text) for text in row.deny),
        is_local=row.is_local,
        never_block=row.never_block,
    )


def find_network(network_id: int) -> NetworkFilter:
    """Return the row. Raises ``NotFound``."""
    row = NetworkFilter.objects.filter(pk=network_id).first()
    if row is None:
        raise NotFound("network-not-found", _("There is no such network any more."))
    return row


def core() -> tuple[Category, ...]:
    """Return the core categories with the ports that are set."""
    return core_categories(all_settings(), own_port())


def module_categories() -> tuple[list[Category], list[tuple[str, Fault]]]:
    """Return the categories of modules in use, and what of their answers does not count."""
    values = all_settings()
    found: list[Category] = []
    faults: list[tuple[str, Fault]] = []
    for answer in answers_to(RULES_HOOK):
        categories, wrong = read_categories(answer.module_id, answer.value, values)
        found += categories
        faults += [(answer.module_id, fault) for fault in wrong]
    return found, faults


def decisions() -> dict[RuleKey, Decision]:
    """Return every stored decision, also those about modules that are not in use."""
    return {
        (row.network_id, row.module_id, row.category, row.description): decision_of(row)
        for row in FirewallRule.objects.all()
    }


def decision_of(row: FirewallRule) -> Decision:
    """Return what a row decides, and about which ports."""
    if row.protocol == "icmp":
        return Decision(Action(row.action), row.protocol)
    first = row.port_from_key or row.port_from
    last = row.port_to_key or row.port_to
    return Decision(Action(row.action), f"{row.protocol}/{first}-{last}")


def is_switched_on() -> bool:
    """Tell whether the firewall filters at all."""
    return all_settings()[SWITCH] == "1"


def lets_browse(found: Firewall, address: str, port: int = 0) -> bool:
    """Tell whether someone at ``address`` reaches the pages of PBX Admin.

    ``port`` is the one that they use; if it is none of the category WEB, one open port will do.
    What is no address, a socket say, is on this machine.
    """
    client = read_address(address)
    if client is None:
        return True
    rules = [rule for one in found.categories if one.key == WEB for rule in one.rules]
    ports = [rule.port_from for rule in rules]
    wanted = [port] if port in ports else ports
    return any(found.lets_in(client, one) for one in wanted)


def own_port() -> int:
    """Return the port of PBX Admin itself, 0 when it answers on this machine only."""
    try:
        hidden = ip_address(settings.PBX_BIND).is_loopback
    except ValueError:
        hidden = settings.PBX_BIND == "localhost"
    return 0 if hidden else int(settings.PBX_PORT)


def trial() -> FirewallTrial | None:
    """Return the trial of new rules that is under way."""
    return FirewallTrial.objects.order_by("-pk").first()
