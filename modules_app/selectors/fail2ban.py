"""fail2ban from rows and answers: numbers, jails of core and of modules, who is never banned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from modules_app.domain.attacks import FILE
from modules_app.domain.fail2ban import (
    DEFAULT_JAIL,
    Jail,
    check_filter,
    default_jail,
    read_jails,
    underscored,
)
from modules_app.domain.firewall_answers import Fault
from modules_app.domain.networks import collapsed
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Fail2BanSettings
from modules_app.selectors.answers import answers_to
from modules_app.selectors.firewall import core, networks
from modules_app.selectors.settings import all_settings

SWITCH = "PBXFail2BanEnabled"
JAILS_HOOK = "generate_fail2ban_jails"
FILTERS_HOOK = "generate_fail2ban_filters"
_ALWAYS_IGNORED = ("127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class CoreJail:
    """One jail of PBX Admin; it exists where its log exists."""

    jail: Jail
    log: Path
    title: str


@dataclass(frozen=True, slots=True)
class ModuleJails:
    """The two files of one module; ``faults`` name file, line and reason, then neither counts."""

    module_id: str
    jails: tuple[Jail, ...]
    jail_text: str
    filter_text: str
    faults: tuple[tuple[str, int, Fault], ...] = ()

    @property
    def name(self) -> str:
        """Return the name of the module in files."""
        return underscored(self.module_id)


def is_switched_on() -> bool:
    """Tell whether anybody is banned at all."""
    return all_settings()[SWITCH] == "1"


def numbers() -> Fail2BanSettings:
    """Return attempts, times and the white list; 20, 600 and 600 at first (reference M6.7)."""
    return Fail2BanSettings.objects.first() or Fail2BanSettings()


def jail_numbers() -> dict[str, int]:
    """Return the numbers as jails name them."""
    row = numbers()
    return {"maxretry": row.max_retry, "findtime": row.find_time, "bantime": row.ban_time}


def never_banned() -> tuple[str, ...]:
    """Return the white list, and the networks that are marked so (reference M6.7)."""
    marked = [span for one in networks() if one.never_block for span in one.spans]
    listed = (*numbers().white_list, *map(str, collapsed(marked)))
    return tuple(dict.fromkeys((*_ALWAYS_IGNORED, *listed)))


def core_jails() -> list[CoreJail]:
    """Return the jails of PBX Admin whose log exists on this machine."""
    ports = {one.key: sorted({rule.port_from for rule in one.rules}) for one in core()}
    known = [
        CoreJail(
            Jail("pbx-web", _listed(ports["WEB"])), security_log(), _("Logging in to PBX Admin")
        ),
        CoreJail(Jail("pbx-ssh", _listed(ports["SSH"])), Path(settings.PBX_SSH_LOG), _("SSH")),
    ]
    return [one for one in known if one.log.is_file()]


def security_log() -> Path:
    """Return the path of the log that names attackers."""
    return Path(settings.PBX_DATA_DIR) / "log" / FILE


def module_jails() -> Iterator[ModuleJails]:
    """Return the files of each module that answered, in the order of priorities."""
    filters = {answer.module_id: answer.value for answer in answers_to(FILTERS_HOOK)}
    jails = {answer.module_id: answer.value for answer in answers_to(JAILS_HOOK)}
    taken: dict[str, str] = {}
    for module_id in dict.fromkeys([*jails, *filters]):
        found = _files(module_id, jails.get(module_id), filters.get(module_id))
        first = next((taken[one.name] for one in found.jails if one.name in taken), "")
        if first:
            message = _("The module “{other}” has a jail of that name, too.")
            fault = Fault("fail2ban-jail-taken", message, {"other": first})
            found = ModuleJails(module_id, (), "", "", ((_jail_file(found.name), 0, fault),))
        taken.update({one.name: module_id for one in found.jails})
        yield found


def _files(module_id: str, jails: object, filters: object) -> ModuleJails:
    name = underscored(module_id)
    jail_text, filter_text = _text(jails), _text(filters)
    if jail_text.strip() == DEFAULT_JAIL:
        jail_text = default_jail(module_id, str(security_log()), jail_numbers())
    found, wrong = read_jails(module_id, jail_text) if jail_text else ([], [])
    faults = [(_jail_file(name), line, fault) for line, fault in wrong]
    faults += [(_filter_file(name), line, fault) for line, fault in check_filter(filter_text)]
    if faults:
        return ModuleJails(module_id, (), "", "", tuple(faults))
    return ModuleJails(module_id, tuple(found), jail_text, filter_text)


def _jail_file(name: str) -> str:
    return f"fail2ban/jail.d/pbx_{name}.conf"


def _filter_file(name: str) -> str:
    return f"fail2ban/filter.d/{name}.conf"


def _text(value: object) -> str:
    text = value.replace("\r\n", "\n") if isinstance(value, str) else ""
    return text if text.endswith("\n") or not text else text + "\n"


def _listed(ports: list[int]) -> str:
    return ", ".join(map(str, ports))
