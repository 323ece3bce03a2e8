"""The installer: the inherited steps, one seeded row and a place in the sidebar."""

from __future__ import annotations

from modules_app.sdk import PbxExtensionSetupBase

from .main import BlackListMain


class PbxExtensionSetup(PbxExtensionSetupBase):
    """Overrides two steps; everything else is inherited."""

    def install_db(self) -> bool:
        """Make the table, seed it, register the module."""
        if not self.create_tables_from_models():
            return False
        BlackListMain().seed()
        return self.register_new_module() and self.add_to_sidebar()

    def add_to_sidebar(self) -> bool:
        """Stand in the security group, behind a ban sign."""
        return self.place_in_sidebar(group="security", icon="ban")
