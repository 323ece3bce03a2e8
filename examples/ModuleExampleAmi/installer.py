"""The installer: one secret for each PBX."""

from __future__ import annotations

from modules_app.sdk import PbxExtensionSetupBase

from .models import ProgramAccess


class PbxExtensionSetup(PbxExtensionSetupBase):
    """Overrides one step."""

    def install_db(self) -> bool:
        """Make the tables and, the first time, a secret."""
        if not self.create_tables_from_models():
            return False
        if not ProgramAccess.objects.exists():
            ProgramAccess.renew()
        return self.register_new_module() and self.add_to_sidebar()
