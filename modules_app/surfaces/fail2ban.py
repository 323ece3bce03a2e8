"""The surface of fail2ban: a configuration folder of its own, for an own instance of fail2ban.

It holds everything that fail2ban needs and shares nothing with /etc/fail2ban: the jails of PBX
Admin (``jail.local``), each module's jail and filter, and one action, which puts addresses into
the set of their jail in our table of nftables. What a module says about actions is overridden.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from modules_app.applier.fail2ban import run_dir
from modules_app.domain import fail2ban_folder as folder
from modules_app.exceptions import gettext_noop as _
from modules_app.selectors import fail2ban
from modules_app.selectors.fail2ban import FILTERS_HOOK, JAILS_HOOK, CoreJail, ModuleJails
from modules_app.surfaces.base import (
    CORE,
    Block,
    Complaint,
    GeneratedFile,
    Rendering,
    Surface,
    join_blocks,
)
from modules_app.surfaces.fail2ban_texts import CORE_JAIL, DEFAULTS, FILTERS, MAIN
from modules_app.surfaces.programs import tested, told

_IN_JAIL = re.compile(r"(?:Errors in jail '|log file for |Unable to read the filter ')([\w-]+)")
_IN_FILE = re.compile(
    r"(jail\.d|filter\.d)/(?:pbx_)?([\w-]+)\.conf'?(?:, line:? ?| *\[line +)?(\d*)"
)
_BAD_FILTER = re.compile(r"^filter ([\w-]+): (.+)$", re.MULTILINE)


class Fail2BanSurface(Surface):
    """Jails, filters and the action."""

    name = "fail2ban"
    hooks = (JAILS_HOOK, FILTERS_HOOK)

    def render(self, left_out: frozenset[str]) -> Rendering:
        """Write the folder; a module whose text is refused is left out with both its files."""
        is_on = fail2ban.is_switched_on()
        modules = [one for one in fail2ban.module_jails() if one.module_id not in left_out]
        complaints = tuple(
            Complaint(one.module_id, path, line, fault.slug, fault.message, fault.context)
            for one in modules
            for path, line, fault in one.faults
        )
        files = [*_core_files(fail2ban.core_jails() if is_on else ())]
        if is_on:
            files += _module_files(modules)
        return Rendering(tuple(files), complaints)

    def check(self, draft: Path, rendering: Rendering) -> list[Complaint]:
        """Let fail2ban test the folder, and compile the expressions of every filter."""
        report = tested(self.name, rendering.texts)
        return [] if report.ok else read_errors(report.output, rendering)

    def reload(self) -> None:
        """Let our fail2ban read the folder; it starts when it does not run."""
        told(self.name)


def read_errors(output: str, rendering: Rendering) -> list[Complaint]:
    """Return what fail2ban complained about, blamed on the module whose jail or filter it is."""
    owners = _owners(rendering)
    found: dict[str, Complaint] = {}
    for name, reason in _BAD_FILTER.findall(output):
        _blame(found, owners, name, f"fail2ban/filter.d/{name}.conf", 0, reason)
    reasons = [line for line in output.splitlines() if "ERROR" in line or "rror" in line]
    for _folder, name, line in _IN_FILE.findall(output):
        _blame(found, owners, name, "", int(line or 0), output.strip()[-300:])
    for name in _IN_JAIL.findall(output):
        _blame(found, owners, name, "", 0, _first_about(name, reasons))
    if found:
        return list(found.values())
    message = _("fail2ban does not take its files: {reason}")
    context = {"reason": output.strip()[-500:]}
    return [Complaint(CORE, "fail2ban/jail.local", 0, "fail2ban-files-wrong", message, context)]


def _blame(
    found: dict[str, Complaint],
    owners: dict[str, tuple[str, str]],
    name: str,
    path: str,
    line: int,
    reason: str,
) -> None:
    owner, own_path = owners.get(name, ("", ""))
    if owner and owner not in found:
        message = _("fail2ban does not take it: {reason}")
        found[owner] = Complaint(
            owner, path or own_path, line, "fail2ban-refused", message, {"reason": reason[:300]}
        )


def _owners(rendering: Rendering) -> dict[str, tuple[str, str]]:
    """Return whose each jail, filter and file name is, with the path of the file."""
    found = {}
    for file in rendering.files:
        owner = file.blocks[0].owner if file.blocks else ""
        if not owner or file.path == _BANS:
            continue
        stem = file.path.rpartition("/")[2].removesuffix(".conf").removeprefix("pbx_")
        found.setdefault(stem, (owner, file.path))
        for jail in re.findall(r"^\[([\w-]+)\]", file.text, re.MULTILINE):
            if "/jail.d/" in file.path:
                found[jail] = (owner, file.path)
    return found


def _first_about(name: str, reasons: Iterable[str]) -> str:
    texts = [line.rpartition(": ERROR ")[2] or line for line in reasons if name in line]
    return re.sub(r"^.*?ERROR\s+", "", texts[0]) if texts else name


_BANS = f"fail2ban/{folder.BANS}"


def _core_files(jails: Iterable[CoreJail]) -> Iterable[GeneratedFile]:
    yield GeneratedFile(f"fail2ban/{folder.MAIN}", MAIN.format(run=run_dir()))
    numbers = _lines(fail2ban.jail_numbers())
    text = DEFAULTS.format(ignored=" ".join(fail2ban.never_banned()), numbers=numbers)
    text += "".join(
        CORE_JAIL.format(name=one.jail.name, log=one.log, numbers=numbers) for one in jails
    )
    yield GeneratedFile(f"fail2ban/{folder.JAILS}", text)
    yield GeneratedFile(f"fail2ban/{folder.ACTION}", folder.ACTION_TEXT)
    for name, filter_text in FILTERS.items():
        yield GeneratedFile(f"fail2ban/filter.d/{name}.conf", filter_text.lstrip("\n"))


def _module_files(modules: Iterable[ModuleJails]) -> list[GeneratedFile]:
    """Return each module's files, and the file that gives all their jails our action."""
    files, actions = [], []
    for one in modules:
        if one.jail_text:
            files.append(_owned(one, f"fail2ban/jail.d/pbx_{one.name}.conf", one.jail_text))
        if one.filter_text:
            files.append(_owned(one, f"fail2ban/filter.d/{one.name}.conf", one.filter_text))
        for jail in one.jails:
            action = f'[{jail.name}]\naction = pbx-ban[jail="{jail.name}"]'
            actions.append((one.module_id, action))
    return [*files, join_blocks(_BANS, actions)] if actions else files


def _owned(module: ModuleJails, path: str, text: str) -> GeneratedFile:
    return GeneratedFile(path, text, (Block(module.module_id, 1, text.count("\n")),))


def _lines(numbers: dict[str, int]) -> str:
    return "\n".join(f"{key} = {value}" for key, value in numbers.items())
