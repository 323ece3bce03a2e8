"""``module events [ID]``: how far modules are with changes of records, and what was given up."""

from __future__ import annotations

import sys
from typing import Any

from django.utils.translation import gettext

from modules_app.cli.changing import actor
from modules_app.cli.output import print_json, print_table
from modules_app.models import LostEvent
from modules_app.selectors.events import Delivery, event_page
from modules_app.selectors.modules import find_module
from modules_app.services.hook_results import last_line
from modules_app.services.second_tries import retry_event


def events(args: Any) -> int:
    """Print deliveries and lost events of one module or of all; with --retry, tell of one again."""
    if args.retry is not None:
        return _retry(args)
    module_id = find_module(args.id).id if args.id else ""
    found = event_page(module_id)
    if args.json:
        print_json(
            {
                "deliveries": [_delivery(one) for one in found.deliveries],
                "lost": [_lost(one) for one in found.lost],
            }
        )
        return 0
    heads = [gettext(text) for text in ("Module", "Hook", "Delivered", "Waiting", "Last error")]
    rows = [(*_delivery(one).values(),) for one in found.deliveries]
    print_table(heads, [(row[0], row[1], row[3], row[4], last_line(row[6])) for row in rows])
    if found.lost:
        sys.stdout.write("\n")
        heads = [gettext(text) for text in ("Number", "Module", "Hook", "Tries", "Error")]
        print_table(heads, [_line(one) for one in found.lost])
    return 0


def _retry(args: Any) -> int:
    lost = retry_event(actor=actor(), lost_id=args.retry)
    if args.json:
        print_json({"id": lost.module_id, "event": args.retry, "taken": True})
    else:
        said = gettext("“%(id)s” has taken the event now.") % {"id": lost.module_id}
        sys.stdout.write(said + "\n")
    return 0


def _line(one: LostEvent) -> tuple[Any, ...]:
    return (one.pk, one.module_id, one.hook, one.tries, last_line(one.error))


def _delivery(one: Delivery) -> dict[str, Any]:
    return {
        "module": one.cursor.module_id,
        "hook": one.cursor.hook,
        "listening": one.listening,
        "delivered": one.cursor.delivered,
        "waiting": one.waiting,
        "tries": one.cursor.tries,
        "error": one.cursor.error,
    }


def _lost(one: LostEvent) -> dict[str, Any]:
    return {
        "number": one.pk,
        "module": one.module_id,
        "hook": one.hook,
        "event": one.event_id,
        "payload": one.payload,
        "tries": one.tries,
        "error": one.error,
        "at": one.at.isoformat(),
    }
