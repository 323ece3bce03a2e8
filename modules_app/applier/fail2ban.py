"""Testing and running our own fail2ban, and what people ask of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from modules_app.applier import places
from modules_app.applier.firewall import inside, why_not
from modules_app.applier.report import Report, run_program
from modules_app.domain.fail2ban_folder import refuse_other_actions
from modules_app.domain.networks import read_address
from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.packages.fsops import FsOps

_JAIL = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}")
_ENABLED = re.compile(r"^enabled\s*[=:]\s*(?:true|yes|on|1)\s*$", re.MULTILINE | re.IGNORECASE)
_COMMON = "common"
_OTHERS = "{path} is not root's alone; name a folder that is in PBX_FAIL2BAN_RUN_DIR"
_WITH_TIME = re.compile(r"^(\S+)\s+(\S+ \S+) \+ (-?\d+) = (\S+ \S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Ban:
    """One banned address of one jail; the times are the machine's, as fail2ban writes them."""

    jail: str
    address: str
    since: str = ""
    until: str = ""


def run_dir() -> Path:
    """Return where our fail2ban keeps its socket, its log and its database."""
    return Path(settings.PBX_FAIL2BAN_RUN_DIR or Path(settings.PBX_DATA_DIR) / "run" / "fail2ban")


def guard(folder: Path) -> None:
    """Raise ``Refused`` when a file could make fail2ban do more than ban, whoever asks for it."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes().decode()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    refuse_other_actions(files, str(run_dir()))


def check(folder: Path) -> Report:
    """Let fail2ban read the folder, and compile the expressions of filters that are new.

    Files of PBX Admin alone are not tested each time: they differ in numbers only.
    """
    if not any((folder / "jail.d").glob("*.conf")) and not list(_filters(folder)):
        return Report(ok=True)
    report = run_program("fail2ban-client", "-c", str(folder), "-t")
    if report.skipped:
        return report
    wrong = [line for path in _new_filters(folder) if (line := _fault_of(folder, path))]
    output = "\n".join([*wrong, report.output])
    return Report(ok=report.ok and not wrong, output=output)


def reload(folder: Path) -> Report:
    """Let the running fail2ban read the folder; start it where it does not run.

    Without an enabled jail it is stopped.
    """
    if reason := why_not():
        return Report(ok=True, skipped=reason)
    if places.is_others_to_change(run_dir()):
        return Report(ok=False, output=_OTHERS.format(path=run_dir()))
    FsOps().make_root(run_dir())
    ping = _client("ping")
    if ping.skipped:
        return ping
    if not _is_needed(folder):
        return _client("stop") if ping.ok else Report(ok=True)
    if ping.ok:
        return _client("reload")
    return run_program(*inside("fail2ban-server", "-b", "-c", str(folder), "start"))


def stop(folder: Path) -> Report:
    """End our fail2ban if it runs here; it remembers its bans."""
    if why_not() or not folder.is_dir() or not _client("ping").ok:
        return Report(ok=True)
    return _client("stop")


def bans() -> list[Ban] | None:
    """Return who is banned by which jail, None where our fail2ban does not run."""
    report = _client("banned")
    if report.skipped or not report.ok:
        return None
    return [ban for name, addresses in _listed(report.output) for ban in _timed(name, addresses)]


def unban(jail: object, address: object) -> Report:
    """Let one address go from one jail. Raises ``Refused`` for what is no name or no address."""
    known = read_address(address) if isinstance(address, str) else None
    if not isinstance(jail, str) or not _JAIL.fullmatch(jail) or known is None:
        raise Refused("applier-ban-wrong", _("This is no jail, or no address."))
    return _client("set", jail, "unbanip", str(known))


def _is_needed(folder: Path) -> bool:
    files = [folder / "jail.local", *(folder / "jail.d").glob("*.conf")]
    return any(_ENABLED.search(path.read_text()) for path in files)


def _client(*arguments: str) -> Report:
    folder = places.folder_of("fail2ban")
    return run_program(*inside("fail2ban-client", "-c", str(folder), *arguments))


def _listed(output: str) -> list[tuple[str, list[str]]]:
    try:
        found = ast.literal_eval(output.strip().splitlines()[-1])
        return [(name, list(addresses)) for one in found for name, addresses in one.items()]
    except (ValueError, SyntaxError, IndexError, AttributeError):
        return []


def _timed(jail: str, addresses: list[str]) -> list[Ban]:
    if not addresses:
        return []
    report = _client("get", jail, "banip", "--with-time")
    times = {found[0]: (found[1], found[3]) for found in _WITH_TIME.findall(report.output)}
    return [Ban(jail, address, *times.get(address, ("", ""))) for address in addresses]


def _filters(folder: Path) -> Iterator[Path]:
    """Return the filters of modules, whose names hold no dash."""
    for path in sorted((folder / "filter.d").glob("*.conf")):
        if path.stem != _COMMON and "-" not in path.stem:
            yield path


def _new_filters(folder: Path) -> list[Path]:
    """Return those that are not in use as they are: what is in use passed this test before."""
    used = places.folder_of("fail2ban") / "filter.d"
    return [path for path in _filters(folder) if _content(used / path.name) != path.read_bytes()]


def _content(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _fault_of(folder: Path, path: Path) -> str:
    """Return a line that names the filter and what is wrong with it, "" if nothing is."""
    report = run_program("fail2ban-regex", "-c", str(folder), "Jan  1 00:00:00 x", path.stem)
    if report.ok:
        return ""
    lines = [line for line in report.output.splitlines() if line.strip()]
    first = next((number for number, line in enumerate(lines) if "ERROR" in line), 0)
    return f"filter {path.stem}: {' '.join(lines[first : first + 2])[:500]}"
