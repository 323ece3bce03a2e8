"""The grammar of ``depends``: what FreePBX accepts, and our reading of the rest (F2.1, F2.2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from modules_app.domain.findings import Finding, Severity
from modules_app.domain.manifest import Contract
from modules_app.domain.versions import compare, php_version_compare
from modules_app.exceptions import gettext_noop as _


class Op(StrEnum):
    """How the version at hand must stand to the one that is named."""

    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    EQ = "eq"
    NE = "ne"

    def holds(self, order: int) -> bool:
        """Tell whether -1, 0 or 1 (version at hand against the one named) satisfies it."""
        return order in _ORDERS[self]


_ORDERS: dict[Op, tuple[int, ...]] = {
    Op.LT: (-1,),
    Op.LE: (-1, 0),
    Op.GT: (1,),
    Op.GE: (0, 1),
    Op.EQ: (0,),
    Op.NE: (-1, 1),
}


class Kind(StrEnum):
    """What is required."""

    MODULE = "module"
    VERSION = "version"
    PHPVERSION = "phpversion"
    PHPCOMPONENT = "phpcomponent"
    ENGINE = "engine"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement as it was read.

    ``name`` is the module, engine, PHP component or path; an empty ``version`` means any. ``text``
    is what the author wrote and ``line`` where, from 1. ``strict`` tells that FreePBX reads it too;
    our reading of the rest never refuses anything. Of ``alternatives`` one is enough.
    """

    kind: Kind
    name: str = ""
    op: Op = Op.GE
    version: str = ""
    text: str = ""
    line: int = 0
    strict: bool = True
    alternatives: tuple[Requirement, ...] = ()

    def accepts(self, version: str, contract: Contract = Contract.FREEPBX) -> bool:
        """Tell whether ``version`` fulfils the condition, compared as ``contract`` compares.

        PHP, engine and MikoPBX compare plainly, FreePBX lowers the case first (reference F4).
        """
        if not self.version:
            return True
        if contract is Contract.FREEPBX and self.kind in (Kind.MODULE, Kind.VERSION):
            return self.op.holds(compare(version, self.version, contract))
        return self.op.holds(php_version_compare(version, self.version))

    def __str__(self) -> str:
        return " ".join(filter(None, (self.name, self.op if self.version else "", self.version)))


MANIFEST: Mapping[Contract, str] = {
    Contract.FREEPBX: "module.xml",
    Contract.MIKOPBX: "module.json",
}
"""Where requirements of each contract stand."""


def read_requirements(
    depends: Iterable[Mapping[str, Any]], contract: Contract
) -> tuple[tuple[Requirement, ...], tuple[Finding, ...]]:
    """Return the requirements of ``{"kind", "value", "line"}`` entries, and what is odd in them.

    An entry whose text is more than its trimmed ``value`` has that text as ``raw``: FreePBX does
    not trim. Nothing here is an error.
    """
    found: list[Requirement] = []
    odd: list[Finding] = []
    for entry in depends:
        kind = _KINDS.get(str(entry.get("kind", "")))
        text = str(entry.get("raw") or entry.get("value", ""))
        line = entry.get("line")
        if kind is None or not text.strip():
            continue
        if not isinstance(line, int):
            line = 0
        readable = kind is Kind.FILE or len(text) <= MAX_TEXT
        read = _READERS[kind](kind, text, line) if readable else []
        found += read
        if not read or any(not one.strict or _SEVERAL.search(one.version) for one in read):
            odd.append(_remark(kind, text.strip(), read, contract, line))
    return tuple(found), tuple(odd)


MAX_TEXT = 200
"""Characters of a requirement that anybody would have meant; what is longer is not read."""

# What FreePBX matches, white space and letter case included; ``\Z`` allows its one newline.
_OP = r"(?P<op>lt|le|gt|ge|==|=|eq|!=|ne)"
_END = r"\n?\Z"
_FLAGS = re.ASCII | re.IGNORECASE
_STRICT_MODULE = re.compile(
    rf"(?P<name>\w+)(?:\s+{_OP}?\s*(?P<version>\d+(?:\.(?:\d+|\d*[betalphrc|]+\d+))+))?{_END}",
    _FLAGS,
)
_STRICT_VERSION = re.compile(
    rf"\s*{_OP}?\s*(?P<version>\d*[betalphrc|]?\d+(?:\.[^.]+)*){_END}", _FLAGS
)
_STRICT_ENGINE = re.compile(
    rf"(?P<name>\w+)(?:\s+{_OP}?\s*(?P<version>\d+(?:\.[^.]+)*))?{_END}", _FLAGS
)

# What its author must have meant.
_ANY_OP = r"(?P<op>lt|le|gt|ge|eq|ne|gw|==|=|!=|<=|>=|<>|<|>)"
_LOOSE_VERSION = r"v?(?P<version>\d[^\s,]*|(?:alpha|beta|rc|dev)[^\s,]*)"
_LOOSE_CONDITION = re.compile(rf"\s*(?:{_ANY_OP}(?![a-z]))?\s*{_LOOSE_VERSION}\s*", _FLAGS)
_JOINED_CONDITION = re.compile(rf"\s*{_ANY_OP}\s*{_LOOSE_VERSION}\s*", _FLAGS)
_LOOSE_NAME = re.compile(r"\s*(?P<name>[a-z][\w-]*)(?P<rest>.*)", _FLAGS | re.DOTALL)
_WILD_TAIL = re.compile(r"(?:\.(?:[x*]\w*)?)+\Z", _FLAGS)
_OPERATORS = {
    **{"==": Op.EQ, "=": Op.EQ, "!=": Op.NE, "<>": Op.NE},
    **{">=": Op.GE, "<=": Op.LE, ">": Op.GT, "<": Op.LT},
    **{str(op): op for op in Op},
}
_SEVERAL = re.compile(r"[\s|]")
_TWO_WORDS = ("zend guard loader", "zend optimizer")


