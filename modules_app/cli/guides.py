"""Guides that are written from the code: the rules of the lint."""

from __future__ import annotations

from collections.abc import Iterable

from modules_app.domain.findings import Severity
from modules_app.inspection.lint.habit_rules import HABIT_RULES
from modules_app.inspection.lint.hook_rules import HOOK_RULES
from modules_app.inspection.lint.rule import LintRule
from modules_app.inspection.lint.security_rules import SECURITY_RULES

_HEAD = """\
<!-- Written by script/docs; change the code, not this page. -->
# What modules should not do

`module check` reads the code of a package in Python, without running it, and names what is written
here, with the line. An **error** refuses the package; a **warning** does not, unless you ask for it
with `--strict`. Scripts in `bin/` and `agi-bin/` are not looked at.

Where you know better, say so on the line itself; the report counts what was allowed:

```python
import subprocess

subprocess.run(["/usr/bin/sox", "--version"], check=True)  # pbx: allow shell-call
```

In templates the comment is `{# pbx: allow inline-style #}`, in scripts `// pbx: allow …`.
"""
_LANGUAGES = {"py": "python", "html": "html", "js": "js"}


def guides() -> dict[str, str]:
    """Return the written guides: path below docs, and text."""
    parts = [
        _HEAD,
        _chapter("Hooks", HOOK_RULES),
        _chapter("Security", SECURITY_RULES),
        _chapter("Habits", HABIT_RULES),
    ]
    return {"guides/anti-patterns.md": "\n".join(parts)}


def _chapter(title: str, rules: Iterable[LintRule]) -> str:
    return f"## {title}\n\n" + "\n".join(_rule(rule) for rule in rules)


def _rule(rule: LintRule) -> str:
    kind = "Error" if rule.severity is Severity.ERROR else "Warning"
    lines = [f"### {rule.slug}", "", f"{kind}. {rule.reason} {rule.instead}", ""]
    for title, code in (("Not so", rule.bad), ("But so", rule.good)):
        if code:
            language = _LANGUAGES[rule.file.rpartition(".")[2]]
            lines += [f"{title}:", "", f"```{language}", code.rstrip(), "```", ""]
    return "\n".join(lines)
