"""Which modules have a part in Asterisk's files, and what they add whoever is asked."""

from __future__ import annotations

import hashlib

from modules_app.domain.states import Wanted
from modules_app.hooks.generators import GENERATORS
from modules_app.hooks.spec import Interface
from modules_app.hooks.specs import HOOKS
from modules_app.models import HookResult, Module
from modules_app.selectors.answers import counted
from modules_app.selectors.safe_mode import safe_mode

ASTERISK_HOOKS = (
    *(spec.name for spec in HOOKS if spec.interface is Interface.ASTERISK),
    *GENERATORS,
)
"""The hooks whose answers stand in Asterisk's files."""

_ONCE = tuple(name for name in ASTERISK_HOOKS if name not in {s.name for s in HOOKS if s.keyed})


def modules_digest() -> str:
    """Return a digest of the modules in use that have a part, and of their common answers.

    Answers about single records are left out: they follow the records. In safe mode no module has
    a part, as where none is installed.
    """
    if safe_mode():
        return ""
    rows = counted().order_by("pk").values_list("pk", "generation", "facts")
    having = [(pk, generation) for pk, generation, facts in rows if touches(facts)]
    if not having:
        return ""
    answers = HookResult.objects.filter(hook__in=_ONCE, module_id__in=[pk for pk, _ in having])
    found = answers.order_by("id_fold", "hook").values_list("module_id", "hook", "answer")
    text = repr((having, [row for row in found if row[2]]))
    return hashlib.sha256(text.encode()).hexdigest()


def touches(facts: dict[str, object]) -> bool:
    """Tell whether a module with these facts has a part in Asterisk's files."""
    hooks = facts.get("hooks")
    return bool(set(ASTERISK_HOOKS) & set(hooks if isinstance(hooks, list) else ()))


def touches_asterisk(module_id: str, *, only_on: bool) -> bool:
    """Tell whether a module has a part in Asterisk's files; ``only_on``: if it is switched on."""
    rows = Module.objects.filter(pk=module_id)
    rows = rows.filter(wanted=Wanted.ON) if only_on else rows
    facts = rows.values_list("facts", flat=True).first()
    return touches(facts or {})
