"""`module workers`: how the background processes of modules fare, and restarting them."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext

from modules_app.cli.changing import actor
from modules_app.cli.output import print_json, print_table, say, sentence
from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.selectors.modules import get_module_row
from modules_app.selectors.workers import all_workers, supervisor_runs, workers_of
from modules_app.services.second_tries import retry_job
from modules_app.services.workers import not_supervised, restart_worker


def workers(args: Any) -> int:
    """Print the workers of one module or of all; with --restart, let one start anew."""
    if args.restart is not None:
        return _restart(args)
    if args.retry_job is not None:
        return _retry(args)
    if args.id:
        return _one(args.id, as_json=args.json)
    runs, found = supervisor_runs(), all_workers()
    if args.json:
        print_json({"supervised": runs, "workers": [asdict(one) for one in found]})
        return 0
    _print(found)
    if not runs:
        say(sentence(not_supervised().as_dict(), "message"))
    return 0


def _one(module_id: str, *, as_json: bool) -> int:
    get_module_row(module_id)
    found = workers_of(module_id)
    if as_json:
        print_json(
            {
                "supervised": found.supervised,
                "workers": [asdict(one) for one in found.workers],
                "complaints": [
                    {**one, "text": sentence(one, "message")} for one in found.complaints
                ],
                "queues": [asdict(one) for one in found.queues],
                "dead_letters": [asdict(one) for one in found.letters],
            }
        )
        return 0
    _print(found.workers)
    for complaint in found.complaints:
        sys.stdout.write(f"!!  {sentence(complaint, 'message')} [{complaint['slug']}]\n")
    if found.queues:
        sys.stdout.write("\n")
        heads = [gettext("Queue"), gettext("Waiting"), gettext("Given up")]
        print_table(heads, ((one.name, one.waiting, one.dead) for one in found.queues))
    if not found.supervised:
        say(sentence(not_supervised().as_dict(), "message"))
    return 0


def _restart(args: Any) -> int:
    if not args.id:
        raise Refused("module-missing", _("--restart needs the id of a module."))
    restart_worker(actor=actor(), module_id=args.id, name=args.restart)
    if args.json:
        print_json({"id": args.id, "restart": args.restart or "*"})
    else:
        sys.stdout.write(gettext("The restart was asked for.") + "\n")
    return 0


def _retry(args: Any) -> int:
    if not args.id:
        raise Refused("module-missing", _("--retry-job needs the id of a module."))
    retry_job(actor=actor(), module_id=args.id, job_id=args.retry_job)
    if args.json:
        print_json({"id": args.id, "job": args.retry_job})
    else:
        sys.stdout.write(gettext("The job is in its queue again.") + "\n")
    return 0


def _print(found: Any) -> None:
    heads = ("Module", "Worker", "State", "Process", "Since", "Restarts", "Crashes", "Last end")
    rows = (
        (
            one.module_id,
            f"{one.name} #{one.instance}" if one.instance > 1 else one.name,
            one.state,
            one.pid or "",
            one.since,
            one.restarts,
            one.crashes,
            sentence(one.last_end, "message"),
        )
        for one in found
    )
    print_table([gettext(head) for head in heads], rows)
