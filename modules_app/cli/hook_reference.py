"""The generated reference of hooks: every row of the table, with its state."""

from __future__ import annotations

from collections.abc import Iterator

from modules_app.hooks.spec import HookKind, HookSpec, Interface
from modules_app.hooks.specs import HOOKS

_KINDS = {
    HookKind.TEXT: "text: lines for a generated file, in the order of priorities",
    HookKind.MAP: "map: one value per module; empty ones are left out",
    HookKind.MUTATE: "mutate: changes its first argument",
    HookKind.VETO: "veto: exactly `False` refuses",
    HookKind.NOTIFY: "notify: the answer does not matter",
    HookKind.FIRST: "first: the first answer that is not empty wins",
}
_HEAD = """\
A hook is a method of the class in `conf.py` that is built on `ConfigClass`. Override what you
need. [Writing modules](../writing-modules.md) shows how; this page lists all {count}.

- **Order.** `get_method_priority(self, hook)` returns where the module stands for one hook, 10000
  if it says nothing. Low numbers come first, then ids. PBX Admin's own parts stand in the same
  order, so a module with a low number writes before them.
- **Answers.** Empty answers (`None`, `""`, `[]`, `{{}}`, `0`, `False`) are left out. An answer of a
  wrong shape is left out and recorded as an error of the module.
- **Errors.** What a hook raises is recorded (page "Hooks", `module hooks`) and stops no other
  module.
- **When.** A *stored* hook is asked when the module is switched on, changes its version or calls
  `ask_reload`; what it answered is kept and the surface is made of it. A *stored, keyed* hook has
  arguments: it is asked once for each route, telephone or provider, and again about one of them
  when that one changes. Any other hook is asked at the moment when something happens, with a
  limit of time.
- **Better than the original.** The before-hooks run once and their veto counts; the after-hooks
  run once, again only after a crash in between. Order is found for each hook by itself, not once
  for all. `getDependenceModels` and `getSettings` belong to the generators of MikoPBX and are no
  hooks for modules.
"""


def hooks_page(generated: str) -> str:
    """Return the page; ``generated`` is the note on its top."""
    lines = ["# Hooks", "", generated, _HEAD.format(count=len(HOOKS))]
    for interface in Interface:
        rows = [spec for spec in HOOKS if spec.interface == interface]
        lines += [f"## {interface}", "", "| Hook | Kind | Surface | State |", "|---|---|---|---|"]
        lines += [_line(spec) for spec in rows]
        for spec in rows:
            lines += ["", *_section(spec)]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _line(spec: HookSpec) -> str:
    return f"| [`{spec.name}`](#{spec.name}) | {spec.kind} | {spec.surface} | {_state(spec)} |"


def _state(spec: HookSpec) -> str:
    if not spec.called:
        return "not called here"
    if spec.keyed:
        return "stored, keyed"
    return "stored" if spec.collected else "called"


def _section(spec: HookSpec) -> Iterator[str]:
    taken = ", ".join(["self", *(f"{one.name}: {one.type}" for one in spec.arguments)])
    returned = " | ".join([*(str(shape) for shape in spec.returns), "None"])
    yield f"### {spec.name}"
    yield ""
    yield f"`{spec.name}({taken}) -> {returned}` · `{spec.seed_name}` · {spec.reference}"
    yield ""
    yield f"{spec.docs} Kind {_KINDS[spec.kind]}. Since {spec.since}."
    if not spec.called:
        yield ""
        yield f"**Not called here.** {spec.reason}"
