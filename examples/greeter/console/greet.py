"""``python manage.py module run greeter greet NAME…``."""

from __future__ import annotations

from collections.abc import Sequence

from modules_app.sdk import ConsoleCommand

from ..models import Guest


class Greet(ConsoleCommand):
    """Print a greeting for every name and remember who was greeted."""

    def execute(self, arguments: Sequence[str]) -> int:
        """Return 2 when nobody is named."""
        if not arguments:
            print(self.module.translation("greeter_NobodyNamed"))
            return 2
        for name in arguments:
            Guest.objects.create(name=name[:80])
            print(self.module.greet(name))
        return 0
