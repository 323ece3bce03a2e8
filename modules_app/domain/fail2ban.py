"""What modules say about fail2ban, read with suspicion (reference M6.7).

fail2ban runs as root, evaluates numbers as Python and runs the commands of actions. So a module
names logs, filters, ports and numbers, and nothing else: the action is always ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from modules_app.domain.firewall_answers import Fault
from modules_app.exceptions import gettext_noop as _

DEFAULT_JAIL = "#"

_LONGEST = 64 * 1024
_SECTION = re.compile(r"\[([A-Za-z0-9_-]{1,100})\]\s*")
_OPTION = re.compile(r"([A-Za-z_][A-Za-z0-9_./-]*?)\s*[=:]\s*(.*)")
_NUMBER = re.compile(r"[0-9]{1,9}\s*(?:s|m|h|d|w|mo|y)?")
_WORD = re.compile(r"[A-Za-z0-9_.-]{1,60}")
_PORTS = re.compile(
    r"[a-z0-9]{1,15}(?:[:-][0-9]{1,5})?(?:\s*,\s*[a-z0-9]{1,15}(?:[:-][0-9]{1,5})?)*"
)
_PATHS = re.compile(
    r"/[A-Za-z0-9_./*?-]+(?: (?:head|tail))?(?:\s+/[A-Za-z0-9_./*?-]+(?: (?:head|tail))?)*"
)
_ADDRESSES = re.compile(r"[0-9A-Za-z.:/,\s-]*")
_PARAMETER = re.compile(r'\b(port|protocol)\s*=\s*(?:"([^"]*)"|([^",\]\s]*))')
_ANY = re.compile(r".*", re.DOTALL)

_JAIL_OPTIONS: dict[str, re.Pattern[str]] = {
    "enabled": re.compile(r"(?i:true|false|yes|no|on|off|1|0)"),
    "filter": re.compile(r"[A-Za-z0-9_-]+(?:\[mode=[a-z]+\])?"),
    "logpath": _PATHS,
    "logencoding": _WORD,
    "logtimezone": re.compile(r"[A-Z0-9+:-]+"),
    "backend": re.compile(r"auto|polling|pyinotify|systemd"),
    "journalmatch": re.compile(r"[A-Za-z0-9_=.@ +-]*"),
    "maxretry": _NUMBER,
    "findtime": _NUMBER,
    "bantime": _NUMBER,
    "bantime.increment": re.compile(r"(?i:true|false)"),
    "bantime.maxtime": _NUMBER,
    "bantime.rndtime": _NUMBER,
    "maxlines": _NUMBER,
    "maxmatches": _NUMBER,
    "usedns": re.compile(r"yes|no|warn|raw"),
    "ignoreself": re.compile(r"(?i:true|false)"),
    "ignoreip": _ADDRESSES,
    "port": _PORTS,
    "protocol": re.compile(r"tcp|udp|all"),
    # Authors write the actions of MikoPBX here; the ban is always ours, see `Jail`.
    "action": _ANY,
    "banaction": _ANY,
    "banaction_allports": _ANY,
    "chain": _WORD,
    "name": _WORD,
}


@dataclass(frozen=True, slots=True)
class Jail:
    """One jail: its bans are kept apart from those of all others (reference M15.4, issue 434).

    ``ports`` are as nftables writes them, "" for all of them.
    """

    name: str
    ports: str = ""
    protocol: str = "tcp"


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a file, with its line from 1."""

    line: int
    section: str
    key: str
    value: str


class Wrong(Exception):
    """What is wrong with a line."""

    def __init__(self, line: int, slug: str, message: str, **context: str) -> None:
        super().__init__(slug)
        self.line = line
        self.fault = Fault(slug, message, context)


def underscored(module_id: str) -> str:
    """Return the id in underscore form: ModuleBlackList becomes module_black_list (M6.7)."""
    text = re.sub(r"(?<!^)(?=[A-Z])", "_", module_id)
    return re.sub(r"_{2,}", "_", text.replace("-", "_")).lower()


def read_jails(module_id: str, text: str) -> tuple[list[Jail], list[tuple[int, Fault]]]:
    """Return the jails of a module's file; faults come with their line, and then nothing counts."""
    own = underscored(module_id)
    try:
        options = list(read_options(text))
        sections = _sections(text)
        for line, name in sections:
            if name != own and not name.startswith(f"{own}_"):
                message = _("The jail “{name}” must be called {own}, or begin with {own}_.")
                raise Wrong(line, "fail2ban-jail-name", message, name=name, own=own)
        for option in options:
            check_jail_option(option)
    except Wrong as wrong:
        return [], [(wrong.line, wrong.fault)]
    if not sections:
        return [], [(1, Fault("fail2ban-no-jail", _("There is no [section] in it.")))]
    names = dict.fromkeys(name for _line, name in sections)
    return [_jail(name, options) for name in names], []


