"""Which modules do not go together: ``breaking`` (reference F2.6).

A declaration counts in both directions: whoever of the two comes second meets it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from modules_app.domain.dependencies.grammar import Op, read_condition
from modules_app.domain.findings import Finding, Severity
from modules_app.domain.ids import fold_id
from modules_app.domain.manifest import Contract
from modules_app.domain.versions import compare
from modules_app.exceptions import gettext_noop as _

if TYPE_CHECKING:
    from modules_app.domain.dependencies.world import Candidate


class ConflictKind(StrEnum):
    """Both keep the two from being enabled together; deprecated says that the other one is old."""

    CONFLICT = "conflict"
    DEPRECATED = "deprecated"


@dataclass(frozen=True, slots=True)
class Conflict:
    """One ``breaking/module``: ``declarer`` does not go with ``named`` (ids as written).

    An empty ``version`` means every version of the named module. ``message`` is the author's own
    text, placeholders filled; empty when there is none. What FreePBX could not read is not
    ``strict`` and only warns.
    """

    declarer: str
    named: str
    kind: ConflictKind = ConflictKind.CONFLICT
    op: Op = Op.GE
    version: str = ""
    replace: str = ""
    message: str = ""
    strict: bool = True

    def concerns(self, version: str) -> bool:
        """Tell whether this version of the named module is meant."""
        if not self.version:
            return True
        return self.op.holds(compare(version, self.version, Contract.FREEPBX))


@dataclass(frozen=True, slots=True)
class Clash:
    """Two modules that must not be enabled together, and the declaration that says so."""

    declarer: Candidate
    named: Candidate
    conflict: Conflict

    def finding(self, severity: Severity = Severity.ERROR) -> Finding:
        """Return the sentence that names both sides, with the ways out as its hint."""
        context = {
            "declarer": self.declarer.name or self.declarer.id,
            "declarer_version": self.declarer.version,
            "named": self.named.name or self.named.id,
            "named_version": self.named.version,
            "replace": self.conflict.replace,
            "said": self.conflict.message,
            "ids": [self.declarer.id, self.named.id],
        }
        sentence = (_SAID if self.conflict.message else _PLAIN)[self.conflict.kind]
        hint = _REPLACE if self.conflict.replace else _CHOOSE
        return Finding(severity, f"module-{self.conflict.kind}", sentence, context, hint=hint)


_PLAIN = {
    ConflictKind.CONFLICT: _(
        "“{declarer}” {declarer_version} and “{named}” {named_version} cannot be enabled together."
    ),
    ConflictKind.DEPRECATED: _(
        "“{declarer}” {declarer_version} declares “{named}” {named_version} outdated; "
        "they cannot be enabled together."
    ),
}
_SAID = {
    ConflictKind.CONFLICT: _(
        "“{declarer}” {declarer_version} and “{named}” {named_version} cannot be enabled together. "
        "The author of “{declarer}” says: {said}"
    ),
    ConflictKind.DEPRECATED: _(
        "“{declarer}” {declarer_version} declares “{named}” {named_version} outdated; "
        "they cannot be enabled together. The author of “{declarer}” says: {said}"
    ),
}
_CHOOSE = _("Disable or remove one of them, or take another version of “{named}”.")
_REPLACE = _("Disable or remove “{named}” and use “{replace}” in its place.")


def read_conflicts(breaking: Iterable[Mapping[str, str]], declarer: str) -> tuple[Conflict, ...]:
    """Return the conflicts of a manifest's ``breaking`` entries.

    RAW_NAME becomes the named module and REPLACE_NAME its replacement, as F2.6 means it to be.
    A declaration against itself is left out: nobody can have meant it.
    """
    read = (_read(entry, declarer) for entry in breaking if entry.get("rawname"))
    return tuple(one for one in read if fold_id(one.named) != fold_id(declarer))


def _read(entry: Mapping[str, str], declarer: str) -> Conflict:
    written = entry.get("version", "")
    condition = read_condition(written)
    known = entry.get("type") in list(ConflictKind)
    return Conflict(
        declarer=declarer,
        named=entry["rawname"],
        kind=ConflictKind(entry["type"]) if known else ConflictKind.CONFLICT,
        op=condition.op if condition else Op.GE,
        version=condition.version if condition else "",
        replace=entry.get("replace", ""),
        message=_message(entry),
        strict=known and (condition.strict if condition else not written.strip()),
    )


def _message(entry: Mapping[str, str]) -> str:
    parts = [entry.get("errormessage") or (entry.get("version") and _versioned(entry)) or ""]
    if entry.get("replace"):
        parts.append(entry.get("replaceerrormessage", ""))
    text = " ".join(part for part in parts if part)
    text = text.replace("REPLACE_NAME", entry.get("replace", ""))
    return text.replace("RAW_NAME", entry["rawname"])


def _versioned(entry: Mapping[str, str]) -> str:
    return entry.get("versionerrormessage", "")


def find_clashes(candidates: Iterable[Candidate]) -> tuple[Clash, ...]:
    """Return every declared conflict between any two of ``candidates``, taken as enabled."""
    candidates = list(candidates)
    by_key: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        by_key[candidate.key].append(candidate)
    return tuple(
        Clash(declarer, named, conflict)
        for declarer in candidates
        for conflict in declarer.conflicts
        for named in by_key.get(fold_id(conflict.named), ())
        if named is not declarer and conflict.concerns(named.version)
    )
