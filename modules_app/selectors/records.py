"""The whole record of one module, which REST and commands show alike (design 7)."""

from __future__ import annotations

from typing import Any

from modules_app.selectors.hook_results import hook_result_record, list_hook_results
from modules_app.selectors.modules import as_record, find_module, get_module_row
from modules_app.selectors.needs import needs_record


def module_details(module_id: str, language: str = "en") -> dict[str, Any]:
    """Return a module's record with its facts, checks and hooks. Raises ``NotFound``."""
    module = find_module(module_id)
    return {
        **as_record(get_module_row(module.id, language)),
        **needs_record(module.id, language),
        "facts": module.facts,
        "checks": module.checks,
        "hooks": [hook_result_record(one) for one in list_hook_results(module.id)],
    }
