from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from modules_app.sdk import RestResource, RestResult
from modules_app.sdk.rest import Choice, Flag, Number, RestError, Text, custom

from .models import Entry


class Entries(RestResource):
    """Numbers with names."""

    model = Entry
    search_fields = ("number", "name")
    public = ("ping",)

    number = Text(required=True, max_length=20, pattern=r"\+?[0-9]{2,19}")
    name = Text(max_length=100, default="")
    kind = Choice(["work", "home"], default="work")
    blocked = Flag(default=False)
    calls = Number(read_only=True)

    def validate(self, values: dict[str, Any], record: Any) -> None:
        if values.get("kind") == "home" and values.get("blocked"):
            raise RestError(422, "Numbers at home are never blocked.")

    @custom("POST")
    def block(self, id: str, sent: dict[str, Any]) -> Entry:
        """Block a number."""
        entry = self.find(id)
        entry.blocked = True
        return self.save(entry, ["blocked"])

    @custom("GET", collection=True)
    def count(self, query: dict[str, str]) -> dict[str, int]:
        """Count all numbers."""
        return {"count": self.queryset().count()}

    @custom("POST", collection=True)
    def ping(self, sent: dict[str, Any]) -> RestResult:
        """Answer anybody."""
        who = self.user.get_username()
        return RestResult(data={"pong": sent.get("say", ""), "who": who}, messages="Heard.")


class Lookup:
    """Answers a route of the second generation."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def by_number(self, number: str) -> dict[str, Any]:
        """Find the name behind a number."""
        entry = Entry.objects.filter(number=number).first()
        return {"name": entry.name if entry else "", "who": self.request.user.get_username()}

    def status(self) -> dict[str, str]:
        """Say that all is well."""
        return {"status": "well", "who": self.request.user.get_username()}

    def fall(self) -> None:
        """Fail."""
        raise RuntimeError("fell")
