"""The greetings."""

from __future__ import annotations

from modules_app.sdk import this_module
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

    def test_nobody_adds_a_greeting_while_no_other_module_is_there(self) -> None:
        """Other modules add theirs where they are enabled."""
        self.assertEqual(this_module().get_greetings("Ann"), [])

    def test_the_module_that_it_replaces_is_refused(self) -> None:
        """Any other module may come."""
        ask = this_module().module_install_check_callback
        self.assertIn("oldpbx", ask({"oldpbx": {}}))
        self.assertIsNone(ask({"greeter": {}}))

    def test_calling_the_number_plays_a_greeting(self) -> None:
        """The context is reached from every telephone."""
        module = this_module()
        self.assertIn("exten => *43,1,Answer()", module.get_config("asterisk"))
        (way,) = module.pbx.dialplan.take()
        self.assertEqual((way.context, way.exten), ("internal", "*43"))
        module.do_dialplan_hook("asterisk", 500)
        (step,) = module.pbx.dialplan.take()
        self.assertEqual((step.exten, step.at), ("*43", "1"))
