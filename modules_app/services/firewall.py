"""Changing the firewall, and the way back for who shuts themselves out.

A change after which the person who asks could not open these pages any more is refused, unless it
is made as a trial: then the rules before come back after a minute if nobody keeps the new ones.
Keeping them needs the pages, so it proves that they can be reached. Whoever has no address, on the
command line, sits at the machine and may do everything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from modules_app import audit
from modules_app.domain.firewall import Action
from modules_app.domain.networks import read_span
from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.models import FirewallRule, FirewallTrial, NetworkFilter, PbxSetting
from modules_app.permissions import Actor, Right, require
from modules_app.selectors.firewall import (
    SWITCH,
    find_network,
    firewall,
    is_switched_on,
    lets_browse,
    trial,
)
from modules_app.services.core_records import refuse_if_referred
from modules_app.services.surfaces import ask_refresh

TRIAL_SECONDS = 60
SURFACES = ("firewall", "fail2ban")
MOST_SPANS = 500
_NAMED = 10
SHUTS_OUT = "firewall-shuts-you-out"

_NETWORK_FIELDS = ("id", "title", "permit", "deny", "priority", "is_local", "never_block")
_RULE_FIELDS = (
    "network_id", "module_id", "category", "description", "protocol", "port_from", "port_to",
    "port_from_key", "port_to_key", "action",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NetworkValues:
    """What a person says about a network; networks are texts in CIDR form or single addresses."""

    title: str
    permit: Sequence[str]
    deny: Sequence[str] = ()
    priority: int = 100
    is_local: bool = False
    never_block: bool = False


@dataclass(frozen=True, slots=True)
class Caution:
    """From where the person reaches these pages, and whether the change is made as a trial.

    Without an address it is the command line, which nothing shuts out.
    """

    address: str = ""
    port: int = 0
    on_trial: bool = False


AT_THE_MACHINE = Caution()


def save_network(
    *,
    actor: Actor,
    values: NetworkValues,
    actions: Mapping[tuple[str, str, str], Action] | None = None,
    network_id: int | None = None,
    caution: Caution = AT_THE_MACHINE,
) -> NetworkFilter:
    """Add a network, or change one; ``actions`` decides by module, category and name of a rule.

    What ``actions`` does not name stays as it is. Raises ``NotAllowed``, ``NotFound``, and
    ``Refused`` for wrong addresses or when the person would be shut out.
    """
    require(actor, Right.INSTALL)
    row = NetworkFilter() if network_id is None else find_network(network_id)

    def change() -> None:
        row.title = values.title.strip()[:120]
        row.permit = _spans(values.permit)
        row.deny = _spans(values.deny)
        row.priority = values.priority
        row.is_local, row.never_block = values.is_local, values.never_block
        if not row.permit:
            raise Refused("network-empty", _("A network needs at least one address."))
        row.save()
        _decide(row.pk, actions or {})

    verb = "firewall-network-add" if network_id is None else "firewall-network-change"
    _change(actor, caution, verb, values.title, change)
    return row


def delete_network(
    *,
    actor: Actor,
    network_id: int,
    caution: Caution = AT_THE_MACHINE,
    anyway: bool = False,
) -> None:
    """Delete a network and what was decided for it. Raises as `save_network` does.

    Raises ``Refused`` also when core records or rows of a module refer to it, or, without
    ``anyway``, when a module could not be asked.
    """
    require(actor, Right.INSTALL)
    row = find_network(network_id)
    refuse_if_referred(kind="networks", record_id=row.pk, anyway=anyway)
    _change(actor, caution, "firewall-network-delete", row.title, lambda: _deleted(row))


def switch_firewall(*, actor: Actor, on: bool, caution: Caution = AT_THE_MACHINE) -> None:
    """Switch filtering on or off. Raises as `save_network` does."""
    require(actor, Right.INSTALL)

    def change() -> None:
        _write_switch("1" if on else "0")

    _change(actor, caution, "firewall-on" if on else "firewall-off", "", change)


def keep_rules(*, actor: Actor) -> None:
    """End the trial: the new rules stay. Raises ``Refused`` when they went back already."""
    require(actor, Right.INSTALL)
    with transaction.atomic():
        kept, _counts = FirewallTrial.objects.filter(until__gt=timezone.now()).delete()
        if not kept:
            raise Refused(
                "firewall-no-trial",
                _("There are no rules on trial: they were kept before, or went back."),
            )
        _tell(actor, "firewall-keep", "")


def return_rules(*, actor: Actor) -> None:
    """End the trial: the rules before come back now."""
    require(actor, Right.INSTALL)
    _return(actor)


def return_when_over(*, actor: Actor) -> bool:
    """Bring the rules before back if a trial was not kept in time; tell whether it was so."""
    found = trial()
    return found is not None and found.until <= timezone.now() and _return(actor)


def forget_module(module_id: str) -> None:
    """Delete what was decided about the rules of a module whose data is deleted, too."""
    if FirewallRule.objects.filter(module_id=module_id).delete()[0]:
        ask_refresh(SURFACES)


def refuse_shutting_out(caution: Caution) -> None:
    """Raise ``Refused`` when the rows as they are now keep that address from these pages."""
    if is_switched_on() and not lets_browse(firewall(), caution.address, caution.port):
        raise Refused(
            SHUTS_OUT,
            _("Your own address {address} could not open these pages any more."),
            context={"address": caution.address},
            hint=_(
                "Allow the web pages for your network, or try the rules for a minute on the "
                "firewall page: unless you keep them, the present ones come back."
            ),
        )


def _change(
    actor: Actor, caution: Caution, action: str, target: str, change: Callable[[], Any]
) -> None:
    """Change rows, unless that shuts the actor out and is no trial."""
    with transaction.atomic():
        before = _snapshot()
        change()
        if not caution.on_trial:
            refuse_shutting_out(caution)
        elif trial() is None:
            until = timezone.now() + timedelta(seconds=TRIAL_SECONDS)
            FirewallTrial.objects.create(before=before, until=until, started_by=actor.name)
        _tell(actor, action, target, on_trial=caution.on_trial)


def _tell(actor: Actor, action: str, target: str, **detail: Any) -> None:
    audit.record(actor=actor, action=action, target=target, outcome="done", detail=detail)
    ask_refresh(SURFACES)


def _snapshot() -> dict[str, Any]:
    return {
        "networks": list(NetworkFilter.objects.values(*_NETWORK_FIELDS)),
        "rules": list(FirewallRule.objects.values(*_RULE_FIELDS)),
        "switch": "1" if is_switched_on() else "0",
    }


def _return(actor: Actor) -> bool:
    with transaction.atomic():
        found = trial()
        if found is None:
            return False
        FirewallRule.objects.all().delete()
        _return_networks(found.before["networks"])
        FirewallRule.objects.bulk_create(FirewallRule(**one) for one in found.before["rules"])
        _write_switch(found.before["switch"])
        FirewallTrial.objects.all().delete()
        _tell(actor, "firewall-return", found.started_by)
    return True


def _return_networks(before: Sequence[Mapping[str, Any]]) -> None:
    """Make the networks those of before; one that came since and is in use permits nobody."""
    known = {values["id"] for values in before}
    for row in NetworkFilter.objects.exclude(pk__in=known):
        try:
            row.delete()
        except ProtectedError:
            row.permit = []
            row.save()
    for values in before:
        NetworkFilter(**values).save()


def _decide(network_id: int, actions: Mapping[tuple[str, str, str], Action]) -> None:
    """Store a decision for each rule that is offered now: the one named, else the present one."""
    found = firewall()
    network = next(one for one in found.networks if one.id == network_id)
    for category in found.categories:
        for rule in category.rules:
            wanted = actions.get((category.module_id, category.key, rule.name))
            FirewallRule.objects.update_or_create(
                network_id=network_id,
                module_id=category.module_id,
                category=category.key,
                description=rule.name,
                defaults={
                    "protocol": rule.protocol,
                    "port_from": rule.port_from,
                    "port_to": rule.port_to,
                    "port_from_key": rule.port_from_key,
                    "port_to_key": rule.port_to_key,
                    "action": wanted or found.action(network, category, rule),
                },
            )


def _spans(texts: Sequence[str]) -> list[str]:
    """Return the networks as they are stored. Raises ``Refused``."""
    found = []
    for text in texts:
        try:
            found.append(str(read_span(text)))
        except ValueError:
            raise Refused(
                "network-address",
                _("“{text}” is no address and no network such as 192.168.1.0/24 or 2001:db8::/32."),
                context={"text": text[:60]},
            ) from None
    if len(found) > MOST_SPANS:
        raise Refused(
            "network-too-long",
            _("A network holds {most} lines at most; make several."),
            context={"most": MOST_SPANS},
        )
    return list(dict.fromkeys(found))


def _write_switch(value: str) -> None:
    PbxSetting.objects.update_or_create(key=SWITCH, defaults={"value": value})


def _deleted(row: NetworkFilter) -> None:
    try:
        row.delete()
    except ProtectedError as error:
        names = sorted(str(one) for one in error.protected_objects)
        more = f" (+{len(names) - _NAMED})" if len(names) > _NAMED else ""
        raise Refused(
            "record-in-use",
            _("“{name}” is in use: {records}."),
            context={"name": row.title, "records": "; ".join(names[:_NAMED]) + more},
            hint=_("Delete these records first, or let them refer to something else."),
        ) from error
