"""The surface of the firewall: one nftables ruleset, tested and loaded as a whole."""

from __future__ import annotations

import re
from pathlib import Path

from modules_app.domain.firewall_lines import read_lines
from modules_app.exceptions import gettext_noop as _
from modules_app.selectors import fail2ban
from modules_app.selectors.answers import answers_to
from modules_app.selectors.firewall import RULES_HOOK, firewall, is_switched_on, module_categories
from modules_app.selectors.settings import all_settings
from modules_app.surfaces.base import (
    CUSTOM,
    Complaint,
    GeneratedFile,
    Rendering,
    Surface,
    join_blocks,
)
from modules_app.surfaces.nftables import ADDITIONAL, Bans, Ruleset, pieces
from modules_app.surfaces.programs import tested, told

LINES_HOOK = "on_after_iptables_reload"
RULESET = "firewall/pbxadmin.nft"
OWN_LINES = f"firewall/{ADDITIONAL}"

_OWN_LINES_TEXT = """\
# Statements of the administrator, one on each line: a custom file with this path adds them here.
# They come after the networks and before the lines of modules.
"""
_ERROR = re.compile(r"([\w.-]+\.nft):(\d+):\d+(?:-\d+)?: Error: (.+)")


class FirewallSurface(Surface):
    """Rules of networks, bans, and lines of modules and of the administrator."""

    name = "firewall"
    hooks = (RULES_HOOK, LINES_HOOK)

    def render(self, left_out: frozenset[str]) -> Rendering:
        """Write the ruleset; faults of answers become complaints."""
        complaints: list[Complaint] = []
        rules = Ruleset(bans=bans(left_out))
        if is_switched_on():
            rules = self._filtering(left_out, complaints, rules.bans)
        file = join_blocks(RULESET, pieces(rules))
        return Rendering((file, GeneratedFile(OWN_LINES, _OWN_LINES_TEXT)), tuple(complaints))

    def check(self, draft: Path, rendering: Rendering) -> list[Complaint]:
        """Let ``nft -c`` read the ruleset; each error is blamed on who wrote the line."""
        report = tested(self.name, rendering.texts)
        return [] if report.ok else read_errors(report.output, rendering)

    def reload(self) -> None:
        """Load the ruleset, all of it or nothing."""
        told(self.name)

    def _filtering(
        self, left_out: frozenset[str], complaints: list[Complaint], banned: list[Bans]
    ) -> Ruleset:
        for module_id, fault in module_categories()[1]:
            complaints.append(
                Complaint(module_id, RULESET, 0, fault.slug, fault.message, fault.context)
            )
        lines = []
        for answer in answers_to(LINES_HOOK):
            if answer.module_id in left_out:
                continue
            found, faults = read_lines(answer.value)
            lines.append((answer.module_id, found))
            complaints += [
                Complaint(answer.module_id, RULESET, number, one.slug, one.message, one.context)
                for number, one in faults
            ]
        return Ruleset(banned, firewall(), _most_new(), lines)


def bans(left_out: frozenset[str] = frozenset()) -> list[Bans]:
    """Return the sets of banned addresses that the jails need, none while fail2ban is off."""
    if not fail2ban.is_switched_on():
        return []
    found = [
        Bans(one.jail.name, one.jail.ports, one.jail.protocol) for one in fail2ban.core_jails()
    ]
    for module in fail2ban.module_jails():
        if module.module_id not in left_out:
            found += [
                Bans(jail.name, jail.ports, jail.protocol, module.module_id)
                for jail in module.jails
            ]
    return found


def read_errors(output: str, rendering: Rendering) -> list[Complaint]:
    """Return what nft complained about, each with the owner of the line."""
    found = []
    for name, line, reason in _ERROR.findall(output):
        file = rendering.file(f"firewall/{name}")
        if file is None or (name == ADDITIONAL and not file.blocks):
            continue
        owner = CUSTOM if name == ADDITIONAL else file.owner_of(int(line))
        message = _("nftables does not take the line: {reason}")
        context = {"reason": reason, "text": _line(file.text, int(line))}
        found.append(
            Complaint(owner, file.path, int(line), "firewall-line-wrong", message, context)
        )
    if not found:
        message = _("nftables does not take the ruleset: {reason}")
        context = {"reason": output.strip()[-500:]}
        found.append(Complaint("", RULESET, 0, "firewall-ruleset-wrong", message, context))
    return found


def _most_new() -> int:
    values = all_settings()
    limited = values["PBXRateLimitEnabled"] == "1"
    return int(values["PBXFirewallMaxReqSec"] or 0) if limited else 0


def _line(text: str, number: int) -> str:
    lines = text.split("\n")
    return lines[number - 1].strip()[:200] if 0 < number <= len(lines) else ""