def check_filter(text: str) -> list[tuple[int, Fault]]:
    """Return what of a module's filter is refused; the filter may include common.conf only."""
    try:
        read_filter(text)
    except Wrong as wrong:
        return [(wrong.line, wrong.fault)]
    return []


def read_filter(text: str) -> None:
    """Raise `Wrong` for what may not stand in a filter."""
    for option in read_options(text):
        includes = option.section.upper() == "INCLUDES"
        if includes and (option.key, option.value) != ("before", "common.conf"):
            message = _("A filter may include common.conf and nothing else.")
            raise Wrong(option.line, "fail2ban-include", message)


def default_jail(module_id: str, log: str, numbers: dict[str, int]) -> str:
    """Return the jail of a module that answered a single # (reference M6.7)."""
    lines = [
        f"[{underscored(module_id)}]",
        "enabled = true",
        f"logpath = {log}",
        *(f"{key} = {value}" for key, value in numbers.items()),
        "logencoding = utf-8",
        "protocol = all",
    ]
    return "\n".join(lines) + "\n"


def _sections(text: str) -> list[tuple[int, str]]:
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        match = _SECTION.fullmatch(line)
        if match:
            found.append((number, match[1]))
    return found


def read_options(text: str) -> Iterator[Option]:
    """Return the options of a file; stricter than fail2ban, so that both read it alike."""
    if len(text) > _LONGEST:
        raise Wrong(0, "fail2ban-too-long", _("The file is too long."))
    section, key, value, start = "", "", "", 0
    for number, line in enumerate(text.split("\n"), 1):
        if any(not (letter.isprintable() or letter == "\t") for letter in line):
            message = _("The line holds a letter that cannot be printed.")
            raise Wrong(number, "fail2ban-letter", message)
        if not line.strip() or line.lstrip()[0] in "#;":
            continue
        if line[0].isspace():
            if not key:
                raise _not_understood(number, line)
            value += "\n" + line.strip()
            continue
        if key:
            yield Option(start, section, key, value)
            key = ""
        header = _SECTION.fullmatch(line)
        option = _OPTION.fullmatch(line.rstrip())
        if header:
            section = header[1]
        elif option and section:
            start, key, value = number, option[1].lower(), option[2].strip()
        else:
            raise _not_understood(number, line)
    if key:
        yield Option(start, section, key, value)


def _not_understood(number: int, line: str) -> Wrong:
    message = _("The line “{text}” is no section, no option and no continued value.")
    return Wrong(number, "fail2ban-line", message, text=line.strip()[:80])


def check_jail_option(option: Option) -> None:
    """Raise `Wrong` for an option, or a value of it, that a jail may not have."""
    wanted = _JAIL_OPTIONS.get(option.key)
    if wanted is None:
        message = _("The option “{key}” is not for modules.")
        raise Wrong(option.line, "fail2ban-option", message, key=option.key[:60])
    if not wanted.fullmatch(option.value.strip()):
        message = _("“{value}” is no value for the option “{key}”.")
        context = {"key": option.key, "value": option.value[:60]}
        raise Wrong(option.line, "fail2ban-value", message, **context)


def _jail(name: str, options: list[Option]) -> Jail:
    """Return the ports of a jail: from its own options, else from the action that it names."""
    own = {one.key: one.value for one in options if one.section == name}
    found = _PARAMETER.findall(own.get("action", ""))
    named = {key: quoted or bare for key, quoted, bare in found}
    protocol = own.get("protocol") or named.get("protocol") or "tcp"
    ports = _numbers(own.get("port") or named.get("port", ""))
    return Jail(name, ports, protocol if protocol in ("tcp", "udp") else "all")


_SERVICES = {"http": "80", "https": "443", "ssh": "22", "sip": "5060", "sips": "5061"}


def _numbers(text: str) -> str:
    """Return ports as nftables writes them; "" for all, which is also what is not understood."""
    found = []
    for part in text.replace(":", "-").replace(" ", "").split(","):
        port = _SERVICES.get(part, part)
        if not re.fullmatch(r"[0-9]{1,5}(?:-[0-9]{1,5})?", port):
            return ""
        first, _dash, last = port.partition("-")
        if not 0 <= int(first) <= int(last or first) <= 65535:
            return ""
        found.append(port)
    return "" if "0-65535" in found else ", ".join(dict.fromkeys(found))
