"""Verbs that only read."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.utils.translation import get_language, gettext

from modules_app.cli.changing import actor
from modules_app.cli.follow import follow
from modules_app.cli.output import (
    print_findings,
    print_json,
    print_table,
    readable,
    sentence,
    show_error,
)
from modules_app.domain.operations import OUTCOME_LABELS, Outcome
from modules_app.domain.states import Verb
from modules_app.models import Module
from modules_app.packages.pack import pack_directory
from modules_app.packages.verification import verify_generation
from modules_app.selectors.doctor import examine
from modules_app.selectors.modules import as_record, find_module, get_module_row, list_modules
from modules_app.selectors.operations import get_operation, list_operations, operation_record
from modules_app.selectors.packages import list_kept
from modules_app.selectors.registry import data_dir
from modules_app.services.plans import plan_operation
from modules_app.services.uploads import check_package, drop_upload, file_chunks, receive_upload

REFUSED = 4


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
    print_table(heads, ((r.id, r.title, r.version, gettext(r.words.label), r.reason) for r in rows))
    return 0


def show(args: Any) -> int:
    """Print one module."""
    record = as_record(get_module_row(args.id, get_language() or "en"))
    record["facts"] = find_module(args.id).facts
    if args.json:
        print_json(record)
        return 0
    for name in ("id", "name", "version", "contract", "language", "publisher", "state", "reason"):
        sys.stdout.write(f"{name:10} {record[name]}\n")
    return 0


def check(args: Any) -> int:
    """Print the validation report of a package; refused (4) when it has errors."""
    report = check_package(file_chunks(args.package))
    if args.json:
        print_json(readable(report))
    else:
        sys.stdout.write(f"{report['id']} {report['version']} ({report['contract']})\n")
        print_findings(report)
    return REFUSED if report["errors"] else 0


def plan(args: Any) -> int:
    """Print the plan of an operation without queueing it."""
    if args.plan_verb == "install":
        upload = receive_upload(
            actor=actor(), chunks=file_chunks(args.target), filename=args.target
        )
        try:
            options = {"upload": str(upload.pk)}
            steps = plan_operation(verb=Verb.INSTALL, module_id=upload.module_id, options=options)
        finally:
            drop_upload(upload)
    else:
        module_id = find_module(args.target).id
        options = {"keep_data": not args.delete_data}
        steps = plan_operation(verb=Verb(args.plan_verb), module_id=module_id, options=options)
    lines = [sentence(step) for step in steps]
    if args.json:
        print_json({"plan": lines})
    else:
        sys.stdout.write("\n".join(lines) + "\n")
    return 0


def verify(args: Any) -> int:
    """Compare installed files with their recorded digests; 6 when something is damaged."""
    modules = [find_module(one) for one in args.ids] or list(Module.objects.all())
    results = {
        module.id: [f"{one.kind}: {one.path}" for one in _problems(module)] for module in modules
    }
    if args.json:
        print_json({"modules": results})
    else:
        for module_id, problems in results.items():
            sys.stdout.write(f"{module_id}: {'; '.join(problems) or gettext('intact')}\n")
    return 6 if any(results.values()) else 0


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
        sys.stdout.write(f"  {sentence(message)}\n")
    if page.error:
        show_error(page.error)
    return 0


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


def pack(args: Any) -> int:
    """Build a package from a folder and print its path."""
    folder = Path(args.folder)
    target = Path(args.output or f"{folder.resolve().name}.zip")
    kind = "zip" if target.suffix == ".zip" else "tar.gz"
    pack_directory(folder, target, version=args.version_text or None, kind=kind)
    if args.json:
        print_json({"package": str(target)})
    else:
        sys.stdout.write(f"{target}\n")
    return 0


def _problems(module: Module) -> list[Any]:
    return list(verify_generation(data_dir(), module.id, module.generation, module.digest))
