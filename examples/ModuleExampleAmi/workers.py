"""The program that hears what happens in Asterisk."""

from __future__ import annotations

from modules_app.sdk import AmiEvent, AmiWorker

from .models import HeardCall

KEPT = 200


class CallListener(AmiWorker):
    """Stores each channel that ends."""

    events = ("Hangup",)
    classes = "call,user"

    def handle(self, event: AmiEvent) -> None:
        """Store one, and forget the oldest: a table must not grow for ever."""
        said = event.fields
        HeardCall.objects.create(
            channel=said.get("Channel", "")[:80],
            caller=said.get("CallerIDNum", "")[:80],
            dialled=said.get("Exten", "")[:80],
            cause=said.get("Cause-txt", "")[:80],
        )
        newest = HeardCall.objects.values("pk")[:KEPT]
        HeardCall.objects.exclude(pk__in=newest).delete()
