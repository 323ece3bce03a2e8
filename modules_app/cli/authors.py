"""Verbs for people who write modules: new, pack, test, watch."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.utils.translation import gettext

from modules_app.cli import module_test, watching
from modules_app.cli.output import print_json, say
from modules_app.exceptions import Refused
from modules_app.exceptions import gettext_noop as _
from modules_app.packages.fsops import FsOps
from modules_app.packages.pack import build_package, needs_version, pack_directory
from modules_app.scaffold.build import build_module
from modules_app.services.uploads import file_chunks


def new(args: Any) -> int:
    """Write a new module and say what to do next."""
    folder = Path(args.folder).absolute()
    files = build_module(args.id, [one.strip() for one in args.features.split(",") if one.strip()])
    if folder.exists():
        raise Refused(
            "folder-exists",
            _("The folder “{path}” exists already."),
            context={"path": str(folder)},
            hint=_("Name a folder that is not there yet."),
        )
    fsops = FsOps()
    for name, text in files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        fsops.write_file_atomically(target.parent, target.name, text.encode(), mode=0o644)
    if args.json:
        print_json({"folder": str(folder), "files": sorted(files)})
        return 0
    for name in sorted(files):
        sys.stdout.write(f"{args.folder}/{name}\n")
    sys.stdout.write(gettext("Next: {command}").format(command=f"module test {args.folder}") + "\n")
    return 0


def pack(args: Any) -> int:
    """Build a package from a folder and print its path."""
    folder = _folder(args.folder)
    target = Path(args.output or f"{folder.resolve().name}.zip")
    kind = "zip" if target.suffix == ".zip" else "tar.gz"
    version = args.version_text
    if not version and needs_version(folder):
        version = _ask_version(folder, quiet=args.json)
    pack_directory(folder, target, version=version or None, kind=kind)
    if args.json:
        print_json({"package": str(target)})
    else:
        sys.stdout.write(f"{target}\n")
    return 0


def _ask_version(folder: Path, *, quiet: bool) -> str:
    """Return what a person types, on a terminal. Raises ``Refused`` without one, or an answer."""
    said = ""
    if not quiet and sys.stdin.isatty():
        say(gettext("Version of the package, such as 1.0.0:"))
        said = sys.stdin.readline().strip()
    if not said:
        raise Refused(
            "version-not-said",
            _("The manifest in “{path}” leaves its version to whoever packs it."),
            context={"path": str(folder)},
            hint=_("Say it: --version-text 1.0.0."),
        )
    return said


def test(args: Any) -> int:
    """Lead a module through its whole life in a temporary PBX."""
    _folder(args.folder)
    return module_test.test_inside(args) if args.inside else module_test.test(args)


def watch(args: Any) -> int:
    """Install a module anew whenever its files change."""
    return watching.watch(_folder(args.folder), once=args.once)


def package_chunks(path: str) -> Iterable[bytes]:
    """Return the bytes of a package, or of the one that a folder would make."""
    if Path(path).is_dir():
        return [build_package(Path(path), version=module_test.VERSION)]
    return file_chunks(path)


def _folder(path: str) -> Path:
    folder = Path(path)
    if not folder.is_dir():
        raise Refused(
            "no-folder",
            _("“{path}” is no folder."),
            context={"path": path},
            hint=_("Give the folder of a module: the one that holds its manifest."),
        )
    return folder
