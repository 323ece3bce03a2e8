"""A plan over several modules, made ready for its page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, gettext

from modules_app.domain.batches import MODE_LABELS
from modules_app.domain.dependencies.plan import Plan, Step
from modules_app.domain.findings import Severity
from modules_app.domain.ids import fold_id
from modules_app.domain.states import Verb
from modules_app.models import Module
from modules_app.permissions import Right
from modules_app.selectors.modules import all_modules, pick
from modules_app.selectors.packages import list_uploads
from modules_app.selectors.sizes import data_bytes
from modules_app.services.batches import plan_batch
from modules_app.views.ways import told
from modules_app.views.wishes import Wish

DEPENDENTS = "dependents-enabled"
"""The slug of the problem that letting others be disabled along with it solves."""

_MOST_TICKED = 200
"""Steps with a box to tick; a form may have only so many fields."""


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of a plan; ``tickable`` ones may be left out."""

    step: Step
    title: str
    tickable: bool

    @property
    def label(self) -> str:
        """Return what is done, in words."""
        if self.step.enable and self.step.verb is Verb.UPGRADE:
            return gettext("Upgrade and enable")
        return gettext("Install and enable") if self.step.enable else _button(self.step.verb)

    @property
    def reason(self) -> dict[str, Any]:
        """Return why it is a step, to be translated and filled."""
        return {"message": self.step.reason, "context": self.step.context}


@dataclass(frozen=True, slots=True)
class PlanView:
    """What is asked for, the plan for it, and the names of modules for this reader."""

    wish: Wish
    plan: Plan
    titles: dict[str, str]
    named: tuple[str, ...] = ()

    @property
    def steps(self) -> list[StepView]:
        """Return the steps in their order."""
        goals = sum(step.goal for step in self.plan.steps)
        some = 1 < goals <= _MOST_TICKED
        return [
            StepView(step, self._title(step), step.optional or (step.goal and some))
            for step in self.plan.steps
        ]

    @property
    def offered(self) -> list[str]:
        """Return the ids of the steps that have a box to tick."""
        ticked = [view.step.id for view in self.steps if view.tickable]
        return [*ticked, *(one for one, _title in self.chosen), *self.wish.without]

    @property
    def chosen(self) -> list[tuple[str, str]]:
        """Return id and name of what is asked for, where no plan fits until one is left out."""
        if self.plan.steps or not 1 < len(self.named) <= _MOST_TICKED:
            return []
        without = {fold_id(one) for one in self.wish.without}
        wanted = (one for one in self.named if fold_id(one) not in without)
        return [(one, self.titles.get(fold_id(one), one)) for one in wanted]

    @property
    def left_out(self) -> list[tuple[str, str]]:
        """Return id and name of the steps that the person unticked."""
        return [(one, self.titles.get(fold_id(one), one)) for one in self.wish.without]

    @property
    def asked_for(self) -> list[str]:
        """Return the names of all that would change."""
        return [view.title for view in self.steps] or list(self.wish.ids)

    @property
    def removed(self) -> list[str]:
        """Return the ids of the modules that would be removed."""
        return [step.id for step in self.plan.steps if step.verb is Verb.REMOVE]

    @property
    def to_type(self) -> str:
        """Return what must be typed before data is deleted: the one id, or how many they are."""
        return self.removed[0] if len(self.removed) == 1 else str(len(self.removed))

    @property
    def lets_cascade(self) -> bool:
        """Tell whether disabling those who need it too would solve every problem."""
        problems = self.plan.problems
        return bool(problems) and all(one.slug == DEPENDENTS for one in problems)

    def context(self, rights: frozenset[Right]) -> dict[str, Any]:
        """Return what the template wants."""
        notes = [one for one in self.plan.warnings if one.severity is Severity.NOTE]
        warnings = [one for one in self.plan.warnings if one.severity is not Severity.NOTE]
        return {
            "wish": self.wish,
            "plan": self.plan,
            "view": self,
            "question": _question(self.wish.verb),
            "button": _button(self.wish.verb),
            "problems": told(self.plan.problems, rights),
            "warnings": told(warnings, rights),
            "notes": told(notes, rights),
            "modes": [(mode, label, mode is self.wish.mode) for mode, label in MODE_LABELS.items()],
            "data_bytes": sum(data_bytes(one) for one in self._removed_modules()),
        }

    def _removed_modules(self) -> Iterable[Module]:
        return Module.objects.filter(pk__in=self.removed)

    def _title(self, step: Step) -> str:
        return self.titles.get(fold_id(step.id)) or step.name or step.id


def look_at(wish: Wish) -> PlanView:
    """Return the plan for a wish. Raises ``NotFound`` for what does not exist."""
    plan = plan_batch(
        verb=wish.verb,
        ids=wish.ids,
        upload_ids=wish.uploads,
        enable=wish.enable,
        cascade=wish.cascade,
        delete_data=not wish.keep_data,
        without=wish.without,
    )
    language = get_language() or "en"
    uploads = list(list_uploads().filter(pk__in=wish.uploads))
    titles = {
        fold_id(one.module_id): pick(one.report.get("titles", {}), language, one.module_id)
        for one in uploads
    }
    titles |= {fold_id(row.id): row.title for row in all_modules(language)}
    return PlanView(wish, plan, titles, (*wish.ids, *(one.module_id for one in uploads)))


def _question(verb: Verb) -> str:
    return {
        Verb.INSTALL: gettext("Install these packages?"),
        Verb.UPGRADE: gettext("Upgrade these modules?"),
        Verb.ENABLE: gettext("Enable these modules?"),
        Verb.DISABLE: gettext("Disable these modules?"),
        Verb.REMOVE: gettext("Remove these modules?"),
    }[verb]


def _button(verb: Verb) -> str:
    return {
        Verb.INSTALL: gettext("Install"),
        Verb.UPGRADE: gettext("Upgrade"),
        Verb.ENABLE: gettext("Enable"),
        Verb.DISABLE: gettext("Disable"),
        Verb.REMOVE: gettext("Remove"),
    }[verb]
