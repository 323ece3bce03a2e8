"""Verbs that change something: show the plan, ask, queue, follow, report."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext

from modules_app.cli.follow import end_interrupted, exit_code, follow, tell_end
from modules_app.cli.output import print_error, print_json, readable, say, sentence
from modules_app.domain.ids import fold_id
from modules_app.domain.operations import OUTCOME_LABELS, Outcome
from modules_app.domain.states import Verb
from modules_app.exceptions import ModuleError, NotFound, Refused
from modules_app.models import KeptData, Operation, Upload
from modules_app.permissions import Actor
from modules_app.selectors.modules import find_module, module_record
from modules_app.selectors.operations import operation_record
from modules_app.services import lifecycle
from modules_app.services.plans import plan_operation
from modules_app.services.uploads import drop_upload, file_chunks, receive_upload

USAGE = 2
PARTLY = 3


def actor() -> Actor:
    """Return who works on the command line: the system with every right."""
    return Actor.system(channel="cli", name="command line")


def install(args: Any) -> int:
    """Install or upgrade one package, and enable it if asked for."""
    end_interrupted()
    upload = receive_upload(actor=actor(), chunks=file_chunks(args.package), filename=args.package)
    options = {"upload": str(upload.pk), "enable": args.enable}
    try:
        plan = plan_operation(verb=Verb.INSTALL, module_id=upload.module_id, options=options)
        if (stop := _stop_here(args, [plan])) is not None:
            return stop
        operation = lifecycle.install_module(
            actor=actor(),
            upload_id=upload.pk,
            enable=args.enable,
            allow_downgrade=args.allow_downgrade,
        )
        return _finish(args, [_see_through(operation, args)])
    finally:
        _drop_unused(upload)


def enable(args: Any) -> int:
    """Switch modules on."""
    return _each(args, Verb.ENABLE, {}, lifecycle.enable_module)


def disable(args: Any) -> int:
    """Switch modules off."""
    return _each(args, Verb.DISABLE, {"force": args.force}, lifecycle.disable_module)


def remove(args: Any) -> int:
    """Remove modules; their data is kept unless ``--delete-data``."""
    options = {"keep_data": not args.delete_data, "force": args.force}
    return _each(args, Verb.REMOVE, options, lifecycle.remove_module)


def rollback(args: Any) -> int:
    """Return a module to the version before."""
    return _one(args, Verb.ROLLBACK, lifecycle.rollback_module)


def repair(args: Any) -> int:
    """Write the files of a damaged module anew."""
    return _one(args, Verb.REPAIR, lifecycle.repair_module)


def cancel(args: Any) -> int:
    """Ask an operation to stop."""
    operation = lifecycle.cancel_operation(actor=actor(), operation_id=args.operation)
    return _finish(args, [follow(operation, quiet=args.json)], cancelled=True)


def _one(args: Any, verb: Verb, service: Callable[..., Operation]) -> int:
    args.ids = [args.id]
    return _each(args, verb, {}, service)


def _each(
    args: Any, verb: Verb, options: Mapping[str, Any], service: Callable[..., Operation]
) -> int:
    end_interrupted()
    ids = [_known(module_id) for module_id in args.ids]
    plans = [plan_operation(verb=verb, module_id=one, options=options) for one in ids]
    if (stop := _stop_here(args, plans)) is not None:
        return stop
    ended: list[Operation | ModuleError] = []
    for module_id in ids:
        try:
            operation = service(actor=actor(), module_id=module_id, **options)
            ended.append(_see_through(operation, args))
        except ModuleError as error:
            if len(ids) == 1:
                raise
            print_error(error)
            ended.append(error)
    return _finish(args, ended)


def _known(module_id: str) -> str:
    """Return the exact id, so that a misspelt one stops the command before anything changes."""
    kept = KeptData.objects.filter(id_fold=fold_id(module_id)).values_list("module_id", flat=True)
    try:
        return find_module(module_id).id
    except NotFound:
        if kept:
            return str(kept[0])
        raise


def _stop_here(args: Any, plans: list[list[dict[str, Any]]]) -> int | None:
    """Show the plan; return an exit code when the command ends here."""
    lines = [sentence(step) for plan in plans for step in plan]
    if args.dry_run:
        if args.json:
            print_json({"plan": lines})
        else:
            sys.stdout.write("\n".join(lines) + "\n")
        return 0
    if args.yes:
        return None
    if not sys.stdin.isatty():
        say(gettext("Nothing was done: without a terminal, say --yes to go ahead."))
        return USAGE
    for line in lines:
        say(f"- {line}")
    say(gettext("Go ahead? [y/N]"))
    return None if sys.stdin.readline().strip().casefold() in ("y", "yes", "д", "да") else USAGE


def _see_through(operation: Operation, args: Any) -> Operation:
    """Follow an operation and the one it queued to be done next."""
    if not args.json:
        say(f"#{operation.pk} {operation.verb} {operation.module_id}")
    operation = follow(operation, quiet=args.json)
    following = operation.result.get("next_operation") if operation.result else None
    if operation.outcome == Outcome.DONE and following:
        if not args.json:
            tell_end(operation)
        return _see_through(Operation.objects.get(pk=following), args)
    return operation


def _finish(args: Any, ended: list[Operation | ModuleError], *, cancelled: bool = False) -> int:
    operations = [one for one in ended if isinstance(one, Operation)]
    codes = [_code(one, cancelled) for one in ended]
    if args.json:
        documents = [_document(one) for one in ended]
        print_json(documents[0] if len(documents) == 1 else {"operations": documents})
    else:
        for operation in operations:
            tell_end(operation)
            label = gettext(OUTCOME_LABELS[Outcome(operation.outcome)])
            sys.stdout.write(f"{operation.module_id}: {operation.verb}: {label}\n")
    if len(set(codes)) == 1:
        return codes[0]
    return PARTLY if 0 in codes else max(codes)


def _code(one: Operation | ModuleError, cancelled: bool) -> int:
    if isinstance(one, ModuleError):
        return one.exit_code
    if cancelled:
        return 0 if one.outcome == Outcome.CANCELLED else 1
    return exit_code(one)


def _document(one: Operation | ModuleError) -> dict[str, Any]:
    if isinstance(one, ModuleError):
        return readable({"error": one.as_dict()})
    document = readable(operation_record(one))
    try:
        document["record"] = module_record(one.module_id)
    except Refused:
        document["record"] = None
    return document


def _drop_unused(upload: Upload) -> None:
    """Leave no upload behind that the command brought and nobody installed."""
    for row in Upload.objects.filter(pk=upload.pk):
        drop_upload(row)
