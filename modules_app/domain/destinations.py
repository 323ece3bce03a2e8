"""Destinations: where a call can go, and which pages make a new one (reference F1.3, F9.6).

Two kinds of parts offer them. A part of PBX Admin, such as the telephone part, registers a provider
when it starts, in ``AppConfig.ready``:

    from modules_app.domain.destinations import Destination, register_provider

    def extensions(language: str) -> list[Destination]:
        return [Destination(f"ext-local,{number},1", f"{number} {name}", "Extensions") for …]

    register_provider("extensions", extensions)

A module of the FreePBX contract has the method ``destinations`` (`modules_app.sdk.FreePbxModule`).
Forms choose among all of them with `modules_app.forms.destinations.DestinationField`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

DESTINATIONS = "destinations"
"""Under which name a module is asked for its own, and the operator notes that it has some."""

LONGEST_VALUE = 190
MOST = 2_000
"""How many destinations one module may offer."""

_GOTO = re.compile(r"[A-Za-z0-9_.-]+,[A-Za-z0-9_.*#+-]+,[A-Za-z0-9_]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Destination:
    """One place where a call can go.

    ``value`` is what a form stores, at most `LONGEST_VALUE` characters; a module's is a place of
    the dialplan, ``context,extension,priority``, as Asterisk's Goto takes it. ``label`` and
    ``category``, under which it stands in the list, are in the reader's language. ``module_id`` is
    empty for one of PBX Admin itself.
    """

    value: str
    label: str
    category: str
    module_id: str = ""


@dataclass(frozen=True, slots=True)
class Maker:
    """A page that makes a new destination, in a dialog or on its own; ``label`` names its kind."""

    module_id: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Offers:
    """What a form can choose from; ``silent`` names the modules that gave no answer."""

    destinations: tuple[Destination, ...] = ()
    makers: tuple[Maker, ...] = ()
    silent: tuple[str, ...] = ()


Provider = Callable[[str], Iterable[Destination]]
"""Returns destinations for a reader of one language, such as "en"."""

_providers: dict[str, Provider] = {}


def register_provider(name: str, provider: Provider) -> None:
    """Offer what ``provider`` returns in every form that chooses a destination.

    ``name`` is unique; registering it again replaces the former one. Providers are asked in the
    order of their registration, each time a form is made, so let them be one query.
    """
    _providers[name] = provider


def forget_provider(name: str) -> None:
    """Take a provider back; nothing happens without one of this name."""
    _providers.pop(name, None)


def provided(language: str) -> tuple[Destination, ...]:
    """Return what the parts of PBX Admin offer."""
    return tuple(one for provider in _providers.values() for one in provider(language))


def read_destinations(module_id: str, title: str, answer: Any) -> tuple[Destination, ...]:
    """Return what a module answered as values; ``title`` is the category of those without one.

    Each is a mapping with "destination", "description" and perhaps "category" (reference F9.6).
    Raises `ValueError` that says what is wrong: a value goes into the dialplan, so only a plain
    ``context,extension,priority`` does.
    """
    if not isinstance(answer, list | tuple):
        raise ValueError("destinations() must return a list.")
    if len(answer) > MOST:
        raise ValueError(f"destinations() returned more than {MOST}.")
    found = (_read(module_id, title, one) for one in answer)
    return tuple({one.value: one for one in found}.values())


def _read(module_id: str, title: str, one: Any) -> Destination:
    if not isinstance(one, Mapping):
        raise ValueError("destinations() must return mappings.")
    value = str(one.get("destination") or "")
    if len(value) > LONGEST_VALUE or not _GOTO.fullmatch(value):
        raise ValueError(f"{value[:60]!r} is no destination; write context,extension,priority.")
    label = str(one.get("description") or value)[:200]
    return Destination(value, label, str(one.get("category") or title)[:80], module_id)


def without_doubles(destinations: Iterable[Destination]) -> tuple[Destination, ...]:
    """Return each value once: whoever comes first has it, so no module takes one of ours."""
    found: dict[str, Destination] = {}
    for one in destinations:
        found.setdefault(one.value, one)
    return tuple(found.values())


def by_category(destinations: Iterable[Destination]) -> dict[str, list[Destination]]:
    """Return the destinations by category, in the order in which categories first come."""
    found: dict[str, list[Destination]] = {}
    for one in destinations:
        found.setdefault(one.category, []).append(one)
    return found
