"""Several modules with one command: one plan, one question, one batch, one exit code."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext

from modules_app.cli.follow import end_interrupted, exit_code, follow_batch, tell_end
from modules_app.cli.output import print_json, readable, say, sentence
from modules_app.domain.batches import BATCH_LABELS, CONSEQUENCES, BatchOutcome, Mode
from modules_app.domain.dependencies.plan import Plan, Step
from modules_app.domain.findings import Finding
from modules_app.domain.operations import OUTCOME_LABELS, Outcome
from modules_app.domain.states import Verb
from modules_app.exceptions import ModuleError, fill
from modules_app.exceptions import gettext_noop as _
from modules_app.models import Upload
from modules_app.permissions import Actor
from modules_app.selectors.batches import BatchPage, batch_record, get_batch
from modules_app.services.batches import PlanRefused, cancel_batch, plan_batch, start_batch
from modules_app.services.uploads import drop_upload, file_chunks, receive_upload

USAGE = 2
PARTLY = 3
REFUSED = 4
ATTENTION = 6

_STEPS: Mapping[Verb, str] = {
    Verb.INSTALL: _("Install “{name}” {version}."),
    Verb.UPGRADE: _("Upgrade “{name}” from {from_version} to {version}."),
    Verb.ENABLE: _("Enable “{name}” {version}."),
    Verb.DISABLE: _("Disable “{name}” {version}."),
    Verb.REMOVE: _("Remove “{name}” {version}."),
}
_ENABLED_TOO = _("Enable it afterwards.")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a command line asks of several modules."""

    verb: Verb
    ids: Sequence[str] = ()
    upload_ids: Sequence[str] = ()
    enable: bool = False
    cascade: bool = False
    keep_data: bool = True
    without: Sequence[str] = ()
    force: bool = False

    def plan(self) -> Plan:
        """Return what it comes to. Raises ``NotFound``."""
        return plan_batch(
            verb=self.verb,
            ids=self.ids,
            upload_ids=self.upload_ids,
            enable=self.enable,
            cascade=self.cascade,
            delete_data=not self.keep_data,
            without=self.without,
        )


@dataclass(slots=True)
class Packages:
    """The uploads that a command brings; those that nobody installed go when it ends."""

    actor: Actor
    paths: Sequence[str]
    uploads: list[Upload] = field(default_factory=list)

    def __enter__(self) -> list[str]:
        try:
            for path in self.paths:
                chunks = file_chunks(path)
                upload = receive_upload(actor=self.actor, chunks=chunks, filename=path)
                self.uploads.append(upload)
        except ModuleError:
            self.__exit__()
            raise
        return [str(upload.pk) for upload in self.uploads]

    def __exit__(self, *_exc: object) -> None:
        for row in Upload.objects.filter(pk__in=[upload.pk for upload in self.uploads]):
            drop_upload(row)


def mode_of(args: Any) -> Mode:
    """Return what becomes of the rest when one fails; a cascade is always all or none."""
    if args.go_on:
        return Mode.CONTINUE
    return Mode.TOGETHER if args.together or getattr(args, "cascade", False) else Mode.STOP


def is_batch(args: Any, count: int) -> bool:
    """Tell whether a command is about several modules, or asks for what only a batch can do."""
    return count != 1 or args.go_on or args.together or getattr(args, "cascade", False)


def run(args: Any, actor: Actor, asked: Asked) -> int:
    """Show the plan, ask, queue, follow, report. Raises ``PlanRefused`` and what stands against it.

    Ends with 2 when nobody said yes.
    """
    if args.go_on and asked.cascade:
        say(gettext("--cascade is all or none: it does not go with --continue."))
        return USAGE
    end_interrupted()
    plan = asked.plan()
    if args.dry_run:
        return show(plan, as_json=args.json)
    if plan.problems:
        raise PlanRefused(plan)
    if not args.yes and not _agreed(plan):
        return USAGE
    batch = start_batch(
        actor=actor,
        verb=asked.verb,
        ids=asked.ids,
        upload_ids=asked.upload_ids,
        enable=asked.enable,
        cascade=asked.cascade,
        keep_data=asked.keep_data,
        force=asked.force,
        mode=mode_of(args),
        without=asked.without,
    )
    return tell(follow_batch(batch.pk, quiet=args.json), as_json=args.json)


