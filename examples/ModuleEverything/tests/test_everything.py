"""Each hook answers something that its surface can use."""

from __future__ import annotations

from modules_app.sdk.testing import ModuleTestCase

from ..main import KEPT, note
from ..models import Extra, HookNote


class HooksTest(ModuleTestCase):
    """What is asked, what is answered."""

    def test_notes_are_taken_and_shown(self) -> None:
        """The oldest ones are forgotten."""
        for number in range(KEPT + 2):
            note("test", str(number))
        self.assertEqual(HookNote.objects.count(), KEPT)
        self.assertContains(self.page(), f"test {KEPT + 1}")

    def test_the_hooks_of_pages_are_called(self) -> None:
        """Before, after, and for the addresses."""
        answer = self.page("added/")
        self.assertContains(answer, "added by a hook")
        self.assertEqual(answer.headers["X-Everything"], "page")
        self.assertTrue(HookNote.objects.filter(hook="on_before_execute_route").exists())

    def test_the_colour_is_kept_but_never_grey(self) -> None:
        """An error is named by its field."""
        values = {"everything_colour": "green"}
        self.assertEqual(self.ask_hook("save_form_fields", "GeneralSettings", values, {}), {})
        self.assertEqual(Extra.current().colour, "green")
        grey = {"everything_colour": "grey"}
        errors = self.ask_hook("save_form_fields", "GeneralSettings", grey, {})
        self.assertEqual(list(errors), ["everything_colour"])

    def test_one_person_is_known(self) -> None:
        """And only with the right word."""
        self.assertIsNone(self.ask_hook("authenticate_user", "everything", "wrong"))
        person = self.ask_hook("authenticate_user", "everything", "open sesame")
        self.assertEqual(person["userName"], "Everything")

    def test_rest_answers_on_all_three_ways(self) -> None:
        """A resource, a route and the callback."""
        note("test")
        notes = self.api("GET", "notes").json()["data"]
        self.assertIn("test", [one["hook"] for one in notes])
        answer = self.api("GET", "status")
        self.assertEqual(answer.json()["data"], {"status": "here"})
        self.assertEqual(answer.headers["X-Everything"], "rest")
