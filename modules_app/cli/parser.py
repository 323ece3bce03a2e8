"""The grammar of the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from modules_app.domain.menu import GROUPS
from modules_app.scaffold.features import FEATURES

Handler = Callable[[Any], int]


def add_verbs(parser: argparse.ArgumentParser, handlers: dict[str, Handler]) -> None:
    """Add every verb with its arguments; each sets ``handler``."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    def verb(name: str, help_text: str, *, changes: bool = False) -> argparse.ArgumentParser:
        sub = verbs.add_parser(name, help=help_text)
        sub.add_argument("--json", action="store_true", help="print one JSON document")
        if changes:
            sub.add_argument("--dry-run", action="store_true", help="print the plan and stop")
            sub.add_argument("--yes", action="store_true", help="do not ask")
        sub.set_defaults(handler=handlers[name])
        return sub

    _add_reading(verb)
    _add_authors(verb)
    _add_changing(verb)


def _add_reading(verb: Callable[..., argparse.ArgumentParser]) -> None:
    listing = verb("list", "list the installed modules")
    listing.add_argument("--state", default="", help="only modules in this state")
    verb("show", "show one module").add_argument("id")
    check = verb("check", "print the validation report of a package or a module's folder")
    check.add_argument("package", metavar="PACKAGE|DIR")
    check.add_argument("--strict", action="store_true", help="refuse warnings, too")
    plan = verb("plan", "print what an operation would do")
    plan.add_argument("targets", nargs="+", metavar="PACKAGE|ID")
    plan.add_argument(
        "--verb",
        dest="plan_verb",
        choices=["install", "upgrade", "enable", "disable", "remove", "rollback", "repair"],
        default="install",
    )
    plan.add_argument("--delete-data", action="store_true", help="as if data were deleted")
    plan.add_argument("--enable", action="store_true", help="as if it were enabled afterwards")
    plan.add_argument("--cascade", action="store_true", help="with what needs it")
    verify = verb("verify", "compare installed files and data with what was installed")
    verify.add_argument("ids", nargs="*", metavar="ID")
    operations = verb("operations", "list the newest operations")
    operations.add_argument("--module", default="", help="only those of one module")
    log = verb("log", "show one operation")
    log.add_argument("operation", type=int)
    log.add_argument("-f", "--follow", action="store_true", help="wait for its end")
    batch = verb("batch", "show what came of several modules that were asked for at once")
    batch.add_argument("batch", type=int, metavar="NUMBER")
    batch.add_argument("-f", "--follow", action="store_true", help="wait for its end")
    workers = verb("workers", "show the background processes of modules, or restart them")
    workers.add_argument("id", nargs="?", default="", metavar="ID")
    workers.add_argument(
        "--restart", nargs="?", const="", metavar="NAME", help="let one, or all of ID, start anew"
    )
    workers.add_argument(
        "--retry-job", type=int, metavar="NUMBER", help="put a job of ID that was given up back"
    )
    events = verb("events", "show which changes modules are told of, and what was given up")
    events.add_argument("id", nargs="?", default="", metavar="ID")
    events.add_argument(
        "--retry", type=int, metavar="NUMBER", help="tell its module of a given up event again"
    )
    hooks = verb("hooks", "show where modules plug in, and what they answered")
    hooks.add_argument("id", nargs="?", default="", metavar="ID")
    _add_surfaces(verb)
    verb("kept", "list the kept data of removed modules")
    verb("doctor", "say whether everything needed is there")


def _add_surfaces(verb: Callable[..., argparse.ArgumentParser]) -> None:
    surfaces = verb("surfaces", "show how generated configuration stands")
    surfaces.add_argument("name", nargs="?", default="", metavar="NAME")
    surfaces.add_argument("--diff", action="store_true", help="print what would change")
    surfaces.add_argument("--apply", action="store_true", help="test, swap and reload it now")
    custom = verb("custom-file", "show, write or delete your own part of a generated file")
    custom.add_argument("path", metavar="PATH", help="as surfaces lists it: cron/pbxadmin")
    custom.add_argument(
        "--mode", choices=["append", "override"], default="append", help="what your text does"
    )
    custom.add_argument("--from", dest="source", default="", metavar="FILE", help="- reads stdin")
    custom.add_argument("--delete", action="store_true", help="take your part away")


