"""The closed list of what the applier does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from modules_app.applier import fail2ban, links, places, targets
from modules_app.applier.programs import CHECKS, GUARDS, RELOADS
from modules_app.applier.report import Report
from modules_app.applier.sets import Sets
from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.packages.fsops import FsOps

Answer = dict[str, Any]


def answer_to(request: Mapping[str, Any], *, fsops: FsOps | None = None) -> Answer:
    """Do what one request asks for. Raises ``ModuleError`` or ``OSError``."""
    verb = VERBS.get(str(request.get("verb", "")))
    if verb is None:
        raise Refused(
            "applier-verb-unknown",
            _("The applier knows no verb “{verb}”."),
            context={"verb": str(request.get("verb", ""))[:60]},
        )
    surface = places.known_surface(request.get("surface"))
    return verb(surface, request, fsops or FsOps())


def _sets(surface: str, fsops: FsOps) -> Sets:
    return Sets(surface, etc=places.etc_dir(), drafts=places.drafts_dir(), fsops=fsops)


def _guarded(surface: str, folder: Path) -> Path:
    if guard := GUARDS.get(surface):
        guard(folder)
    return folder


def _check(surface: str, request: Mapping[str, Any], fsops: FsOps) -> Answer:
    """Copy the draft and let the real program test the copy."""
    files = places.checked_files(surface, request.get("files"))
    if surface in places.OF_LINKS:
        wanted = targets.checked_links(surface, request.get("links"))
        return links.check(surface, wanted, fsops).as_dict()
    check = CHECKS.get(surface)
    if check is None:
        return Report(ok=True).as_dict()
    sets = _sets(surface, fsops)
    staged = sets.stage(files, {})
    report = check(_guarded(surface, staged))
    sets.sweep(sets.current(), staged.name)
    return report.as_dict()


def _install(surface: str, request: Mapping[str, Any], fsops: FsOps) -> Answer:
    """Copy the draft and make the copy the set in use; the set before stays for `_restore`."""
    files = places.checked_files(surface, request.get("files"))
    wanted = targets.checked_links(surface, request.get("links", {}))
    sets = _sets(surface, fsops)
    before, staged = sets.current(), sets.stage(files, wanted)
    digest = _guarded(surface, staged).name
    sets.use(digest)
    links.update(surface, fsops)
    sets.sweep(before, digest)
    return {"before": before, "digest": digest}


def _restore(surface: str, request: Mapping[str, Any], fsops: FsOps) -> Answer:
    """Make a former set the one in use again; one that was staged and refused is none."""
    digest = places.digest_or_nothing(request.get("digest"))
    sets = _sets(surface, fsops)
    if digest:
        _guarded(surface, sets.folder_of(digest))
    sets.use(digest)
    links.update(surface, fsops)
    return {"digest": digest}


def _list(surface: str, request: Mapping[str, Any], fsops: FsOps) -> Answer:
    """Tell which files are in use, by what they hold now, and whether the system has its links."""
    sets = _sets(surface, fsops)
    return {
        "digest": sets.current(),
        "files": sets.contents(),
        "linked": links.are_right(surface),
    }


def _reload(surface: str, request: Mapping[str, Any], fsops: FsOps) -> Answer:
    """Let the program read the files in use."""
    reload = RELOADS.get(surface)
    if reload is None:
        return Report(ok=True).as_dict()
    return reload(places.folder_of(surface)).as_dict()


def _bans(surface: str, request: Mapping[str, Any], fsops: FsOps) -> Answer:
    """Tell who is banned; "bans" is nothing where our fail2ban does not run."""
    found = fail2ban.bans()
    return {"bans": None if found is None else [asdict(ban) for ban in found]}


def _unban(surface: str, request: Mapping[str, Any], fsops: FsOps) -> Answer:
    """Let one address go from one jail."""
    return fail2ban.unban(request.get("jail"), request.get("address")).as_dict()


VERBS: dict[str, Callable[[str, Mapping[str, Any], FsOps], Answer]] = {
    "check": _check,
    "install-files": _install,
    "restore-files": _restore,
    "list-files": _list,
    "reload": _reload,
    "bans": _bans,
    "unban": _unban,
}
