"""How others ask the applier: over its socket, or in this process where it does not run.

Only who can write PBX_ETC_DIR may do without the process: the command line in development.
"""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from modules_app.applier import places
from modules_app.applier.peers import peer_of
from modules_app.applier.report import Report
from modules_app.applier.verbs import answer_to
from modules_app.exceptions import ModuleError
from modules_app.exceptions import gettext_noop as _
from modules_app.packages.errors import StorageFailed
from modules_app.packages.fsops import FsOps
from modules_app.processes import sockets, wire

SOCKET = "applier.sock"
ANSWER_SECONDS = 90.0


def check(surface: str, files: Mapping[str, str]) -> Report:
    """Let the real program test ``files`` (path -> text) without using them."""
    return Report(**ask("check", surface, files=_lay_out(surface, files)))


def check_links(surface: str, links: Mapping[str, str]) -> Report:
    """Look whether ``links`` (path -> target in the store) can be made.

    What cannot stands in the output, a line for each: why, a blank, the path.
    """
    return Report(**ask("check", surface, files={}, links=dict(links)))


def install(surface: str, files: Mapping[str, str], links: Mapping[str, str] | None = None) -> str:
    """Make ``files`` (path -> text) the ones in use, all at once; return the set before, or "".

    ``links`` are paths and targets in the store.
    """
    links = dict(links or {})
    digests = {} if links else _lay_out(surface, files)
    return str(ask("install-files", surface, files=digests, links=links)["before"])


def restore(surface: str, digest: str) -> None:
    """Use the set ``digest`` again, which `install` returned."""
    ask("restore-files", surface, digest=digest)


def installed(surface: str) -> dict[str, str] | None:
    """Return path and present digest of every file in use; None when a link to them is missing."""
    answer = ask("list-files", surface)
    return dict(answer["files"]) if answer["linked"] else None


def reload(surface: str) -> Report:
    """Let the program of ``surface`` read its files."""
    return Report(**ask("reload", surface))


def draft_of(surface: str) -> Path:
    """Return the folder in which the files of ``surface`` are laid out for the applier."""
    return places.drafts_dir() / surface


def ask(verb: str, surface: str, **fields: Any) -> dict[str, Any]:
    """Send one request and return its answer. Raises ``ModuleError`` with a sentence."""
    request = {"verb": verb, "surface": surface, **fields}
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
        sock.settimeout(ANSWER_SECONDS)
        try:
            sockets.connect(sock, socket_path())
        except OSError:
            return _ask_here(request)
        try:
            wire.send(sock, request)
            answer = wire.receive(sock)
        except (OSError, ValueError) as error:
            raise _silent(str(error)) from error
    if answer is None:
        raise _silent("")
    if "error" in answer:
        raise ModuleError(**answer["error"])
    return dict(answer["answer"])


def process() -> tuple[int, int] | None:
    """Return process id and user number of the applier, None when it does not run."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
        sock.settimeout(ANSWER_SECONDS)
        try:
            sockets.connect(sock, socket_path())
            return peer_of(sock)
        except OSError:
            return None


def socket_path() -> Path:
    """Return where the applier listens."""
    return Path(settings.PBX_DATA_DIR) / "run" / SOCKET


def _ask_here(request: dict[str, Any]) -> dict[str, Any]:
    if not may_write():
        raise ModuleError(
            "applier-not-running",
            _("The applier does not run, and {path} belongs to another user."),
            context={"path": str(places.etc_dir())},
            hint=_("Start the applier: script/server does, or its systemd unit in production."),
        )
    try:
        return answer_to(request)
    except OSError as error:
        raise cannot_write(error) from error


def may_write() -> bool:
    """Tell whether this user owns the folder, or could make it."""
    folder = places.etc_dir()
    while not folder.exists():
        folder = folder.parent
    return os.access(folder, os.W_OK | os.X_OK)


def _lay_out(surface: str, files: Mapping[str, str]) -> dict[str, str]:
    """Write the draft folder anew; return each path with the digest of its content."""
    try:
        return _write_draft(places.known_surface(surface), files)
    except OSError as error:
        raise cannot_write(error) from error


def _write_draft(surface: str, files: Mapping[str, str]) -> dict[str, str]:
    fsops = FsOps()
    fsops.make_root(places.drafts_dir())
    digests = {}
    with fsops.directory(places.drafts_dir()) as drafts_fd:
        fsops.remove_tree(surface, drafts_fd)
        fsops.make_dir(surface, drafts_fd, mode=0o750)
    for path, text in files.items():
        *folders, name = path.split("/")
        below = places.drafts_dir().joinpath(*folders)
        fsops.make_root(below)
        data = text.encode()
        fsops.write_file_atomically(below, name, data, mode=0o640, durable=False)
        digests[path] = hashlib.sha256(data).hexdigest()
    return digests


def cannot_write(error: OSError) -> ModuleError:
    """Say in a sentence that files could not be written."""
    return StorageFailed(
        "surface-not-written",
        _("The files could not be written: {reason}."),
        context={"reason": f"{error.strerror or error} ({error.filename or ''})"},
    )


def _silent(reason: str) -> ModuleError:
    return ModuleError(
        "applier-silent",
        _("The applier ended or did not answer in time. {reason}"),
        context={"reason": reason},
        hint=_("It is asked again in a minute."),
    )