def _add_authors(verb: Callable[..., argparse.ArgumentParser]) -> None:
    new = verb("new", "write a module to begin with")
    new.add_argument("id", help="id of the module, such as ModuleBlackList")
    new.add_argument("folder", metavar="DIR", help="the folder to write; it must not exist")
    new.add_argument(
        "--with",
        dest="features",
        default="page",
        metavar="LIST",
        help=f"what it does, separated by commas: {', '.join(FEATURES)} (default: page)",
    )
    pack = verb("pack", "build a package from a folder")
    pack.add_argument("folder", metavar="DIR")
    pack.add_argument("--output", "-o", default="", help="the file to write")
    pack.add_argument("--version-text", default="", help="replaces %%ModuleVersion%%")
    test = verb("test", "install, test and remove a module in a temporary PBX")
    test.add_argument("folder", metavar="DIR")
    test.add_argument("--strict", action="store_true", help="refuse warnings of the check, too")
    test.add_argument(
        "--with",
        dest="others",
        action="append",
        default=[],
        metavar="DIR",
        help="a module that it needs; it is enabled first, and may be repeated",
    )
    test.add_argument("--keep", action="store_true", help="keep the data of the temporary PBX")
    test.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    watch = verb("watch", "install a module anew whenever its files change")
    watch.add_argument("folder", metavar="DIR")
    watch.add_argument("--once", action="store_true", help="install it once and stop")


def _add_changing(verb: Callable[..., argparse.ArgumentParser]) -> None:
    install = verb("install", "install or upgrade packages", changes=True)
    install.add_argument("packages", nargs="+", metavar="PACKAGE")
    install.add_argument("--enable", action="store_true", help="enable it afterwards")
    install.add_argument("--allow-downgrade", action="store_true", help="accept a lower version")
    install.add_argument("--force", action="store_true", help="do not ask other modules")
    _add_modes(install)
    upgrade = verb("upgrade", "upgrade to packages that wait or are kept here", changes=True)
    which = upgrade.add_mutually_exclusive_group(required=True)
    which.add_argument("ids", nargs="*", default=[], metavar="ID")
    which.add_argument("--all", action="store_true", help="all of which a newer package is here")
    _add_modes(upgrade)
    enable = verb("enable", "switch modules on", changes=True)
    enable.add_argument("ids", nargs="+", metavar="ID")
    _add_modes(enable)
    disable = verb("disable", "switch modules off", changes=True)
    disable.add_argument("ids", nargs="+", metavar="ID")
    disable.add_argument("--force", action="store_true", help="do not ask the module")
    _add_cascade(disable)
    remove = verb("remove", "remove modules", changes=True)
    remove.add_argument("ids", nargs="+", metavar="ID")
    _add_cascade(remove)
    data = remove.add_mutually_exclusive_group()
    data.add_argument("--keep-data", action="store_true", help="keep settings and data (default)")
    data.add_argument("--delete-data", action="store_true", help="delete settings and data")
    remove.add_argument("--force", action="store_true", help="do not ask the module")
    verb("rollback", "return to the version before, with its data", changes=True).add_argument("id")
    verb("repair", "write damaged files anew from the kept package", changes=True).add_argument(
        "id"
    )
    purge = verb("purge", "delete what earlier versions left in the data", changes=True)
    purge.add_argument("id")
    purge.add_argument("--table", default="", help="only what is left over of one table")
    purge.add_argument("--column", default="", help="only one column of it")
    _add_place(verb("place", "place a module's sidebar item"))
    _add_trust(verb)
    _add_firewall(verb)
    _add_safe_mode(verb("safe-mode", "switch all modules off for a while, or end that"))
    export = verb("export", "write a module's data to a file")
    export.add_argument("id", metavar="ID")
    export.add_argument("file", metavar="FILE", help="the file to write; it is replaced")
    taken = verb("import", "take the data of an export over", changes=True)
    taken.add_argument("file", metavar="FILE", help="what module export has written")
    _add_console(verb("run", "run a console command of a module, or list its commands"))
    cancel = verb("cancel", "cancel an operation before its commit point")
    cancel.add_argument("operation", type=int, metavar="NUMBER")
    cancel.add_argument("--batch", action="store_true", help="the number is that of a batch")


