"""With which arguments keyed hooks were asked: one digest for each record, told by its content.

Most modules are asked the same about the same ten thousand telephones, so this is kept once for
all of them, and equal sets are seen to be equal by their names.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from modules_app.hooks.questions import (
    Arguments,
    Changes,
    changed_questions,
    digest,
    questions_about,
)


@dataclass(frozen=True)
class Asked:
    """The digests of the arguments (see `modules_app.hooks.questions.digest`) by key."""

    digests: Mapping[str, str]

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Return what has this `text`. Raises `ValueError`."""
        return cls(json.loads(text))

    @cached_property
    def text(self) -> str:
        """Return it as it is stored."""
        return json.dumps(self.digests, sort_keys=True, separators=(",", ":"))

    @cached_property
    def name(self) -> str:
        """Return the name by which rows refer to it, 32 characters; "" for nothing."""
        if not self.digests:
            return ""
        return hashlib.blake2b(self.text.encode(), digest_size=16).hexdigest()

    def with_changes(self, questions: Mapping[str, Arguments], gone: Collection[str]) -> Asked:
        """Return it with the digests of ``questions`` and without ``gone``."""
        if not questions and not gone:
            return self
        merged = {**self.digests, **_digests(questions)}
        for key in gone:
            merged.pop(key, None)
        return Asked(merged)


NOTHING = Asked({})


class PresentQuestions:
    """The questions about the records as they are; arguments are made when they are wanted.

    With ``before``, which was made about earlier records, only what changed is made.
    """

    def __init__(
        self,
        records: list[object],
        hooks: Collection[str],
        before: PresentQuestions | None = None,
    ) -> None:
        self._records = records
        self._hooks = frozenset(hooks)
        changes = None
        if before is not None and before._hooks == self._hooks:
            changes = changed_questions(records, before._records, hooks)
        self.asked: dict[str, Asked]
        if before is None or changes is None:
            changes = Changes(questions_about(records, hooks))
            self.asked = {hook: Asked(_digests(of)) for hook, of in changes.questions.items()}
        else:
            self.asked = {
                hook: before.asked[hook].with_changes(of, changes.gone[hook])
                for hook, of in changes.questions.items()
            }
        self._made = changes.questions

    def about(self, hook: str, keys: Collection[str]) -> dict[str, Arguments]:
        """Return the questions of a hook that have these keys."""
        if any(key not in self._made.get(hook, {}) for key in keys):
            self._made = questions_about(self._records, self._hooks)
        return {key: self._made[hook][key] for key in keys}

    def forget_arguments(self) -> None:
        """Give the memory of what was made back."""
        self._made = {}


def _digests(questions: Mapping[str, Arguments]) -> dict[str, str]:
    return {key: digest(arguments) for key, arguments in questions.items()}
