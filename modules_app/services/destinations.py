"""Asking who offers destinations, for a form or after a new one was made (reference F9.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from modules_app.bridge.hooks import HookAnswer
from modules_app.domain.destinations import (
    DESTINATIONS,
    Destination,
    Maker,
    Offers,
    provided,
    read_destinations,
    without_doubles,
)
from modules_app.selectors.popovers import list_popovers, titles_of
from modules_app.services.hook_calls import ask_modules


def list_offers(user: Any, *, language: str) -> Offers:
    """Return what a form can choose from, and the pages for new ones that ``user`` may open.

    A second for all modules together; in safe mode only PBX Admin itself offers anything.
    """
    answers = ask_modules(DESTINATIONS, language=language)
    titles = titles_of([answer.module_id for answer in answers], language)
    found, silent = list(provided(language)), []
    for answer in answers:
        theirs = _read(answer, titles[answer.module_id])
        if theirs is None:
            silent.append(titles[answer.module_id])
        else:
            found.extend(theirs)
    makers = _makers(user, answers, language)
    return Offers(without_doubles(found), tuple(makers), tuple(silent))


def list_of_module(module_id: str, *, language: str) -> tuple[Destination, ...] | None:
    """Return what one module offers now; None when it gives no proper answer, or has none."""
    answers = ask_modules(DESTINATIONS, modules=[module_id], language=language)
    title = titles_of([module_id], language)[module_id]
    return _read(answers[0], title) if answers else None


def _read(answer: HookAnswer, title: str) -> tuple[Destination, ...] | None:
    value = answer.value if isinstance(answer.value, Mapping) else {}
    try:
        return read_destinations(answer.module_id, title, value.get(DESTINATIONS))
    except ValueError:  # what it answered is on its own page, noted by who checked it first
        return None


def _makers(user: Any, answers: Sequence[HookAnswer], language: str) -> list[Maker]:
    names = {
        answer.module_id: dict(answer.value.get("popovers") or {})
        for answer in answers
        if isinstance(answer.value, Mapping)
    }
    return [
        Maker(one.module_id, str(names.get(one.module_id, {}).get(one.key) or title), one.url)
        for one, title in list_popovers(user, language)
    ]
