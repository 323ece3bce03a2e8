"""Testing and loading the nftables ruleset."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from django.conf import settings

from modules_app.applier.report import Report, run_program
from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _

RULESET = "pbxadmin.nft"
INCLUDES = 'include "pbxadmin-additional.nft"'
TABLE = ("inet", "pbxadmin")
NOT_WANTED = _(
    "Rules are not loaded here: they are written and tested, but PBX_FIREWALL_LOAD is not set."
)
NOT_ROOT = _("Only root may load rules; the applier runs as another user.")
NO_NAMESPACE = _("Only root may test rules here: {reason}")

_SET = re.compile(r"^\s*set ([\w-]+) \{", re.MULTILINE)


def guard(folder: Path) -> None:
    """Raise ``Refused`` when a file includes others: what is wrong in those would be shown."""
    for path in sorted(folder.rglob("*")):
        for line in path.read_bytes().decode().split("\n") if path.is_file() else ():
            if line.strip() != INCLUDES and _may_include(line):
                raise Refused(
                    "firewall-include",
                    _("A file of the firewall may include no other one: {line}"),
                    context={"line": line.strip()[:200]},
                )


def _may_include(line: str) -> bool:
    """Quotes must close on their line, so that what lies between them is known to be a text."""
    outside, is_open = line.split('"')[::2], line.count('"') % 2
    is_comment = line.lstrip().startswith("#")
    return not is_comment and bool(is_open or "include" in " ".join(outside))


def check(folder: Path) -> Report:
    """Let nftables read the ruleset without loading it.

    An ordinary user does it in a network namespace of their own.
    """
    if os.geteuid() == 0:
        return run_program(*_nft("-c", folder))
    report = run_program("unshare", "--user", "--map-root-user", "--net", *_nft("-c", folder))
    if report.output.startswith("unshare:"):
        return Report(ok=True, skipped=NO_NAMESPACE.format(reason=report.output.strip()[:200]))
    return report


def load(folder: Path) -> Report:
    """Load the ruleset in one transaction, then delete the sets of jails that are gone."""
    if reason := why_not():
        return Report(ok=True, skipped=reason)
    report = run_program(*_nft("", folder))
    if report.ok and not report.skipped:
        _sweep_sets(folder)
    return report


def why_not() -> str:
    """Return why nothing is loaded on this machine, "" where it is."""
    if not settings.PBX_FIREWALL_LOAD:
        return NOT_WANTED
    return "" if os.geteuid() == 0 else NOT_ROOT


def inside(*arguments: str) -> tuple[str, ...]:
    """Return a command as it runs in the network namespace PBX_NETNS, if one is named."""
    name = settings.PBX_NETNS
    return ("ip", "netns", "exec", name, *arguments) if name else arguments


def _nft(option: str, folder: Path) -> tuple[str, ...]:
    options = [option] if option else []
    return inside("nft", *options, "-I", str(folder), "-f", str(folder / RULESET))


def _sweep_sets(folder: Path) -> None:
    """Nothing speaks of these sets any more, so a failure harms nobody."""
    listed = run_program(*inside("nft", "-j", "list", "sets", "inet"))
    wanted = set(_SET.findall((folder / RULESET).read_text()))
    try:
        items = json.loads(listed.output)["nftables"]
    except (ValueError, KeyError):
        return
    for item in items:
        found = item.get("set", {})
        if found.get("table") == TABLE[1] and found.get("name") not in wanted:
            run_program(*inside("nft", "delete", "set", *TABLE, found["name"]))
