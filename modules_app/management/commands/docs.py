"""``manage.py docs``: write the generated pages, and cut the samples in all others anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from modules_app.cli.guides import guides
from modules_app.cli.reference import pages
from modules_app.cli.samples import fill
from modules_app.packages.fsops import FsOps


class Command(BaseCommand):
    """With ``--check`` nothing is written; the status is 1 if a page is not as the code says."""

    help = "Write the generated pages of docs, and cut samples anew."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the switch that only compares."""
        parser.add_argument("--check", action="store_true", help="compare only")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write what changed."""
        stale = [
            (path, text)
            for path, text in _wanted(settings.BASE_DIR).items()
            if not path.exists() or path.read_text() != text
        ]
        if stale and options["check"]:
            names = ", ".join(path.name for path, _text in stale)
            raise CommandError(f"Out of date: {names}. Run script/docs.")
        for path, text in stale:
            FsOps().write_file_atomically(path.parent, path.name, text.encode(), mode=0o644)
            self.stdout.write(str(path.relative_to(settings.BASE_DIR)))


def _wanted(root: Path) -> dict[Path, str]:
    """Return every page as it should be: the written ones, and those with samples."""
    docs = root / "docs"
    wanted = {docs / "reference" / name: text for name, text in pages().items()}
    wanted |= {docs / name: text for name, text in guides().items()}
    for path in docs.rglob("*.md"):
        if path not in wanted:
            wanted[path] = fill(path.read_text(), root)
    return wanted