def _operator(text: str | None) -> Op:
    return _OPERATORS.get((text or "").lower(), Op.GE)


def _matched(kind: Kind, match: re.Match[str], text: str, line: int) -> Requirement:
    parts = match.groupdict()
    operator = parts["op"] or ""
    return Requirement(
        kind,
        parts.get("name") or "",
        _operator(operator),
        (parts["version"] or "").strip(),
        text.strip(),
        line,
        strict=operator == operator.lower(),
    )


def _read_module(kind: Kind, text: str, line: int) -> list[Requirement]:
    if match := _STRICT_MODULE.match(text):
        return [_matched(kind, match, text, line)]
    pieces = [piece for piece in text.split(",") if piece.strip()]
    return [one for piece in pieces for one in _read_loosely(kind, piece, text, line)]


def _read_version(kind: Kind, text: str, line: int) -> list[Requirement]:
    if match := _STRICT_VERSION.match(text):
        return [_matched(kind, match, text, line)]
    if conditions := _conditions(kind, "", text, text, line):
        return conditions
    if kind is Kind.VERSION and not _LOOSE_CONDITION.match(text):
        return _read_loosely(Kind.MODULE, text, text, line)
    return []


def _read_engine(kind: Kind, text: str, line: int) -> list[Requirement]:
    if match := _STRICT_ENGINE.match(text):
        return [_matched(kind, match, text, line)]
    return _read_loosely(kind, text, text, line)


def _read_component(kind: Kind, text: str, line: int) -> list[Requirement]:
    options = [_component(option, line) for option in text.split("||") if option.strip()]
    if len(options) < 2:
        return options
    strict = all(option.strict for option in options)
    name = " || ".join(str(option) for option in options)
    return [
        Requirement(
            kind, name, text=text.strip(), line=line, strict=strict, alternatives=tuple(options)
        )
    ]


def _component(text: str, line: int) -> Requirement:
    plain = text.strip()
    if plain.lower() in _TWO_WORDS:
        return Requirement(Kind.PHPCOMPONENT, plain, text=plain, line=line)
    if match := _STRICT_ENGINE.match(plain):
        return _matched(Kind.PHPCOMPONENT, match, text, line)
    return Requirement(Kind.PHPCOMPONENT, plain, text=plain, line=line, strict=False)


def _read_file(kind: Kind, text: str, line: int) -> list[Requirement]:
    return [Requirement(kind, text.strip(), text=text.strip(), line=line)]


_KINDS: Mapping[str, Kind] = {str(kind): kind for kind in Kind}
_READERS: Mapping[Kind, Callable[[Kind, str, int], list[Requirement]]] = {
    Kind.MODULE: _read_module,
    Kind.VERSION: _read_version,
    Kind.PHPVERSION: _read_version,
    Kind.ENGINE: _read_engine,
    Kind.PHPCOMPONENT: _read_component,
    Kind.FILE: _read_file,
}


def _read_loosely(kind: Kind, piece: str, text: str, line: int) -> list[Requirement]:
    """Read a name and as many conditions as follow it; what makes no sense asks for any version."""
    match = _LOOSE_NAME.match(piece)
    if match is None:
        return []
    name, rest = match["name"], match["rest"]
    anything = Requirement(kind, name, text=text.strip(), line=line, strict=False)
    return _conditions(kind, name, rest, text, line) or [anything]


def _conditions(kind: Kind, name: str, rest: str, text: str, line: int) -> list[Requirement]:
    """Return one requirement for each condition in ``rest``, which must hold nothing else."""
    found: list[Requirement] = []
    pattern, at = _LOOSE_CONDITION, 0
    while at < len(rest):
        match = pattern.match(rest, at)
        if match is None or not (version := _WILD_TAIL.sub("", match["version"])):
            return []
        one = Requirement(kind, name, _operator(match["op"]), version, text.strip(), line)
        found.append(replace(one, strict=False))
        pattern, at = _JOINED_CONDITION, match.end()
    return found


def read_condition(text: str) -> Requirement | None:
    """Return the condition of a ``breaking/version`` (grammar of depends/version), or None."""
    read = _read_version(Kind.PHPVERSION, text, 0) if text.strip() else []
    return replace(read[0], kind=Kind.VERSION) if read else None


def _remark(
    kind: Kind, text: str, read: list[Requirement], contract: Contract, line: int
) -> Finding:
    place = f"{MANIFEST[contract]}:{line}" if line else MANIFEST[contract]
    context = {"kind": str(kind), "written": text[:MAX_TEXT], "reading": _reading(kind, read)}
    if not read:
        return Finding(Severity.WARNING, "requirement-unreadable", _UNREADABLE, context, place)
    if not all(one.strict for one in read):
        return Finding(Severity.WARNING, "requirement-loose", _LOOSE, context, place, _LOOSE_HINT)
    context["version"] = read[0].version
    return Finding(Severity.WARNING, "requirement-tail", _TAIL, context, place, _TAIL_HINT)


def _reading(kind: Kind, read: list[Requirement]) -> str:
    told = (f"{one.kind} {one}" if one.kind is not kind else str(one) for one in read)
    return ", ".join(told)


_UNREADABLE = _("The requirement “{written}” ({kind}) cannot be read; it has no effect.")
_LOOSE = _("FreePBX does not understand “{written}” ({kind}); it is read here as “{reading}”.")
_LOOSE_HINT = _("Write the name, then lt, le, gt, ge, eq or ne, then a version such as 17.0.1.")
_TAIL = _("All of “{version}” in “{written}” ({kind}) is compared as one version.")
_TAIL_HINT = _("Write one element for each condition.")
