"""A plan: what was asked for, the ordered steps to it, and what stands against it (U2.3 rule 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from modules_app.domain.findings import Finding
from modules_app.domain.states import Verb
from modules_app.exceptions import fill


@dataclass(frozen=True, slots=True)
class Goal:
    """One wish. ``reference`` names the upload or package to take; empty lets the resolver choose.

    ``enable`` asks that what is installed or upgraded is enabled too.
    """

    verb: Verb
    id: str
    reference: str = ""
    enable: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One operation on one module.

    ``reason`` is an English sentence to be translated and filled with ``context``. ``optional``
    steps may be left out by ``without``; ``goal`` tells that a person asked for this very step.
    ``enable`` is part of an install or upgrade after which the module is switched on.
    """

    verb: Verb
    id: str
    name: str
    version: str
    from_version: str = ""
    source: str = ""
    reference: str = ""
    reason: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)
    optional: bool = False
    goal: bool = False
    enable: bool = False

    def __str__(self) -> str:
        return fill(self.reason, self.context)


@dataclass(frozen=True, slots=True)
class Dependent:
    """An enabled module that needs one which is to be disabled or removed.

    ``needs`` are the ids it needs, of those that would go, and ``needs_names`` their names;
    ``direct`` tells that one of them was asked for, not merely switched off along with it.
    """

    id: str
    name: str
    version: str
    needs: tuple[str, ...]
    needs_names: tuple[str, ...]
    direct: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps in the order in which they must run; with ``problems`` none of them may."""

    steps: tuple[Step, ...] = ()
    warnings: tuple[Finding, ...] = ()
    problems: tuple[Finding, ...] = ()
    dependents: tuple[Dependent, ...] = ()

    @property
    def is_possible(self) -> bool:
        """Tell whether nothing stands against it."""
        return not self.problems

    @property
    def enables_a_circle(self) -> bool:
        """Tell whether modules are enabled that need each other: all of them, or none."""
        switched_on = any(step.verb is Verb.ENABLE or step.enable for step in self.steps)
        return switched_on and any(one.slug == CIRCLE for one in self.warnings)

    @property
    def cause(self) -> Finding:
        """Return the problem that tells most, if only one can be told: a conflict, then a need."""
        alone = [one for one in self.problems if one.slug not in _ONLY_TOGETHER]
        conflicts = [one for one in alone if one.slug in _CONFLICTS]
        return [*conflicts, *alone, *self.problems][0]


CIRCLE = "requirement-cycle"
"""The slug of the warning that modules need each other."""

_CONFLICTS = ("module-conflict", "module-deprecated")
_ONLY_TOGETHER = ("no-solution", "goal", "stays-enabled", "left-out")
"""The slugs of problems that mean little without the others."""
