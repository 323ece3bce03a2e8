"""Verbs that change something: show the plan, ask, queue, follow, report."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext

from modules_app.cli import batches
from modules_app.cli.follow import end_interrupted, exit_code, follow, tell_end
from modules_app.cli.output import print_json, readable, say, sentence
from modules_app.domain.ids import fold_id
from modules_app.domain.operations import OUTCOME_LABELS, Outcome
from modules_app.domain.states import Verb
from modules_app.exceptions import NotFound, Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.models import KeptData, Operation, Upload
from modules_app.permissions import Actor
from modules_app.selectors.modules import find_module, module_record
from modules_app.selectors.operations import operation_record
from modules_app.services import lifecycle
from modules_app.services.batch_plans import upgradable_ids
from modules_app.services.plans import plan_operation
from modules_app.services.purging import purge_columns
from modules_app.services.uploads import drop_upload, file_chunks, receive_upload

USAGE = 2


def actor() -> Actor:
    """Return who works on the command line: the system with every right."""
    return Actor.system(channel="cli", name="command line")


def install(args: Any) -> int:
    """Install or upgrade packages, and enable them if asked for."""
    if not batches.is_batch(args, len(args.packages)):
        return _install_one(args, args.packages[0])
    if args.allow_downgrade:
        raise Refused(
            "downgrade-alone",
            _("A lower version is installed alone, not together with other packages."),
            hint=_("Install that package with a command of its own."),
        )
    with batches.Packages(actor(), args.packages) as upload_ids:
        asked = batches.Asked(
            Verb.INSTALL, upload_ids=upload_ids, enable=args.enable, force=args.force
        )
        return batches.run(args, actor(), asked)


def upgrade(args: Any) -> int:
    """Upgrade modules to the newest packages that wait as uploads or are kept in the store."""
    ids = upgradable_ids() if args.all else args.ids
    if not ids:
        say(gettext("No newer package waits as an upload or is kept here."))
        if args.json:
            print_json({"operations": []})
        return 0 if args.all else USAGE
    return batches.run(args, actor(), batches.Asked(Verb.UPGRADE, ids))


def _install_one(args: Any, package: str) -> int:
    end_interrupted()
    upload = receive_upload(actor=actor(), chunks=file_chunks(package), filename=package)
    options = {"upload": str(upload.pk), "enable": args.enable}
    try:
        plan = plan_operation(verb=Verb.INSTALL, module_id=upload.module_id, options=options)
        if (stop := stop_here(args, plan)) is not None:
            return stop
        operation = lifecycle.install_module(
            actor=actor(),
            upload_id=upload.pk,
            enable=args.enable,
            allow_downgrade=args.allow_downgrade,
            force=args.force,
        )
        return finish(args, see_through(operation, args))
    finally:
        _drop_unused(upload)


def enable(args: Any) -> int:
    """Switch modules on."""
    if batches.is_batch(args, len(args.ids)):
        return batches.run(args, actor(), batches.Asked(Verb.ENABLE, args.ids))
    return _do(args, Verb.ENABLE, {}, lifecycle.enable_module)


def disable(args: Any) -> int:
    """Switch modules off."""
    if batches.is_batch(args, len(args.ids)):
        asked = batches.Asked(Verb.DISABLE, args.ids, cascade=args.cascade, force=args.force)
        return batches.run(args, actor(), asked)
    return _do(args, Verb.DISABLE, {"force": args.force}, lifecycle.disable_module)


def remove(args: Any) -> int:
    """Remove modules; their data is kept unless ``--delete-data``."""
    options = {"keep_data": not args.delete_data, "force": args.force}
    if batches.is_batch(args, len(args.ids)):
        asked = batches.Asked(Verb.REMOVE, args.ids, cascade=args.cascade, **options)
        return batches.run(args, actor(), asked)
    return _do(args, Verb.REMOVE, options, lifecycle.remove_module)


def rollback(args: Any) -> int:
    """Return a module to the version before."""
    return _one(args, Verb.ROLLBACK, lifecycle.rollback_module)


def repair(args: Any) -> int:
    """Write the files of a damaged module anew."""
    return _one(args, Verb.REPAIR, lifecycle.repair_module)


def purge(args: Any) -> int:
    """Delete what earlier versions left in a module's data."""
    args.ids = [args.id]
    options = {"table": args.table, "column": args.column}
    return _do(args, Verb.PURGE, options, purge_columns)


