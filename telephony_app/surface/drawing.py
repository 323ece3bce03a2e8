"""All files of Asterisk from rows, written anew only when the rows say something else."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

from modules_app.models import CustomFile
from modules_app.surfaces.base import Rendering
from telephony_app.domain.snapshot import Snapshot
from telephony_app.generators.rendering import render
from telephony_app.selectors.answers import stored_answers
from telephony_app.selectors.apply import SURFACE
from telephony_app.selectors.snapshot import read_snapshot

_KEPT = 2
"""Drawings that a process keeps: with a module and without it, as a preview compares them."""

_lock = threading.Lock()
_drawings: OrderedDict[str, Rendering] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Records:
    """All records at one moment, with their digest."""

    snapshot: Snapshot
    digest: str


_known: Records | None = None


def read_records() -> Records:
    """Read all records; rows are tuples and say all that they hold in their representation."""
    global _known
    snapshot, known = read_snapshot(), _known
    if known is None or known.snapshot != snapshot:
        known = _known = Records(snapshot, _digest(snapshot))
    return known


def drawing(records: Records, left_out: Iterable[str] = ()) -> Rendering:
    """Return all files without the modules in ``left_out``."""
    answers = stored_answers(left_out)
    key = _digest(records.digest, answers)
    with _lock:
        if key in _drawings:
            _drawings.move_to_end(key)
            return _drawings[key]
    made = render(records.snapshot, answers)
    with _lock:
        _drawings[key] = made
        while len(_drawings) > _KEPT:
            _drawings.popitem(last=False)
    return made


def digest_of_inputs(records: Records) -> str:
    """Return a digest of all that the files are made of."""
    custom = CustomFile.objects.filter(path__startswith=f"{SURFACE}/").order_by("path")
    own = list(custom.values_list("path", "mode", "text"))
    return _digest(records.digest, stored_answers(), own)


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()
