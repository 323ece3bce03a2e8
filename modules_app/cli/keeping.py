"""``module export ID FILE`` and ``module import FILE``: a module's data in one file."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from modules_app.cli.changing import actor, finish, see_through, stop_here
from modules_app.cli.follow import end_interrupted
from modules_app.cli.output import print_json
from modules_app.domain.states import Verb
from modules_app.operator.exporting import export_module
from modules_app.operator.host_link import HostLink
from modules_app.operator.tools import CHILDREN, Tools
from modules_app.packages.fsops import FsOps
from modules_app.packages.uploads import discard
from modules_app.processes.zygote import Zygote
from modules_app.selectors.registry import data_dir
from modules_app.services.importing import import_module, receive_export
from modules_app.services.plans import plan_operation
from modules_app.services.uploads import file_chunks


def export(args: Any) -> int:
    """Write a module's data to a file."""
    target = Path(args.file).absolute()
    zygote = Zygote(settings_module="pbxadmin.settings.host", label="export", preload=CHILDREN)
    try:
        tools = Tools(FsOps(), data_dir(), zygote, HostLink(data_dir()))
        about = export_module(tools, actor=actor(), module_id=args.id, target=target)
    finally:
        zygote.close()
    if args.json:
        print_json({"file": str(target), **asdict(about)})
    else:
        sys.stdout.write(f"{target}\n")
    return 0


def take_over(args: Any) -> int:
    """Take the data of a file over into the module that it belongs to."""
    end_interrupted()
    received, about = receive_export(file_chunks(args.file))
    options = {"export": asdict(about)}
    plan = plan_operation(verb=Verb.IMPORT, module_id=about.id, options=options)
    stop = stop_here(args, plan)
    if stop is not None:
        discard(FsOps(), data_dir(), received.name)
        return stop
    operation = import_module(actor=actor(), received=received, about=about)
    return finish(args, see_through(operation, args))
