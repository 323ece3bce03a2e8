"""What may become of a module, and the demands that are made of it.

A plan is a choice of one `State` per module in which every `Demand` is met.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from modules_app.domain.dependencies.conflicts import Conflict
from modules_app.domain.dependencies.grammar import Requirement
from modules_app.domain.dependencies.plan import Goal
from modules_app.domain.dependencies.world import Candidate
from modules_app.domain.states import Verb


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """One version of a module or none, switched on or not. Compared by identity."""

    key: str
    candidate: Candidate | None
    on: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """A demand on the module with the folded id ``target``. Compared by identity.

    This one is met by anything; it only brings the module into play.
    """

    target: str

    @property
    def soft(self) -> bool:
        """Tell whether it is only met where that is possible."""
        return False

    @property
    def origin(self) -> Hashable:
        """Return what it comes from: the demands of one declaration are given up together."""
        return self

    def allows(self, state: State) -> bool:
        """Tell whether it is met when the target comes to be in ``state``."""
        return True


@dataclass(frozen=True, slots=True, eq=False)
class Wished(Demand):
    """Somebody asked for it."""

    goal: Goal

    def allows(self, state: State) -> bool:
        """Tell whether ``state`` is what the goal asks for."""
        candidate, goal = state.candidate, self.goal
        match goal.verb:
            case Verb.REMOVE:
                return candidate is None
            case Verb.DISABLE:
                return candidate is not None and candidate.is_installed and not state.on
            case Verb.ENABLE:
                return state.on
        if candidate is None or candidate.is_installed:
            return False
        return goal.reference in ("", candidate.reference) and (state.on or not goal.enable)


@dataclass(frozen=True, slots=True, eq=False)
class Kept(Demand):
    """What is enabled stays so unless somebody asked for the opposite."""

    candidate: Candidate

    def allows(self, state: State) -> bool:
        """Tell whether the module is still enabled."""
        return state.on


@dataclass(frozen=True, slots=True, eq=False)
class Left(Demand):
    """Somebody wants the module to stay exactly as it is."""

    present: State

    def allows(self, state: State) -> bool:
        """Tell whether nothing changes."""
        return state is self.present


@dataclass(frozen=True, slots=True, eq=False)
class Needed(Demand):
    """The version ``by`` requires a module, with ``on`` an enabled one."""

    by: Candidate
    requirement: Requirement
    on: bool = False
    weak: bool = False

    @property
    def soft(self) -> bool:
        """Tell whether an unmet one is worth a warning only."""
        return self.weak

    @property
    def origin(self) -> Hashable:
        """Return the declaration, whether it now asks for an enabled module or for any."""
        return id(self.by), id(self.requirement)

    def allows(self, state: State) -> bool:
        """Tell whether a fitting version is there, and enabled where that is asked."""
        if state.candidate is None or (self.on and not state.on):
            return False
        return self.requirement.accepts(state.candidate.version, self.by.contract)


@dataclass(frozen=True, slots=True, eq=False)
class Unfulfilled(Demand):
    """The version ``by`` requires of the system what it does not have: that state cannot be."""

    by: Candidate
    requirement: Requirement

    @property
    def origin(self) -> Hashable:
        """Return the declaration, which may speak in several states."""
        return id(self.by), id(self.requirement)

    def allows(self, state: State) -> bool:
        """Nothing helps."""
        return False


@dataclass(frozen=True, slots=True, eq=False)
class Apart(Demand):
    """The enabled version ``by`` declares that it does not go with the target."""

    by: Candidate
    conflict: Conflict

    def allows(self, state: State) -> bool:
        """Tell whether the target is not enabled in a version that is meant."""
        if state.candidate is None or not state.on:
            return True
        return not self.conflict.concerns(state.candidate.version)
