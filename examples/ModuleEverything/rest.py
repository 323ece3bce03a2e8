"""What programs ask for."""

from __future__ import annotations

from django.http import HttpRequest

from modules_app.sdk.rest import RestResource, Text

from .models import HookNote


class Notes(RestResource):
    """The notes, to be read: /api/m/ModuleEverything/notes."""

    path = "notes"
    model = HookNote
    methods = ("list", "get")

    hook = Text(read_only=True)
    said = Text(read_only=True)


class Status:
    """Answers a route of the second generation."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def status(self) -> dict[str, str]:
        """Say that the module is there."""
        return {"status": "here"}
