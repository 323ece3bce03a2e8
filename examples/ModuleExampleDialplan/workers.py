"""The program that Asterisk asks over the network."""

from __future__ import annotations

from django.db.models import F

from modules_app.sdk import Agi, FastAgiWorker

from .models import DialplanSettings


class CallCounter(FastAgiWorker):
    """Counts the calls to 5555."""

    port = 4575

    def handle(self, agi: Agi, path: str) -> None:
        """Count one call and let the dialplan say the number."""
        row = DialplanSettings.current()
        DialplanSettings.objects.filter(pk=row.pk).update(calls=F("calls") + 1)
        row.refresh_from_db()
        self.log.info("call %s from %s", row.calls, agi.request.get("agi_callerid", ""))
        agi.set_variable("MODULE_EXAMPLE_COUNT", row.calls)