def _add_modes(sub: argparse.ArgumentParser) -> None:
    modes = sub.add_mutually_exclusive_group()
    modes.add_argument(
        "--continue",
        dest="go_on",
        action="store_true",
        help="of several, go on with the others when one fails",
    )
    modes.add_argument("--together", action="store_true", help="of several, do all or none")


def _add_cascade(sub: argparse.ArgumentParser) -> None:
    _add_modes(sub)
    sub.add_argument(
        "--cascade", action="store_true", help="also disable what needs it; all or none"
    )


def _add_console(run: argparse.ArgumentParser) -> None:
    run.add_argument("id", metavar="ID")
    run.add_argument(
        "run_command", nargs="?", default="", metavar="COMMAND", help="without one, list them"
    )
    run.add_argument(
        "run_arguments", nargs=argparse.REMAINDER, metavar="ARGUMENT", help="what it is given"
    )


def _add_safe_mode(safe_mode: argparse.ArgumentParser) -> None:
    safe_mode.add_argument("what", choices=["on", "off", "status"], nargs="?", default="status")
    safe_mode.add_argument("--reason", default="", help="why; every page shows it")
    safe_mode.add_argument("--dry-run", action="store_true", help="say what would be and stop")


def _add_firewall(verb: Callable[..., argparse.ArgumentParser]) -> None:
    firewall = verb("firewall", "show the firewall, switch it, or end a trial of rules")
    firewall.add_argument(
        "what", choices=["status", "on", "off", "keep", "return"], nargs="?", default="status"
    )
    bans = verb("bans", "list whom fail2ban bans, or let an address go")
    bans.add_argument("--free", default="", metavar="ADDRESS", help="let this address go")


def _add_trust(verb: Callable[..., argparse.ArgumentParser]) -> None:
    audit = verb("audit", "print who did what, the newest first")
    audit.add_argument("--actor", default="", help="only what one person did")
    audit.add_argument("--module", default="", help="only what was done to one module or object")
    audit.add_argument("--action", default="", help="only one action, such as module-install")
    audit.add_argument("--outcome", default="", help="only one outcome, such as denied")
    audit.add_argument("--since", default="", metavar="DAY", help="from this day on, YYYY-MM-DD")
    audit.add_argument("--until", default="", metavar="DAY", help="up to this day, YYYY-MM-DD")
    audit.add_argument("--limit", type=int, default=50, help="how many, 0 for all")
    audit.add_argument("--csv", default="", metavar="FILE", help="write a CSV file, - to stdout")
    token = verb("token", "make, list or revoke API keys")
    token.add_argument("what", choices=["new", "list", "revoke"])
    token.add_argument("name", nargs="?", default="", metavar="NAME")
    token.add_argument(
        "--scope",
        action="append",
        default=[],
        help="view, operate, install, remove, settings or modules:<id>; may be repeated",
    )
    token.add_argument(
        "--network", action="append", default=[], help="an address or block it works from"
    )
    token.add_argument("--days", type=int, default=None, help="how long it lives")
    token.add_argument("--user", default="", help="whose rights it shares; by default nobody's")
    unlock = verb("unlock", "let a person log in who typed wrong passwords too often")
    unlock.add_argument("user", metavar="USER")


def _add_place(place: argparse.ArgumentParser) -> None:
    place.add_argument("id")
    place.add_argument("--key", default="", help="which item, by default the first")
    shown = place.add_mutually_exclusive_group()
    shown.add_argument("--show", dest="shown", action="store_true", default=None, help="show it")
    shown.add_argument("--hide", dest="shown", action="store_false", default=None, help="hide it")
    place.add_argument("--group", choices=GROUPS)
    place.add_argument("--caption", help="another caption; empty for the module's own")
    place.add_argument("--order", type=int, help="place in its group; low numbers first")
    place.add_argument("--reset", action="store_true", help="as the module wishes")