def cancel(args: Any) -> int:
    """Ask an operation, or all of a batch, to stop."""
    if args.batch:
        return batches.cancel(args, actor())
    operation = lifecycle.cancel_operation(actor=actor(), operation_id=args.operation)
    return finish(args, follow(operation, quiet=args.json), cancelled=True)


def _one(args: Any, verb: Verb, service: Callable[..., Operation]) -> int:
    args.ids = [args.id]
    return _do(args, verb, {}, service)


def _do(
    args: Any, verb: Verb, options: Mapping[str, Any], service: Callable[..., Operation]
) -> int:
    """Do it with the one module that is named."""
    end_interrupted()
    module_id = _known(args.ids[0])
    plan = plan_operation(verb=verb, module_id=module_id, options=options)
    if (stop := stop_here(args, plan)) is not None:
        return stop
    operation = service(actor=actor(), module_id=module_id, **options)
    return finish(args, see_through(operation, args))


def _known(module_id: str) -> str:
    """Return the exact id, so that a misspelt one stops the command before anything changes."""
    kept = KeptData.objects.filter(id_fold=fold_id(module_id)).values_list("module_id", flat=True)
    try:
        return find_module(module_id).id
    except NotFound:
        if kept:
            return str(kept[0])
        raise


def stop_here(args: Any, plan: list[dict[str, Any]]) -> int | None:
    """Show the plan; return an exit code when the command ends here."""
    lines = [sentence(step) for step in plan]
    if args.dry_run:
        if args.json:
            print_json({"plan": lines})
        else:
            sys.stdout.write("\n".join(lines) + "\n")
        return 0
    return agreed(args, lines)


def agreed(args: Any, lines: list[str]) -> int | None:
    """Ask whether to do what ``lines`` say; return an exit code when the answer is no."""
    if args.yes:
        return None
    if not sys.stdin.isatty():
        say(gettext("Nothing was done: without a terminal, say --yes to go ahead."))
        return USAGE
    for line in lines:
        say(f"- {line}")
    say(gettext("Go ahead? [y/N]"))
    return None if sys.stdin.readline().strip().casefold() in ("y", "yes", "д", "да") else USAGE


def see_through(operation: Operation, args: Any) -> Operation:
    """Follow an operation and the one it queued to be done next."""
    if not args.json:
        say(f"#{operation.pk} {operation.verb} {operation.module_id}")
    operation = follow(operation, quiet=args.json)
    following = operation.result.get("next_operation") if operation.result else None
    if operation.outcome == Outcome.DONE and following:
        if not args.json:
            tell_end(operation)
        return see_through(Operation.objects.get(pk=following), args)
    return operation


def finish(args: Any, operation: Operation, *, cancelled: bool = False) -> int:
    """Print how an operation ended and return the exit code of the command."""
    if args.json:
        print_json(_document(operation))
    else:
        tell_end(operation)
        label = gettext(OUTCOME_LABELS[Outcome(operation.outcome)])
        sys.stdout.write(f"{operation.module_id}: {operation.verb}: {label}\n")
    if cancelled:
        return 0 if operation.outcome == Outcome.CANCELLED else 1
    return exit_code(operation)


def _document(operation: Operation) -> dict[str, Any]:
    document = readable(operation_record(operation))
    try:
        document["record"] = module_record(operation.module_id)
    except Refused:
        document["record"] = None
    return document


def _drop_unused(upload: Upload) -> None:
    """Leave no upload behind that the command brought and nobody installed."""
    for row in Upload.objects.filter(pk=upload.pk):
        drop_upload(row)
