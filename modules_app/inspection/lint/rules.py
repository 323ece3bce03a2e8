"""All rules by their slug: the lint, its guide and its tests read this one table."""

from __future__ import annotations

from modules_app.inspection.lint.habit_rules import HABIT_RULES
from modules_app.inspection.lint.hook_rules import HOOK_RULES
from modules_app.inspection.lint.rule import LintRule
from modules_app.inspection.lint.security_rules import SECURITY_RULES

RULES: tuple[LintRule, ...] = (*HOOK_RULES, *SECURITY_RULES, *HABIT_RULES)

RULES_BY_SLUG = {rule.slug: rule for rule in RULES}
