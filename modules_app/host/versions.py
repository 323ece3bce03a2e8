"""Which namespaces of modules and classes have changed, without looking at what they hold.

Comparing the contents of a dictionary counts references up and down, and in a forked process each
count that is written copies a page of memory: 13 MB, and more time than everything else that a
trial does. CPython counts the changes of each dictionary (PEP 509); reading that count writes
nothing. Where Python has no such count, everything is taken for changed.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from array import array
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

_PLACE = 24
"""A dictionary begins with its reference count, its type and its length, of 8 bytes each."""
_count_at = ctypes.c_uint64.from_address


class Versions:
    """Remembers how modules and classes are now; it keeps them alive."""

    def __init__(self, holders: Sequence[ModuleType | type]) -> None:
        self._dicts = [namespace_of(holder) for holder in holders]
        can_be_read = counts_changes()
        self._places = array(
            "Q",
            [id(names) + _PLACE if can_be_read and names is not None else 0
             for names in self._dicts],
        )  # fmt: skip
        self._seen = array("Q", [_count_at(place).value if place else 0 for place in self._places])

    def changed(self) -> Iterator[int]:
        """Yield the numbers of the holders that may have changed since they were last accepted."""
        for number, place in enumerate(self._places):
            if not place or _count_at(place).value != self._seen[number]:
                yield number

    def accept(self, number: int) -> None:
        """Take a holder as it is now for unchanged."""
        if place := self._places[number]:
            self._seen[number] = _count_at(place).value


def namespace_of(holder: ModuleType | type) -> dict[str, Any] | None:
    """Return the very dictionary behind ``vars(holder)``, None if it is hidden."""
    if isinstance(holder, ModuleType):
        return vars(holder)
    found = (part for part in gc.get_referents(holder) if isinstance(part, dict))
    return next((names for names in found if names.keys() == vars(holder).keys()), None)


def counts_changes() -> bool:
    """Tell whether this Python keeps the count where we read it."""
    if sys.implementation.name != "cpython" or sys.version_info[:2] != (3, 11):
        return False
    tried = {"name": 1}
    counts = [_count_at(id(tried) + _PLACE).value]
    for value in (2, 3):
        tried["name"] = value
        counts += [_count_at(id(tried) + _PLACE).value for _twice in range(2)]
    first, second, again, third, and_again = counts
    return len({first, second, third}) == 3 and (second, third) == (again, and_again)
