"""The greetings."""

from __future__ import annotations

from modules_app.sdk import this_module
from modules_app.sdk.testing import ModuleTestCase

from ..console.greet import Greet
from ..models import Guest


class GreeterTest(ModuleTestCase):
    """What other modules and the console command get."""

    def test_hello_pbx_gets_a_greeting(self) -> None:
        """The word was set by the installer."""
        (greeting,) = this_module().hellopbx_get_greetings("Ann")
        self.assertTrue(greeting.endswith(", Ann!"))

    def test_the_command_remembers_whom_it_greeted(self) -> None:
        """One row for each name."""
        self.assertEqual(Greet(this_module()).execute(["Ann", "Bob"]), 0)
        self.assertEqual([guest.name for guest in Guest.objects.all()], ["Ann", "Bob"])

    def test_the_command_wants_a_name(self) -> None:
        """Its exit status says so."""
        self.assertEqual(Greet(this_module()).execute([]), 2)
