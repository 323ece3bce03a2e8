"""Fields that modules add to forms of ours, and handing over what was typed (M6.5).

The order is: all fields are checked, then our form is saved, then each module gets its values.
Whatever a module says then changes nothing of what was saved, and the page tells both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from modules_app.bridge.hooks import HookAnswer
from modules_app.domain.extra_fields import MOST_FIELDS, ExtraField, read_field
from modules_app.selectors.reader import statement_about
from modules_app.services.hook_calls import ask_modules
from modules_app.services.hook_results import last_line

ADD_FIELDS = "on_before_form_initialize"
SAVE_FIELDS = "save_form_fields"
SAVE_SECONDS = 2.0
SAVE_TOTAL_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class FormPart:
    """What one module adds to a form; ``problem`` says why its fields are missing."""

    module_id: str
    fields: tuple[ExtraField, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class SaveProblem:
    """What a module said against its values: by the name of the field, "" for all of them."""

    module_id: str
    errors: Mapping[str, str] = field(default_factory=dict)


def extra_fields(
    form: str, entity: Mapping[str, Any], *, user: Any, language: str
) -> list[FormPart]:
    """Return the fields that modules add to ``form``, whose stored values are ``entity``."""
    answers = ask_modules(
        ADD_FIELDS,
        {"form": form, "entity": dict(entity), "options": {}},
        statement=statement_about(user, language=language),
        language=language,
    )
    parts = (_part(answer) for answer in answers)
    return [part for part in parts if part.fields or part.problem]


def save_extra_fields(
    form: str,
    values: Mapping[str, Mapping[str, Any]],
    entity: Mapping[str, Any],
    *,
    user: Any,
    language: str,
) -> list[SaveProblem]:
    """Give each module of ``values`` what was typed into its fields; return who said no, and why.

    A module without the method, or without an answer, did not store its values.
    """
    problems = []
    for module_id, typed in values.items():
        answers = ask_modules(
            SAVE_FIELDS,
            {"form": form, "values": dict(typed), "entity": dict(entity)},
            modules=[module_id],
            statement=statement_about(user, language=language),
            language=language,
            seconds=SAVE_SECONDS,
            total_seconds=SAVE_TOTAL_SECONDS,
        )
        if errors := _errors(answers, typed):
            problems.append(SaveProblem(module_id, errors))
    return problems


def _part(answer: HookAnswer) -> FormPart:
    if not answer.ok:
        return FormPart(answer.module_id, problem=last_line(answer.error)[:300] or "?")
    try:
        return FormPart(answer.module_id, tuple(map(read_field, answer.value[:MOST_FIELDS])))
    except (ValueError, TypeError, AttributeError) as error:
        return FormPart(answer.module_id, problem=str(error)[:300])


def _errors(answers: Sequence[HookAnswer], typed: Mapping[str, Any]) -> dict[str, str]:
    if not answers:
        return {"": ""}
    answer = answers[0]
    if not answer.ok:
        return {"": last_line(answer.error)[:300]}
    said = answer.value if isinstance(answer.value, dict) else {}
    return {(name if name in typed else ""): str(text)[:500] for name, text in said.items()}
