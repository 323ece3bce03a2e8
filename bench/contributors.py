"""Ten modules with a part in Asterisk's files, as rows; what they say is taken as said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from bench.rendering import CONTRIBUTING, PLAIN_HOOKS
from modules_app.domain.ids import fold_id
from modules_app.hooks.questions import Arguments
from modules_app.models import HookResult, Module
from modules_app.selectors.questions import all_questions
from modules_app.services.keyed_results import record_keyed

KEYED_HOOKS = ("override_pjsip_options", "generate_peer_pj_additional_options")


def install() -> None:
    """Write the modules, what they answered once, and what they answered about each phone."""
    questions = all_questions(KEYED_HOOKS)
    for number in range(CONTRIBUTING):
        module = _module(number)
        module.save()
        for hook, text in PLAIN_HOOKS.items():
            _answer(module, hook, text.format(n=number)).save()
        with transaction.atomic():
            for hook, asked in questions.items():
                answer = answers(module, asked.questions)
                record_keyed(module=module, hook=hook, asked=asked, answer=answer)


def ask_nobody(
    _tools: object, module: Module, _hooks: Sequence[str], questions: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """Answer at once what the host would be asked: the time of the modules' own code is theirs."""
    return {hook: answers(module, asked) for hook, asked in questions.items()}


def answers(module: Module, asked: Mapping[str, Arguments]) -> dict[str, Any]:
    """Return the answer of a module: something about one phone in a thousand, else nothing."""
    number = int(module.id.removeprefix("ModuleBench"))
    values = {
        key: {"rtp_timeout": str(60 + number)} if "/" in key else f"set_var = BENCH_{number}=1"
        for key in asked
        if key.partition("/")[0].endswith(f"{number:03}")
    }
    return {"ok": True, "values": values}


def _module(number: int) -> Module:
    name, now = f"ModuleBench{number:02}", timezone.now()
    return Module(
        id=name,
        id_fold=fold_id(name),
        contract="mikopbx",
        language="python",
        version="1.0.0",
        generation=f"{number + 1_000_000}-00000000",
        facts={"hooks": [*PLAIN_HOOKS, *KEYED_HOOKS]},
        wanted="on",
        phase="ready",
        fault="none",
        installed_at=now,
        changed_at=now,
    )


def _answer(module: Module, hook: str, text: str) -> HookResult:
    return HookResult(
        module_id=module.id,
        id_fold=module.id_fold,
        hook=hook,
        at=timezone.now(),
        generation=module.generation,
        answered_generation=module.generation,
        answer=text,
    )
