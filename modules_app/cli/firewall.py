"""``module firewall`` and ``module bans``: the way in for who shut themselves out."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext

from modules_app.cli.changing import actor
from modules_app.cli.output import print_json, print_table, sentence
from modules_app.cli.surfaces import wait_until_looked
from modules_app.exceptions import Refused, fill
from modules_app.exceptions import gettext_noop as _
from modules_app.models import SurfaceState
from modules_app.selectors import firewall as selector
from modules_app.services.fail2ban import list_bans, unban
from modules_app.services.firewall import keep_rules, return_rules, switch_firewall

FAILED = 1


def firewall(args: Any) -> int:
    """Switch the firewall on or off, end a trial of rules, or say how it is."""
    if args.what in ("on", "off"):
        switch_firewall(actor=actor(), on=args.what == "on")
    elif args.what == "keep":
        keep_rules(actor=actor())
    elif args.what == "return":
        return_rules(actor=actor())
    if args.what != "status":
        wait_until_looked(quiet=args.json)
    state = SurfaceState.objects.filter(name="firewall").first()
    if args.json:
        print_json(_record(state))
    else:
        sys.stdout.write("\n".join(_lines(state)) + "\n")
    return FAILED if state and state.problem else 0


def bans(args: Any) -> int:
    """List who is banned, or let an address go from every jail that holds it."""
    found = list_bans()
    if found is None:
        raise Refused("fail2ban-silent", _("fail2ban does not run on this machine."))
    if args.free:
        for ban in found:
            if ban.address == args.free:
                unban(actor=actor(), jail=ban.jail, address=ban.address)
        found = list_bans() or []
    if args.json:
        print_json({"bans": [asdict(ban) for ban in found]})
    elif found:
        headings = [gettext("Address"), gettext("Jail"), gettext("Since"), gettext("Until")]
        print_table(headings, [[one.address, one.jail, one.since, one.until] for one in found])
    else:
        sys.stdout.write(gettext("Nobody is banned.") + "\n")
    return 0


def _record(state: SurfaceState | None) -> dict[str, Any]:
    found, trial = selector.firewall(), selector.trial()
    return {
        "on": selector.is_switched_on(),
        "trial_until": trial.until.isoformat() if trial else None,
        "problem": state.problem if state else None,
        "notes": state.notes if state else [],
        "networks": [
            {
                "id": network.id,
                "title": network.title,
                "permit": [str(span) for span in network.permits],
                "deny": [str(span) for span in network.denies],
                "allowed": [f"{one.key}: {rule.name}" for one, rule in found.allowed(network)],
            }
            for network in found.networks
        ],
    }


def _lines(state: SurfaceState | None) -> list[str]:
    on = selector.is_switched_on()
    lines = [gettext("The firewall is on.") if on else gettext("The firewall is off.")]
    if trial := selector.trial():
        until = trial.until.isoformat(timespec="seconds")
        words = gettext("Rules are on trial until {until}; then those before come back.")
        lines.append(fill(words, {"until": until}))
    if state and state.problem:
        lines.append(sentence(state.problem, "message"))
    lines += [sentence(note, "message") for note in (state.notes if state else [])]
    found = selector.firewall()
    for network in found.networks:
        keys = dict.fromkeys(category.key for category, _rule in found.allowed(network))
        spans = ", ".join(map(str, network.permits))
        lines.append(f"{network.title} ({spans}): {', '.join(keys) or '-'}")
    return lines
