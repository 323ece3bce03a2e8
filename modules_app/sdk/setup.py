"""The installer of a module: a template method whose steps a module may override (seed 001)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from modules_app.domain.versions import meets_minimum
from modules_app.sdk.base import Recorded
from modules_app.sdk.context import ModuleFacts
from modules_app.sdk.records import EXECUTABLE_FOLDERS, Records, files_below


class PbxExtensionSetupBase(Recorded):
    """Installs and removes a module; an empty subclass inherits everything.

    A step answers True, or adds to ``messages`` why not and answers False; the first such step
    ends the installation. Steps change nothing themselves: what they record is committed by the
    operator, and the tables they make belong to a copy of the module's data.
    """

    FAILURES: ClassVar[dict[str, str]] = {
        "activate_license": "ext_ErrorOnLicenseActivation",
        "install_files": "ext_ErrorOnInstallFiles",
        "install_db": "ext_ErrorOnInstallDB",
        "fix_files_rights": "ext_ErrorOnAppliesFilesRights",
        "uninstall_db": "ext_UninstallDBError",
        "uninstall_files": "ext_UnInstallFiles",
    }

    def __init__(self, facts: ModuleFacts, manifest: Mapping[str, Any], records: Records) -> None:
        super().__init__(facts, manifest, records)
        self.min_pbx_version: str = manifest.get("min_pbx_version") or ""
        self.developer: str = manifest.get("publisher") or ""
        self.support_email: str = manifest.get("support_email") or ""
        self.lic_product_id: int = manifest.get("lic_product_id") or 0
        self.lic_feature_id: int = manifest.get("lic_feature_id") or 0
        self.wiki_links: Mapping[str, Any] = manifest.get("wiki_links") or {}
        self.module_type: str = manifest.get("module_type") or "general"
        self.failed_step = ""

    def install_module(self) -> bool:
        """Run all steps in the seeds' order; ``messages`` and ``failed_step`` say what failed."""
        return (
            self._step(self.check_compatibility)
            and self._step(self.activate_license)
            and self._step(self.install_files)
            and self._step(self.install_db)
            and self._step(self.fix_files_rights)
        )

    def check_compatibility(self) -> bool:
        """Compare the PBX version, without ``-dev``, with min_pbx_version (reference M1.2)."""
        if meets_minimum(self.settings.get("PBXVersion"), self.min_pbx_version):
            return True
        self.messages.append(
            self.translation("ext_ModuleDependsHigherVersion", version=self.min_pbx_version)
        )
        return False

    def activate_license(self) -> bool:
        """Ask for a licence key when the manifest names a product; free modules need none."""
        if self.lic_product_id <= 0:
            return True
        if self.settings.get("PBXLicense") in ("", "0"):
            self.messages.append(self.translation("ext_EmptyLicenseKey"))
            return False
        self.messages.append(self.translation("ext_LicenseNotVerified"))
        return True

    def install_files(self) -> bool:
        """Place further files; assets, templates and scripts of the package need nothing."""
        return True

    def install_db(self) -> bool:
        """Make the tables, register the module, ask for a sidebar item."""
        return (
            self.create_tables_from_models()
            and self.register_new_module()
            and self.add_to_sidebar()
        )

    def register_new_module(self) -> bool:
        """Record what the module list shows; the module is registered disabled."""
        self._records.registration = {
            "publisher": self.developer,
            "support_email": self.support_email,
            "module_type": self.module_type,
            "wiki_links": dict(self.wiki_links),
            "version": self.version,
        }
        return True

    def add_to_sidebar(self) -> bool:
        """Ask for one item in the group ``modules``; override it to call `place_in_sidebar`."""
        return self.place_in_sidebar()

    def place_in_sidebar(
        self,
        *,
        group: str = "modules",
        icon: str = "puzzle",
        caption: str = "",
        href: str = "",
        shown: bool = True,
        order: int = 0,
    ) -> bool:
        """Record the sidebar item and answer True; ``caption`` is a key of messages/ or a text.

        An administrator's own placement outlives this wish (reference M8.2).
        """
        item = {
            "key": self.module_unique_id,
            "group": str(group),
            "icon": str(icon),
            "caption": str(caption) or f"Breadcrumb{self.module_unique_id}",
            "href": str(href),
            "shown": bool(shown),
            "order": int(order),
        }
        self._records.sidebar = [item]
        return True

    def fix_files_rights(self) -> bool:
        """Mark everything in agi-bin/ and bin/ as executable."""
        for folder in EXECUTABLE_FOLDERS:
            for path in files_below(self.module_dir, folder):
                self.add_executable(path)
        return True

    def uninstall_module(self, keep_settings: bool = False) -> bool:
        """Undo what the module did outside its own data; our own records go without asking."""

        def uninstall_db() -> bool:
            return self.uninstall_db(keep_settings)

        def uninstall_files() -> bool:
            return self.uninstall_files(keep_settings)

        return self._step(uninstall_db) and self._step(uninstall_files)

    def uninstall_db(self, keep_settings: bool = False) -> bool:
        """Remove references to the module from system tables, with `delete_system_rows`."""
        return self.unregister_module()

    def unregister_module(self) -> bool:
        """Answer True: the operator has removed the module's row already."""
        return True

    def uninstall_files(self, keep_settings: bool = False) -> bool:
        """Stop what runs and remove logs and temporary files; the package goes by itself."""
        return True

    def _step(self, step: Callable[[], bool]) -> bool:
        self.failed_step = step.__name__
        if not step():
            if self.failed_step in self.FAILURES:
                self.messages.append(self.translation(self.FAILURES[self.failed_step]))
            return False
        self.failed_step = ""
        return True


def sidebar_of_setting(module_id: str, value: str) -> dict[str, Any]:
    """Turn the text of a setting ``AdditionalMenuItem<ID>`` into a sidebar item (reference M8.2).

    Installers ported from the seeds write this setting themselves. `ValueError` if it is no JSON.
    """
    data = json.loads(value)
    return {
        "key": module_id,
        "group": str(data.get("group") or "modules"),
        "icon": str(data.get("iconClass") or "puzzle"),
        "caption": str(data.get("caption") or f"Breadcrumb{module_id}"),
        "href": str(data.get("href") or ""),
        "shown": bool(data.get("showAtSidebar", True)),
        "order": 0,
    }
