"""Verbs that only read."""

from __future__ import annotations

import sys
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext

from modules_app.cli.authors import package_chunks
from modules_app.cli.batches import USAGE, Asked, Packages
from modules_app.cli.batches import show as show_plan
from modules_app.cli.changing import actor
from modules_app.cli.follow import follow
from modules_app.cli.output import (
    indented,
    print_findings,
    print_json,
    print_table,
    readable,
    say,
    sentence,
    show_error,
)
from modules_app.domain.dependencies.plan import Goal
from modules_app.domain.needs import NEED_SENTENCES
from modules_app.domain.operations import OUTCOME_LABELS, Outcome
from modules_app.domain.states import HELD_BACK, Verb
from modules_app.models import Operation
from modules_app.selectors.doctor import examine
from modules_app.selectors.modules import as_record, find_module, get_module_row, list_modules
from modules_app.selectors.operations import get_operation, list_operations, operation_record
from modules_app.selectors.owner import quiet_sentence
from modules_app.selectors.packages import get_upload, list_kept
from modules_app.selectors.records import module_details
from modules_app.selectors.safe_mode import safe_mode
from modules_app.services.plans import plan_operation
from modules_app.services.requirements import ASKED, refuse_unfit
from modules_app.services.uploads import check_package
from modules_app.services.verification import Verified, verify_modules
from modules_app.surfaces.preview import preview

_SHOWN = (
    "id",
    "name",
    "version",
    "previous_version",
    "contract",
    "language",
    "publisher",
    "state",
    "reason",
    "way_out",
)
REFUSED = 4
DAMAGED = 6


def list_all(args: Any) -> int:
    """Print every module."""
    rows = list_modules(state=args.state, language=get_language() or "en")
    if args.json:
        print_json({"modules": [as_record(row) for row in rows]})
        return 0
    heads = [
        gettext("Id"),
        gettext("Name"),
        gettext("Version"),
        gettext("State"),
        gettext("Reason"),
    ]
    mode = safe_mode()
    labels = [
        HELD_BACK if mode and row.enabled and row.id not in mode.running else row.words.label
        for row in rows
    ]
    lines = zip(rows, labels, strict=True)
    print_table(heads, ((r.id, r.title, r.version, gettext(said), r.reason) for r, said in lines))
    return 0


def show(args: Any) -> int:
    """Print one module."""
    record = module_details(args.id, get_language() or "en")
    if args.json:
        print_json(record)
        return 0
    for name in _SHOWN:
        sys.stdout.write(f"{name:16} {record[name] or ''}\n")
    for need in record["needs"]:
        sentence_of = gettext(NEED_SENTENCES[need["state"]])
        known = sentence_of.format(name=need["id"], wanted=need["wanted"])
        sys.stdout.write(f"{'needs':16} {known} {need['cause']}\n")
    if record["needed_by"]:
        sys.stdout.write(f"{'needed by':16} {', '.join(record['needed_by'])}\n")
    for hook in record["hooks"]:
        said = "ok" if hook["ok"] else hook["error"]
        sys.stdout.write(f"{'hook':16} {hook['hook']} {hook['at'][:19]} {said}\n")
    return 0


def check(args: Any) -> int:
    """Print the validation report of a package; refused (4) when it has errors."""
    report = check_package(package_chunks(args.package))
    if args.json:
        print_json(readable(report))
    else:
        sys.stdout.write(f"{report['id']} {report['version']} ({report['contract']})\n")
        print_findings(report)
    refused = report["errors"] or (args.strict and report["warnings"])
    return REFUSED if refused else 0


def plan(args: Any) -> int:
    """Print the plan of one operation, or of several at once, without queueing it."""
    verb = Verb(args.plan_verb)
    if len(args.targets) > 1 or args.cascade or verb is Verb.UPGRADE:
        return _plan_several(args, verb)
    [target] = args.targets
    if verb is Verb.INSTALL:
        with Packages(actor(), [target]) as [upload_id]:
            upload = get_upload(upload_id).upload
            options = {"upload": upload_id, "enable": args.enable}
            refuse_unfit(Goal(verb, upload.module_id, reference=upload_id))
            steps = plan_operation(verb=verb, module_id=upload.module_id, options=options)
            hooks = upload.report.get("hooks") or []
            files = preview(verb=verb, module_id=upload.module_id, hooks=hooks)
    else:
        module_id = find_module(target).id
        options = {"keep_data": not args.delete_data}
        steps = plan_operation(verb=verb, module_id=module_id, options=options)
        files = preview(verb=verb, module_id=module_id)
    lines = [sentence(step) for step in [*steps, *files.sentences]]
    diff = "".join(one.as_text() for one in files.differences)
    if args.json:
        print_json({"plan": lines, "diff": diff})
    else:
        sys.stdout.write("\n".join([*lines, diff]).rstrip("\n") + "\n")
    return 0


