"""Changing when fail2ban bans, and letting addresses go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from modules_app import audit
from modules_app.applier import client
from modules_app.applier.fail2ban import Ban
from modules_app.applier.report import Report
from modules_app.domain.networks import read_span
from modules_app.exceptions import ModuleError, Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.models import PbxSetting
from modules_app.permissions import Actor, Right, require
from modules_app.selectors.fail2ban import SWITCH, numbers
from modules_app.services.surfaces import ask_refresh

LONGEST = 10 * 365 * 86400


@dataclass(frozen=True, slots=True)
class Fail2BanValues:
    """So many attempts within so many seconds ban for so many seconds (reference M6.7)."""

    max_retry: int = 20
    find_time: int = 600
    ban_time: int = 600
    white_list: Sequence[str] = ()
    is_on: bool = True


def save_fail2ban(*, actor: Actor, values: Fail2BanValues) -> None:
    """Store numbers and the white list. Raises ``NotAllowed``, and ``Refused`` for wrong ones."""
    require(actor, Right.INSTALL)
    if not all(1 <= n <= LONGEST for n in (values.max_retry, values.find_time, values.ban_time)):
        raise Refused("fail2ban-number", _("Attempts and times are whole numbers from 1."))
    row = numbers()
    row.max_retry, row.find_time = values.max_retry, values.find_time
    row.ban_time, row.white_list = values.ban_time, _addresses(values.white_list)
    with transaction.atomic():
        row.save()
        PbxSetting.objects.update_or_create(
            key=SWITCH, defaults={"value": "1" if values.is_on else "0"}
        )
        audit.record(actor=actor, action="fail2ban-change", target="", outcome="done")
        ask_refresh(["firewall", "fail2ban"])


def list_bans() -> list[Ban] | None:
    """Return who is banned now, None where that cannot be known: fail2ban does not run."""
    try:
        found = client.ask("bans", "fail2ban")["bans"]
    except ModuleError:
        return None
    return None if found is None else [Ban(**one) for one in found]


def unban(*, actor: Actor, jail: str, address: str) -> None:
    """Let an address go from one jail now. Raises ``ModuleError`` when fail2ban does not do it."""
    require(actor, Right.OPERATE)
    report = Report(**client.ask("unban", "fail2ban", jail=jail, address=address))
    if not report.ok or report.skipped:
        raise ModuleError(
            "unban-failed",
            _("fail2ban did not let {address} go: {reason}"),
            context={"address": address, "reason": report.skipped or report.output[-300:]},
        )
    audit.record(actor=actor, action="unban", target=address, outcome="done", detail={"jail": jail})


def _addresses(texts: Sequence[str]) -> list[str]:
    try:
        return list(dict.fromkeys(str(read_span(text)) for text in texts))
    except ValueError:
        raise Refused(
            "network-address",
            _("“{text}” is no address and no network such as 192.168.1.0/24 or 2001:db8::/32."),
            context={"text": ", ".join(texts)[:60]},
        ) from None
