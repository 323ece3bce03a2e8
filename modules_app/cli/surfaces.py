"""``module surfaces`` and ``module custom-file``: generated configuration over ssh."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext

from modules_app.cli.changing import actor
from modules_app.cli.output import print_json, print_table, say, sentence, show_error
from modules_app.exceptions import Busy, NotFound, fill
from modules_app.exceptions import gettext_noop as _
from modules_app.models import CustomFile, SurfaceState
from modules_app.operator.host_link import operator_is_running
from modules_app.operator.loop import Operator
from modules_app.selectors.registry import data_dir
from modules_app.services.surfaces import apply_again, delete_custom_file, write_custom_file
from modules_app.surfaces.overview import LABELS, SurfaceView, custom_file, overview
from modules_app.surfaces.variables import as_the_operator

FAILED = 1
_PAUSE = 0.1
_PATIENCE_SECONDS = 120.0


def surfaces(args: Any) -> int:
    """Print how generated configuration stands; 1 when a part of it could not be applied."""
    names = [args.name] if args.name else []
    if args.apply:
        apply_again(actor=actor(), names=[view.name for view in overview(names)])
        wait_until_looked(quiet=args.json)
    with as_the_operator(data_dir()) as other:
        views = overview(names)
        if args.json:
            records = [view.as_record(diff=args.diff) for view in views]
            print_json({"surfaces": records, "other_variables": other})
        else:
            _print(views, diff=args.diff)
            _print_other(other)
    return FAILED if any(view.problem for view in views) else 0


def custom(args: Any) -> int:
    """Show, write or delete the administrator's own part of a generated file."""
    if args.delete:
        delete_custom_file(actor=actor(), path=args.path)
    elif args.source:
        text = sys.stdin.read() if args.source == "-" else Path(args.source).read_text("utf-8")
        write_custom_file(actor=actor(), path=args.path, mode=args.mode, text=text)
    else:
        return _show_custom(args)
    wait_until_looked(quiet=args.json)
    view = overview([args.path.split("/")[0]])[0]
    with as_the_operator(data_dir()):
        if args.json:
            print_json(view.as_record())
        else:
            _print([view], diff=False)
    return FAILED if view.problem else 0


def _show_custom(args: Any) -> int:
    row = custom_file(args.path)
    if row is None:
        raise NotFound(
            "custom-file-unknown",
            _("There is no text of your own for “{path}”."),
            context={"path": args.path},
        )
    if args.json:
        print_json(_record(row))
    else:
        sys.stdout.write(f"# {row.path} ({row.mode})\n{row.text}\n")
    return 0


def _record(row: CustomFile) -> dict[str, Any]:
    return {
        "path": row.path,
        "mode": row.mode,
        "text": row.text,
        "changed_at": row.changed_at.isoformat(),
        "changed_by": row.changed_by,
    }


def wait_until_looked(*, quiet: bool) -> None:
    """Wait until the operator has looked; look here where none runs."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while SurfaceState.objects.filter(Q(asked=True) | Q(looking=True)).exists():
        if not operator_is_running(data_dir()):
            with suppress(Busy), Operator(data_dir()):
                return
        if time.monotonic() > deadline:
            if not quiet:
                say(gettext("The operator has not looked at it yet."))
            return
        time.sleep(_PAUSE)


def _print(views: list[SurfaceView], *, diff: bool) -> None:
    heads = [gettext(text) for text in ("Name", "State", "Applied", "Files")]
    print_table(heads, (_line(view) for view in views))
    for view in views:
        if view.problem:
            show_error(view.problem)
        for note in view.state.notes:
            say(f"{view.name}: {sentence(note, 'message')}")
        for one in view.state.complaints:
            said = sentence(one, "message")
            say(f"{one['owner'] or view.name}: {one['path']}:{one['line']}: {said}")
        if diff:
            sys.stdout.write("".join(one.as_text() for one in view.differences))


def _print_other(names: list[str]) -> None:
    if names:
        text = gettext(
            "This is what the server's variables ask for; in this shell {names} is different."
        )
        say(fill(text, {"names": ", ".join(names)}))


def _line(view: SurfaceView) -> tuple[str, ...]:
    at = view.state.applied_at
    applied = f"{at:%Y-%m-%d %H:%M}" if at else "–"
    return (view.name, gettext(LABELS[view.standing]), applied, str(len(view.files)))
