"""The greetings."""

from __future__ import annotations

from modules_app.sdk.testing import ModuleTestCase


class HelloTest(ModuleTestCase):
    """What a person sees and does."""

    def test_the_installer_greeted_the_world(self) -> None:
        """The table of module.xml was there before."""
        self.assertContains(self.page(), "world")

    def test_somebody_else_is_greeted(self) -> None:
        """The form leads back to the page."""
        self.assertEqual(self.send(name="Ann").status_code, 302)
        self.assertContains(self.page(), "Ann")
