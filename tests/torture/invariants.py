"""The invariants of reference R3.1 as one function, asked after every fault and every recovery."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.torture.sites import OPEN, Site, data_digest, state_of

TRANSIENT = ("core.sqlite3-wal", "core.sqlite3-shm", "core.sqlite3-journal")


class InvariantBroken(AssertionError):
    """Something that must hold after every fault does not; the text says what."""


@dataclass(slots=True)
class Expectation:
    """What may be after an operation on ``module_id``: all of ``old`` or all of ``new``.

    Both are what `sites.state_of` returned. ``operation`` is the id of the operation, None when
    nobody could ask for it. ``top`` are the names in the data folder before, ``size_limit`` the
    bytes that all of it may take. Where calls fail, and nobody is killed, an operation that has a
    way back may end as failed although it is committed, if it says that a person must look
    (``attention_allowed``).
    """

    module_id: str
    old: dict[str, Any]
    new: dict[str, Any]
    operation: int | None
    top: set[str] = field(default_factory=set)
    size_limit: int = 0
    attention_allowed: bool = False


def check_invariants(site: Site, expectation: Expectation) -> None:
    """Raise ``InvariantBroken`` with everything that is wrong with ``site`` after a recovery.

    I3 (availability) needs a living server and is measured by `living_server`; I7 and the
    repetition of I9 are asked by the harness, which then runs the operations.
    """
    now = state_of(site)
    found = [
        *_wholeness(site, expectation, now),
        *_kept_versions(site),
        *_residue(site, expectation),
        *_honesty(site, expectation),
        *_isolation(expectation, now),
        *_audit(site),
        *_bounds(site, expectation),
    ]
    if found:
        raise InvariantBroken("; ".join(found))


def _wholeness(site: Site, expected: Expectation, now: dict[str, Any]) -> Iterator[str]:
    """I1 and I2: all of old or all of new, as the outcome of the operation says."""
    (row,) = site.rows("operation", "id = ?", expected.operation or -1) or [None]
    done = has_happened(row)
    mine, wanted = (
        _mine(state, expected.module_id) for state in (now, expected.new if done else expected.old)
    )
    if mine != wanted:
        said = "done" if done else (row or {}).get("outcome", "never asked")
        yield f"I1 {expected.module_id} ({said}): {difference(wanted, mine)}"


def has_happened(row: dict[str, Any] | None) -> bool:
    """Tell whether the operation of this row must have led to the new state."""
    if row is None or row["outcome"] == "done":
        return row is not None
    return bool(row["committed"]) and needs_attention(row)


def needs_attention(row: dict[str, Any]) -> bool:
    """Tell whether the operation of this row says that a person must look."""
    return bool(json.loads(row["result"] or "{}").get("needs_attention"))


def _kept_versions(site: Site) -> Iterator[str]:
    """I2: what can be gone back to is there and whole, too."""
    for row in site.rows("module"):
        generation, epoch = row["previous_generation"], row["previous_epoch"]
        if generation and not (site.root / "store" / row["id"] / generation / "code").is_dir():
            yield f"I2 the previous generation of {row['id']} is gone"
        if epoch and len(data_digest(site.database(row["id"], epoch))) != 64:
            yield f"I2 the previous data of {row['id']} is {epoch}: gone or damaged"


def _residue(site: Site, expected: Expectation) -> Iterator[str]:
    """I4: every name is mentioned by a row; nothing else appeared."""
    mentioned = _mentioned(site)
    for folder in ("store", "data"):
        for path in sorted((site.root / folder).glob("*/*")):
            if path.name not in mentioned:
                yield f"I4 {folder}/{path.parent.name}/{path.name} is mentioned by no row"
        for path in sorted((site.root / folder).glob("*")):
            if not any(path.iterdir()):
                yield f"I4 {folder}/{path.name} is empty"
    files = {row["file"] for row in site.rows("upload")}
    packages = {row["sha256"] for row in site.rows("storedpackage")}
    yield from _strangers(site.root / "uploads", files)
    yield from _strangers(site.root / "packages", packages)
    yield from _strangers(site.root / "etc" / "modules", {row["id"] for row in site.rows("module")})
    for path in site.root.rglob("*.tmp"):
        yield f"I4 {path.relative_to(site.root)} is left over"
    top = {path.name for path in site.root.iterdir()} - set(TRANSIENT)
    if expected.top and (new := top - expected.top):
        yield f"I4 new in the data folder: {sorted(new)}"


def _mentioned(site: Site) -> set[str]:
    names: set[str] = set()
    for row in site.rows("module"):
        previous = json.loads(row.get("previous") or "{}")
        names |= {row["generation"], row["epoch"]}
        names |= {row["previous_generation"], row["previous_epoch"]}
        names |= {previous.get("generation", ""), previous.get("epoch", "")}
    return names | {row["epoch"] for row in site.rows("keptdata")}


def _strangers(folder: Path, known: set[str]) -> Iterator[str]:
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.name not in known:
            yield f"I4 {folder.name}/{path.name} is mentioned by no row"


def _honesty(site: Site, expected: Expectation) -> Iterator[str]:
    """I5: nothing runs without a lock holder, and every end has a reason."""
    held = _is_locked(site.root / "run" / "operator.lock")
    for row in site.rows("operation"):
        name = f"operation {row['id']} ({row['verb']})"
        if row["outcome"] in OPEN:
            if not held:
                yield f"I5 {name} is {row['outcome']} and nobody holds the operator's lock"
            continue
        if row["ended_at"] is None:
            yield f"I5 {name} is {row['outcome']} and has no end"
        error = json.loads(row["error"] or "null")
        if (row["outcome"] == "done") != (error is None):
            yield f"I5 {name} is {row['outcome']} with the error {error}"
        if needs_attention(row) and not expected.attention_allowed:
            yield f"I5 {name} needs attention: {error}"
        running = site.rows("operationstep", "operation_id = ? AND outcome = 'running'", row["id"])
        if running:
            yield f"I5 {name} has ended, its step {running[0]['stage']} has not"
    for batch in site.rows("batch"):
        mates = site.rows("operation", "batch_id = ?", batch["id"])
        is_open = any(row["outcome"] in OPEN for row in mates)
        if is_open != (batch["ended_at"] is None):
            yield f"I5 batch {batch['id']} ended at {batch['ended_at']}, open: {is_open}"
        if batch["mode"] == "together" and len({row["outcome"] == "done" for row in mates}) > 1:
            yield f"I1 of batch {batch['id']} only a part is done"
    if not held:
        for row in site.rows("module", "phase = 'maintenance'"):
            yield f"I5 {row['id']} is in maintenance and no operation is open"


def _isolation(expected: Expectation, now: dict[str, Any]) -> Iterator[str]:
    """I8: everything of other modules is as it was."""
    others = [_others(state, expected.module_id) for state in (expected.old, now)]
    if others[0] != others[1]:
        yield f"I8 others: {difference(*others)}"


def _audit(site: Site) -> Iterator[str]:
    """I10: one row for the question, for the commit and for the end, with its outcome."""
    for row in site.rows("operation"):
        said = [
            event["outcome"]
            for event in site.rows("auditevent", "operation_id = ?", row["id"])
            if event["action"] == f"module-{row['verb']}"
        ]
        ended = [] if row["outcome"] in OPEN else [row["outcome"]]
        possible = [["queued", "committed", *ended]]
        if not row["committed"]:
            possible.append(["queued", *ended])  # or it was led back after its commit
        if said not in possible:
            yield f"I10 the audit of operation {row['id']} says {said}, it is {row['outcome']}"


def _bounds(site: Site, expected: Expectation) -> Iterator[str]:
    """I11: what is left takes no more than its share of the disk."""
    if expected.size_limit and (size := site.size()) > expected.size_limit:
        yield f"I11 the data folder takes {size} bytes, more than {expected.size_limit}"


def difference(wanted: Any, found: Any, path: str = "") -> str:
    """Return the first differences between two states, for the message of a failure."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        parts = [
            difference(wanted.get(key), found.get(key), f"{path}/{key}")
            for key in sorted({*wanted, *found})
            if wanted.get(key) != found.get(key)
        ]
        return ", ".join(parts[:4])
    return f"{path} is {str(found)[:120]}, not {str(wanted)[:120]}"


def _mine(state: dict[str, Any], module_id: str) -> dict[str, Any]:
    return {
        "module": {k: v for k, v in state["modules"].items() if module_id in k},
        "kept": {k: v for k, v in state["kept"].items() if module_id in k},
        "settings": {k: v for k, v in state["settings"].items() if module_id in k},
    }


def _others(state: dict[str, Any], module_id: str) -> dict[str, Any]:
    return {
        part: {k: v for k, v in state[part].items() if module_id not in k}
        for part in ("modules", "kept", "settings")
    }


def _is_locked(path: Path) -> bool:
    if not path.exists():
        return False
    fd = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False