def show(plan: Plan, *, as_json: bool) -> int:
    """Print a plan; 4 when something stands against it."""
    if as_json:
        print_json(plan_document(plan))
    else:
        sys.stdout.write("".join(f"{line}\n" for line in lines_of(plan)))
    return REFUSED if plan.problems else 0


def plan_document(plan: Plan) -> dict[str, Any]:
    """Return a plan as the JSON that commands print."""
    return {
        "plan": [_line(step) for step in plan.steps],
        "steps": [{**asdict(step), "reason": _reason(step)} for step in plan.steps],
        "warnings": [_finding(one) for one in plan.warnings],
        "problems": [_finding(one) for one in plan.problems],
        "dependents": [asdict(one) for one in plan.dependents],
    }


def lines_of(plan: Plan) -> list[str]:
    """Return a plan as lines to read, what stands against it last."""
    lines = [_line(step) for step in plan.steps]
    for finding in (*plan.warnings, *plan.problems):
        lines.append(f"{finding.severity:8} {_text(finding)} [{finding.slug}]")
        if finding.hint:
            lines.append(f"{'':8} {fill(gettext(finding.hint), finding.context)}")
    return lines


def tell(page: BatchPage, *, as_json: bool) -> int:
    """Report what came of a batch and return its exit code."""
    if as_json:
        print_json(batch_document(page))
        return batch_exit_code(page)
    for item in page.items:
        if item.operation is not None:
            tell_end(item.operation)
        label = gettext(OUTCOME_LABELS[Outcome(item.outcome)])
        sys.stdout.write(f"{item.module_id}: {item.verb}: {label}\n")
    sys.stdout.write(f"#{page.batch.pk}: {gettext(BATCH_LABELS[page.outcome])}\n")
    return batch_exit_code(page)


def batch_document(page: BatchPage) -> dict[str, Any]:
    """Return a batch as the JSON that commands print, errors with their sentences."""
    record = batch_record(page)
    return {**record, "operations": [readable(one) for one in record["operations"]]}


def batch_exit_code(page: BatchPage) -> int:
    """Return the exit code of design 7; what befell one because of another does not count."""
    if page.outcome is BatchOutcome.DONE:
        return 0
    operations = [item.operation for item in page.items if item.operation is not None]
    own = [one for one in operations if (one.error or {}).get("slug") not in CONSEQUENCES]
    codes = {exit_code(one) for one in own}
    if ATTENTION in codes:
        return ATTENTION
    return PARTLY if page.outcome is BatchOutcome.PARTLY else max(codes, default=1)


def batch(args: Any) -> int:
    """Print one batch with what came of each item."""
    page = get_batch(args.batch)
    if args.follow and page.open:
        page = follow_batch(page.batch.pk, quiet=args.json)
    if not page.open:
        tell(page, as_json=args.json)
    elif args.json:
        print_json(batch_document(page))
    else:
        for item in page.items:
            sys.stdout.write(f"{item.module_id}: {item.verb}: {gettext(item.label)}\n")
    return 0


def cancel(args: Any, actor: Actor) -> int:
    """End what waits of a batch and ask what runs to stop; 0 when it did not become whole."""
    page = follow_batch(cancel_batch(actor=actor, batch_id=args.operation).pk, quiet=args.json)
    tell(page, as_json=args.json)
    return 1 if page.outcome is BatchOutcome.DONE else 0


def _agreed(plan: Plan) -> bool:
    if not sys.stdin.isatty():
        say(gettext("Nothing was done: without a terminal, say --yes to go ahead."))
        return False
    for line in lines_of(plan):
        say(f"- {line}")
    say(gettext("Go ahead? [y/N]"))
    return sys.stdin.readline().strip().casefold() in ("y", "yes", "д", "да")


def _line(step: Step) -> str:
    told = [fill(gettext(_STEPS[step.verb]), asdict(step))]
    if step.enable:
        told.append(gettext(_ENABLED_TOO))
    return " ".join([*told, _reason(step)]).strip()


def _reason(step: Step) -> str:
    return sentence({"text": step.reason, "context": step.context})


def _finding(finding: Finding) -> dict[str, Any]:
    return {**finding.as_dict(), "text": _text(finding)}


def _text(finding: Finding) -> str:
    return fill(gettext(finding.message), finding.context)
