"""Hooks between modules of the FreePBX contract: who is called when a module asks (F9.1).

The table is a function of the registry: it is built anew whenever the set of loaded modules
changes, so no entry can outlive its module.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

NAMESPACE = "FreePBX\\modules"
"""Where the classes of modules stand that say nothing else."""

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True, slots=True)
class ClassName:
    """A class as PHP names it; without a namespace it stands for that class in any namespace."""

    name: str
    namespace: str = ""

    @classmethod
    def read(cls, text: str, namespace: str = "") -> ClassName:
        r"""Split ``FreePBX\modules\Core``; what ``text`` says wins over ``namespace``."""
        before, _mark, name = text.strip("\\").rpartition("\\")
        return cls(name, before or namespace.strip("\\"))

    def matches(self, other: ClassName) -> bool:
        """Tell whether both mean the same class, letter case included."""
        either_bare = not self.namespace or not other.namespace
        return self.name == other.name and (either_bare or self.namespace == other.namespace)


@dataclass(frozen=True, slots=True)
class Plug:
    """One declared hook: when ``target`` asks in ``calling_method``, ``method`` is called.

    ``own_class`` is the class that holds the method, an empty name for the module's own.
    """

    module_id: str
    target: ClassName
    calling_method: str
    own_class: ClassName
    method: str
    priority: int


def snake_case(name: str) -> str:
    """Return a method's name as Python writes it: ``getTypes`` gives ``get_types``."""
    return _HUMP.sub("_", name).lower()


def spellings(method: str) -> tuple[str, ...]:
    """Return under which names a method is looked for: as declared, then as Python writes it."""
    return tuple(dict.fromkeys((method, snake_case(method))))


def class_name_of(module_id: str) -> str:
    """Return the name of a module's class: ``asterisk-cli`` gives ``Asteriskdashcli`` (F1.5)."""
    return module_id.replace("-", "dash").lower().capitalize()


def plugs_of(module_id: str, declared: Iterable[Mapping[str, Any]]) -> list[Plug]:
    """Return the hooks of one manifest in file order; ``declared`` is what its reader found.

    What names no calling method or no method of its own is never called and left out. Nothing
    leaks from one method to the next, unlike in FreePBX (F9.1).
    """
    return [
        Plug(
            module_id=module_id,
            target=ClassName.read(block["class"], block["namespace"]),
            calling_method=snake_case(method["calling_method"]),
            own_class=ClassName.read(method["class"], method["namespace"]),
            method=method["name"],
            priority=int(block["priority"]),
        )
        for block in declared
        for method in block["methods"]
        if method["calling_method"] and method["name"]
    ]


class PlugTable:
    """All hooks of the modules in use, in the order in which they are called.

    Lower priorities come first; equal ones keep the order of modules, then of their manifests.
    """

    def __init__(self, plugs: Iterable[Plug]) -> None:
        self._by_method: dict[tuple[str, str], list[Plug]] = {}
        for plug in plugs:
            key = (plug.target.name, plug.calling_method)
            self._by_method.setdefault(key, []).append(plug)
        for found in self._by_method.values():
            found.sort(key=lambda plug: plug.priority)

    def find(self, target: ClassName, method: str) -> list[Plug]:
        """Return the hooks that wait for a method of a class; either spelling of the method."""
        found = self._by_method.get((target.name, snake_case(method)), [])
        return [plug for plug in found if plug.target.matches(target)]
