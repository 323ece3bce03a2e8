"""Wishes of modules: ``run/wishes/<module>-<n>.json``, left by whoever runs module code.

The host cannot write core rows. It leaves a durable file and wakes the operator, which asks the
module's hooks again, refreshes what is made of them, and then removes the file.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Container, Iterable
from dataclasses import dataclass
from pathlib import Path

from modules_app.bridge.files import read_small_file, remove_whatever
from modules_app.domain.ids import is_module_id
from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.hooks.generators import GENERATORS
from modules_app.hooks.specs import HOOKS
from modules_app.packages.fsops import FsOps
from modules_app.processes.poke import poke

FOLDER = "wishes"
MOST_WAITING = 20
"""So many wishes of one module may wait; more are refused. They are carried out each second."""

_SUFFIX = ".json"
_TAKEN = ".taken"
_LARGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Wish:
    """One wish; ``hooks`` empty means all stored ones. ``name`` is the name of its file."""

    name: str
    module_id: str
    hooks: tuple[str, ...]


def leave_wish(data_dir: Path, module_id: str, hooks: Iterable[str]) -> None:
    """Write a wish down durably and wake the operator.

    Raises `ValueError` for a name that is no hook whose answer is stored, ``Refused`` when
    `MOST_WAITING` wishes of the module wait already.
    """
    named = tuple(dict.fromkeys(hooks))
    known = {*GENERATORS, *(spec.name for spec in HOOKS if spec.collected)}
    for name in named:
        if name not in known:
            raise ValueError(f"{name!r} is no hook whose answer is stored: {sorted(known)}")
    waiting = [wish for wish in read_wishes(data_dir) if wish.module_id == module_id]
    if any(wish.hooks in (named, ()) for wish in waiting):
        poke(data_dir, "operator")
        return
    if len(waiting) >= MOST_WAITING:
        raise Refused(
            "wishes-too-many",
            _("{count} wishes of “{id}” wait already."),
            context={"id": module_id, "count": len(waiting)},
        )
    fsops = FsOps()
    with fsops.directory(data_dir, "run") as dir_fd:
        fsops.ensure_dir(FOLDER, dir_fd, mode=0o700)
    name = f"{module_id}-{time.time_ns():020d}{secrets.token_hex(3)}{_SUFFIX}"
    data = json.dumps({"module": module_id, "hooks": named}).encode()
    fsops.write_file_atomically(data_dir / "run" / FOLDER, name, data)
    poke(data_dir, "operator")


def read_wishes(data_dir: Path) -> list[Wish]:
    """Return the wishes that nobody has taken yet, oldest first for each module."""
    return [_read(data_dir, name) for name in _names(data_dir, _SUFFIX)]


def take_wishes(data_dir: Path, module_ids: Container[str]) -> list[Wish]:
    """Take the wishes of these modules, and what was taken before and never carried out.

    A wish that is left from now on is a new one, so that no change of a module's data is missed:
    it came before the wish, or a later wish follows. Unreadable files count as taken.
    """
    fsops = FsOps()
    for wish in read_wishes(data_dir):
        if wish.module_id in module_ids or not wish.module_id:
            with fsops.directory(data_dir, "run", FOLDER) as dir_fd:
                fsops.rename(wish.name, wish.name.removesuffix(_SUFFIX) + _TAKEN, dir_fd)
    return taken_wishes(data_dir)


def taken_wishes(data_dir: Path) -> list[Wish]:
    """Return what was taken and not yet carried out."""
    return [_read(data_dir, name) for name in _names(data_dir, _TAKEN)]


def forget_wishes(data_dir: Path, wishes: Iterable[Wish]) -> None:
    """Remove wishes that were carried out."""
    fsops = FsOps()
    gone = list(wishes)
    if gone:
        with fsops.directory(data_dir, "run", FOLDER) as dir_fd:
            for wish in gone:
                remove_whatever(wish.name, dir_fd, fsops)


def _names(data_dir: Path, suffix: str) -> list[str]:
    try:
        names = sorted(path.name for path in (data_dir / "run" / FOLDER).iterdir())
    except FileNotFoundError:
        return []
    return [name for name in names if name.endswith(suffix) and not name.startswith(".")]


def _read(data_dir: Path, name: str) -> Wish:
    """Return a wish; one that cannot be read belongs to no module."""
    try:
        found = json.loads(read_small_file(data_dir / "run" / FOLDER / name, _LARGEST))
        hooks = tuple(str(hook) for hook in found["hooks"])
        module_id = str(found["module"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return Wish(name, "", ())
    return Wish(name, module_id if is_module_id(module_id) else "", hooks)
