"""The list, from the page to the row."""

from __future__ import annotations

from modules_app.sdk.testing import ModuleTestCase

from ..main import PLACEHOLDER, BlackListMain


class BlackListTest(ModuleTestCase):
    """What a person sees and does."""

    def test_a_number_is_blocked_and_let_go(self) -> None:
        """From the form to the list and away again."""
        self.send(number="74952293042", description="Fraud")
        self.assertContains(self.page(), "Fraud")
        blocked = BlackListMain().numbers("7495").get()
        self.send(f"{blocked.pk}/delete/")
        self.assertFalse(BlackListMain().is_blocked("74952293042"))

    def test_only_numbers_are_taken(self) -> None:
        """The page comes back with the reason."""
        self.assertEqual(self.send(number="drop table").status_code, 422)
        self.assertEqual(self.send(number=PLACEHOLDER).status_code, 422)
        self.assertEqual(BlackListMain().numbers().count(), 1)

    def test_enabling_tells_how_many_there_are(self) -> None:
        """The message is shown to whoever enabled the module."""
        self.ask_hook("on_after_module_enable")

    def test_a_blocked_number_is_an_extension_that_hangs_up(self) -> None:
        """With or without a plus, and each one once."""
        self.send(number="+74952293042")
        self.send(number="74952293042")
        context = self.ask_hook("extension_gen_contexts").splitlines()
        self.assertEqual(context[0], "[module-black-list]")
        self.assertEqual(context.count("exten => 74952293042,1,Hangup(21)"), 1)

    def test_an_empty_list_makes_no_context(self) -> None:
        """The step finds nothing then, and the call goes on."""
        BlackListMain().numbers().delete()
        self.assertIsNone(self.ask_hook("extension_gen_contexts"))

    def test_every_incoming_call_looks_for_its_caller(self) -> None:
        """Only the digits that the caller sent are used."""
        step = self.ask_hook("generate_incoming_rout_before_dial", "X!")
        self.assertTrue(step.startswith("same => n,GosubIf("))
        self.assertEqual(step.count("${FILTER(0-9,${CALLERID(num)})}"), 2)
