"""The form, from the page to the row."""

from __future__ import annotations

from modules_app.sdk.testing import ModuleTestCase

from ..models import FormSettings

GOOD = {
    "name": "Branch",
    "address": "crm.example",
    "protocol": "mqtt",
    "port": "8883",
    "password": "s3cret",
    "active": "on",
}


class FormTest(ModuleTestCase):
    """What a person sees and does."""

    def test_what_is_typed_is_stored(self) -> None:
        """Every field finds its column."""
        self.assertEqual(self.send(**GOOD).status_code, 302)
        row = FormSettings.objects.get()
        self.assertEqual(
            (row.name, row.address, row.protocol, row.port, row.active),
            ("Branch", "crm.example", "mqtt", 8883, True),
        )

    def test_the_password_is_kept_and_never_shown(self) -> None:
        """An empty field means no change."""
        self.send(**GOOD)
        self.assertNotContains(self.page(), "s3cret")
        self.send(**{**GOOD, "password": ""})
        self.assertEqual(FormSettings.current().password, "s3cret")

    def test_a_wrong_form_comes_back_with_the_reason(self) -> None:
        """Nothing is stored of it."""
        answer = self.send(**{**GOOD, "address": "", "port": "70000"})
        self.assertContains(answer, "Enter an address", status_code=422)
        self.assertEqual(FormSettings.current().name, "Office")
