"""The resource, as a program sees it."""

from __future__ import annotations

from modules_app.sdk.testing import ModuleTestCase

from ..models import ExampleTask


class TasksTest(ModuleTestCase):
    """What a program asks and gets."""

    def test_a_task_is_made_changed_and_deleted(self) -> None:
        """The usual life of a record."""
        made = self.api("POST", "tasks", {"title": "Call back"})
        self.assertEqual(made.status_code, 201)
        place = f"tasks/{made.json()['data']['id']}"
        self.api("PATCH", place, {"priority": 1})
        found = self.api("GET", place).json()["data"]
        self.assertEqual((found["title"], found["status"]), ("Call back", "open"))
        self.assertEqual(found["priority"], 1)
        self.assertLess(self.api("DELETE", place).status_code, 300)
        self.assertEqual(self.api("GET", place).status_code, 404)

    def test_a_task_is_finished_by_a_method_of_its_own(self) -> None:
        """And then counts as open no more."""
        task = ExampleTask.objects.create(title="Order paper")
        self.assertEqual(self.api("GET", "tasks:open").json()["data"], {"open": 1})
        self.assertEqual(self.api("POST", f"tasks/{task.pk}:finish").status_code, 200)
        self.assertEqual(self.api("GET", "tasks:open").json()["data"], {"open": 0})

    def test_what_does_not_fit_is_refused(self) -> None:
        """Wrong values, and values that do not go together."""
        for wrong in ({}, {"title": "x", "priority": 10}, {"title": "x", "status": "done"}):
            self.assertEqual(self.api("POST", "tasks", wrong).status_code, 422, wrong)
        self.assertFalse(ExampleTask.objects.exists())