def _plan_several(args: Any, verb: Verb) -> int:
    if verb not in ASKED:
        say(gettext("That can be planned for one module at a time only."))
        return USAGE
    with Packages(actor(), args.targets if verb is Verb.INSTALL else ()) as upload_ids:
        asked = Asked(
            verb,
            ids=() if verb is Verb.INSTALL else args.targets,
            upload_ids=upload_ids,
            enable=args.enable,
            cascade=args.cascade,
            keep_data=not args.delete_data,
        )
        return show_plan(asked.plan(), as_json=args.json)


def verify(args: Any) -> int:
    """Compare installed files and data with what was installed; 6 when something is damaged."""
    found = verify_modules(actor=actor(), module_ids=args.ids)
    if args.json:
        print_json({"modules": {one.module_id: _damage(one) for one in found}})
    else:
        for one in found:
            said = "; ".join(_damage(one)) or gettext("intact")
            sys.stdout.write(f"{one.module_id}: {said}\n")
        for one in found:
            if command := _way_out(one):
                say(gettext("The way out: {command}").format(command=command))
    return 0 if all(one.sound for one in found) else DAMAGED


def operations(args: Any) -> int:
    """Print the newest operations."""
    found = list_operations(module_id=args.module)
    if args.json:
        print_json({"operations": [readable(operation_record(one)) for one in found]})
        return 0
    heads = [gettext(head) for head in ("No.", "Operation", "Module", "Outcome", "Who", "Asked at")]
    print_table(
        heads,
        (
            (
                o.pk,
                o.verb,
                o.module_id,
                gettext(OUTCOME_LABELS[Outcome(o.outcome)]),
                o.actor,
                f"{o.queued_at:%Y-%m-%d %H:%M:%S}",
            )
            for o in found
        ),
    )
    return 0


def log(args: Any) -> int:
    """Print one operation with its stages."""
    page = get_operation(args.operation)
    if args.follow and page.open:
        follow(page.operation, quiet=args.json)
        page = get_operation(args.operation)
    if args.json:
        steps = [{"stage": s.stage, "outcome": s.outcome, "detail": s.detail} for s in page.steps]
        print_json({**readable(operation_record(page.operation)), "steps": steps})
        return 0
    sys.stdout.write(f"{page.operation}: {gettext(page.label)}\n")
    for step in page.steps:
        sys.stdout.write(f"  {step.outcome:10} {gettext(step.label)} {step.detail}\n")
    for message in page.operation.messages:
        sys.stdout.write(f"  {indented(sentence(message))}\n")
    if page.error:
        show_error(page.error)
    if page.state_sentence:
        sys.stdout.write(f"  {gettext(page.state_sentence)}\n")
    if page.news_is_old:
        sys.stdout.write(f"  {_no_news(page.operation)}\n")
    return 0


def _no_news(operation: Operation) -> str:
    since = operation.beat_at or operation.queued_at
    told = gettext("No news since {time}.").format(time=f"{localtime(since):%H:%M:%S}")
    return f"{told} {gettext(quiet_sentence(operation))}"


def kept(args: Any) -> int:
    """Print the data that removed modules left."""
    rows = list_kept()
    if args.json:
        fields = ("module_id", "version", "size_bytes", "kept_at")
        print_json({"kept": list(rows.values(*fields))})
        return 0
    heads = [gettext("Module"), gettext("Version"), gettext("Bytes"), gettext("Kept at")]
    print_table(heads, ((r.module_id, r.version, r.size_bytes, r.kept_at) for r in rows))
    return 0


def doctor(args: Any) -> int:
    """Print what is there and what is missing; 1 when something needed is missing."""
    findings = examine()
    if args.json:
        print_json({"checks": findings})
    else:
        for one in findings:
            mark = "ok" if one["ok"] else "!!"
            sys.stdout.write(f"{mark}  {gettext(one['name'])}: {one['found']}\n")
    return 0 if all(one["ok"] for one in findings) else 1


def _damage(found: Verified) -> list[str]:
    return [*([found.data] if found.data else []), *found.problems]


def _way_out(found: Verified) -> str:
    """Return the command that leads a damaged module out of its state, if there is one now."""
    verb = None if found.sound else get_module_row(found.module_id).way_out
    if verb is Verb.UPGRADE:
        return "module install PACKAGE"
    return f"module {verb} {found.module_id}" if verb else ""
