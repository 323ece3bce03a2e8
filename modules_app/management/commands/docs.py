"""``manage.py docs``: write the generated pages of docs/reference."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from modules_app.cli.reference import pages
from modules_app.packages.fsops import FsOps


class Command(BaseCommand):
    """With ``--check`` nothing is written; the status is 1 if a page is not as the code says."""

    help = "Write the generated pages of docs/reference."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the switch that only compares."""
        parser.add_argument("--check", action="store_true", help="compare only")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write what changed."""
        folder = settings.BASE_DIR / "docs" / "reference"
        stale = [
            (name, text)
            for name, text in pages().items()
            if not (folder / name).exists() or (folder / name).read_text() != text
        ]
        if stale and options["check"]:
            names = ", ".join(name for name, _text in stale)
            raise CommandError(f"Out of date: {names}. Run script/docs.")
        for name, text in stale:
            FsOps().write_file_atomically(folder, name, text.encode(), mode=0o644)
            self.stdout.write(f"docs/reference/{name}")
