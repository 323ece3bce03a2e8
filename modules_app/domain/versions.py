"""Versions compared exactly as the two contracts compare them.

Both systems hand their versions to PHP's ``version_compare`` (reference M1.2 and F4), whose order
is neither semver nor PEP 440: ``1.0`` is below ``1.0.0``, ``1.0-1`` equals ``1.0.1`` and ``1.0p1``
is above ``1.0``. This is a restatement of that algorithm, byte for byte also on strange input.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from modules_app.domain.manifest import Contract

MAX_LENGTH = 64
"""Characters in a version that a manifest may carry (design 6)."""

DEVELOPMENT_BUILD = "%ModuleVersion%"
"""What repositories keep where the release build writes the version (reference M1.2)."""

_RELEASE = b"#N#"
_LONG_MAX = 2**63 - 1
_DIGITS = frozenset(b"0123456789")
_ALNUM = frozenset(b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_SEPARATORS = frozenset(b"-_+")
_DOT = ord(".")
_RANKS = (
    (b"dev", 0),
    (b"a", 1),
    (b"b", 2),
    (b"RC", 3),
    (b"rc", 3),
    (b"#", 4),
    (b"p", 5),
)
_UNKNOWN_WORD = -1


class Relation(StrEnum):
    """How a new version stands to the old one."""

    NEWER = "newer"
    SAME = "same"
    OLDER = "older"
    UNKNOWN = "unknown"


def php_version_compare(a: str, b: str) -> int:
    """Return -1, 0 or 1 as PHP's ``version_compare(a, b)`` does, for any two strings."""
    return _compare(_c_string(a), _c_string(b))


def compare(a: str, b: str, contract: Contract) -> int:
    """Return -1, 0 or 1 by the rules of ``contract``.

    MikoPBX compares as PHP does; FreePBX lowers the case first and then spells ``rc`` as PHP knows
    it (reference F4). A development build is below every other version but the empty one.
    """
    return _compare_cached(a, b, contract)


def sort_key(contract: Contract) -> Callable[[str], Any]:
    """Return a ``key=`` function that sorts version strings by ``compare``."""
    return functools.cmp_to_key(lambda a, b: compare(a, b, contract))


def is_development_build(version: str) -> bool:
    """Say whether ``version`` is the placeholder that a release build would have replaced."""
    return DEVELOPMENT_BUILD in version


def relation(old: str, new: str, contract: Contract) -> Relation:
    """Say how ``new`` stands to ``old``.

    Unknown when either of them is empty or a development build: nobody can tell then, so neither
    an update is offered nor a downgrade refused.
    """
    if not (old and new) or is_development_build(old) or is_development_build(new):
        return Relation.UNKNOWN
    return (Relation.SAME, Relation.NEWER, Relation.OLDER)[compare(new, old, contract)]


def is_upgrade(old: str, new: str, contract: Contract) -> bool:
    """Say whether ``new`` is certainly above ``old``."""
    return relation(old, new, contract) is Relation.NEWER


def meets_minimum(pbx_version: str, minimum: str) -> bool:
    """Say whether a PBX of ``pbx_version`` is new enough for ``min_pbx_version`` (reference M1.2).

    Every ``-dev`` is deleted from the PBX's own version, none from the module's; an empty minimum
    always passes.
    """
    return php_version_compare(pbx_version.replace("-dev", ""), minimum) >= 0


@functools.lru_cache(maxsize=8192)
def _compare_cached(a: str, b: str, contract: Contract) -> int:
    builds = is_development_build(a), is_development_build(b)
    if any(builds) and a and b:
        return builds[1] - builds[0]
    return _compare(_normal(a, contract), _normal(b, contract))


def _normal(version: str, contract: Contract) -> bytes:
    raw = _c_string(version)
    return raw.lower().replace(b"rc", b"RC") if contract is Contract.FREEPBX else raw


def _c_string(version: str) -> bytes:
    """PHP compares C strings: bytes up to the first NUL."""
    return version.encode("utf-8", "surrogatepass").split(b"\0", 1)[0]


def _compare(a: bytes, b: bytes) -> int:
    sign = 1
    while True:
        if not (a and b):
            return sign * (bool(a) - bool(b))
        order, rest_a, rest_b = _compare_parts(_canonical(a), _canonical(b))
        if order or (rest_a is None and rest_b is None):
            return sign * order
        a, sign = (rest_a, sign) if rest_a is not None else (rest_b or b"", -sign)
        if a[:1].isdigit():
            return sign
        b = _RELEASE


def _compare_parts(a: bytes, b: bytes) -> tuple[int, bytes | None, bytes | None]:
    """Compare part by part; when all shared parts are equal, also return what is left of each."""
    rest_a: bytes | None = a
    rest_b: bytes | None = b
    while rest_a and rest_b:
        part_a, rest_a = _split(rest_a)
        part_b, rest_b = _split(rest_b)
        order = _compare_part(part_a, part_b)
        if order:
            return order, None, None
    return 0, rest_a, rest_b


def _split(version: bytes) -> tuple[bytes, bytes | None]:
    part, dot, rest = version.partition(b".")
    return part, rest if dot else None


def _compare_part(a: bytes, b: bytes) -> int:
    if a[:1].isdigit() and b[:1].isdigit():
        return _sign(_number(a) - _number(b))
    return _sign(_rank(a) - _rank(b))


def _number(part: bytes) -> int:
    digits = part[: len(part) - len(part.lstrip(b"0123456789"))].lstrip(b"0")
    return min(int(digits or b"0"), _LONG_MAX) if len(digits) < 20 else _LONG_MAX


def _rank(part: bytes) -> int:
    if part[:1].isdigit():
        part = _RELEASE
    for word, rank in _RANKS:
        if part.startswith(word):
            return rank
    return _UNKNOWN_WORD


def _sign(difference: int) -> int:
    return (difference > 0) - (difference < 0)


def _canonical(version: bytes) -> bytes:
    """Put a dot wherever digits meet other signs and for every separator (reference F4, step 1).

    The first sign is taken as it is, and what begins with ``#`` is left alone, as PHP does.
    """
    if version.startswith(b"#"):
        return version
    out = bytearray(version[:1])
    last = version[0]
    for sign in version[1:]:
        if sign in _SEPARATORS:
            _dot(out)
        elif _turns(last, sign):
            _dot(out)
            out.append(sign)
        elif sign in _ALNUM:
            out.append(sign)
        else:
            _dot(out)
        last = sign
    return bytes(out)


def _turns(last: int, sign: int) -> bool:
    if sign in _DIGITS:
        return last not in _DIGITS and last != _DOT
    return last in _DIGITS and sign != _DOT


def _dot(out: bytearray) -> None:
    if out[-1] != _DOT:
        out.append(_DOT)
