"""What the module asks of firewall and fail2ban."""

from __future__ import annotations

from modules_app.sdk.testing import ModuleTestCase

from ..conf import PORT
from ..models import DroppedAddress


class GuardTest(ModuleTestCase):
    """The answers to the hooks follow the data."""

    def test_one_port_is_asked_for(self) -> None:
        """In a category of the module's own."""
        categories = self.ask_hook("get_default_firewall_rules")
        self.assertEqual(list(categories), ["ModuleExampleGuard"])
        self.assertEqual(categories["ModuleExampleGuard"]["rules"][0]["portfrom"], PORT)

    def test_listed_addresses_are_dropped(self) -> None:
        """Without any there is nothing to add to the firewall."""
        self.assertEqual(self.ask_hook("on_after_iptables_reload"), [])
        self.assertEqual(self.send(address="203.0.113.9").status_code, 302)
        dropped = [{"action": "drop", "sources": ["203.0.113.9"]}]
        self.assertEqual(self.ask_hook("on_after_iptables_reload"), dropped)

    def test_only_addresses_are_taken(self) -> None:
        """A firewall line must not be written by whoever fills in the form."""
        self.assertEqual(self.send(address="203.0.113.9 accept").status_code, 422)
        self.assertFalse(DroppedAddress.objects.exists())

    def test_a_wrong_code_is_told_to_fail2ban(self) -> None:
        """In the words that the filter looks for."""
        with self.assertLogs("pbxadmin.attacks") as told:
            self.assertEqual(self.send("code/", code="0000").status_code, 403)
        self.assertIn("module_example_guard: wrong code from 127.0.0.1", told.output[0])
        self.assertIn("wrong code from <HOST>", self.ask_hook("generate_fail2ban_filters"))
