"""Tasks over REST: /api/m/ModuleExampleRestApi/tasks."""

from __future__ import annotations

from typing import Any

from modules_app.sdk.rest import Choice, Number, RestError, RestResource, Text, custom

from .models import ExampleTask


class Tasks(RestResource):
    """Lists, reads, makes, changes and deletes tasks."""

    path = "tasks"
    model = ExampleTask
    search_fields = ("title",)

    title = Text(max_length=100, required=True, description="What is to be done")
    status = Choice(["open", "done"], default="open")
    priority = Number(minimum=1, maximum=9, default=5)

    def validate(self, values: dict[str, Any], record: ExampleTask | None) -> None:
        """Refuse a new task that is done already."""
        if record is None and values.get("status") == "done":
            raise RestError(422, "A new task cannot be done already.")

    @custom()
    def finish(self, id: str, values: dict[str, Any]) -> dict[str, Any]:
        """Mark a task as done: POST …/tasks/{id}:finish."""
        task = self.find(id)
        task.status = "done"
        task.save()
        return self.represent(task)

    @custom("GET", collection=True)
    def open(self, query: dict[str, str]) -> dict[str, Any]:
        """Return how many tasks are open: GET …/tasks:open."""
        return {"open": self.queryset().filter(status="open").count()}
