"""Hooks of the pages (reference M6.5) and of the list of calls (M6.6)."""

from __future__ import annotations

from typing import Any

from modules_app.sdk.menu import Menu


class WebHooks:
    """Hooks of the pages (reference M6.5) and of the list of calls (M6.6)."""

    def authenticate_user(self, login: str, password: str) -> dict[str, Any] | None:
        """Say whether a name and password are right, after PBX Admin itself refused them."""
        return None

    def get_passkey_session_data(self, login: str) -> dict[str, Any] | None:
        """Return who signs in with a passkey."""
        return None

    def on_after_acl_prepared(self, acl: Any) -> None:
        """Name the rights that the module's pages ask for."""

    def on_get_controller_permissions(
        self, controller: str, permissions: dict[str, bool]
    ) -> dict[str, Any] | None:
        """Change what the browser is told of a person's rights on a page of the module."""
        return None

    def on_before_header_menu_show(self, menu: Menu) -> None:
        """Add items to the sidebar with ``menu.add``."""

    def on_after_routes_prepared(self, routes: list[Any]) -> None:
        """Add addresses below the module's own address."""

    def on_after_assets_prepared(self, assets: Any) -> None:
        """Add style sheets and scripts of the module to pages."""

    def on_volt_block_compile(
        self, controller: str, block: str, view: dict[str, Any]
    ) -> str | None:
        """Return the template with which the module fills a block of a page of PBX Admin."""
        return None

    def on_before_form_initialize(
        self, form: Any, entity: dict[str, Any], options: dict[str, Any]
    ) -> None:
        """Add fields to a form of PBX Admin; the module stores their values."""

    def on_before_execute_route(self, request: Any) -> Any:
        """Be told before a page is made."""
        return None

    def on_after_execute_route(self, request: Any, response: Any) -> Any:
        """Be told after a page was made."""
        return None

    def apply_acl_filters_to_cdr_query(
        self, parameters: dict[str, Any], session_context: dict[str, Any]
    ) -> dict[str, Any] | None:
        """Narrow the list of calls to those that a person may see."""
        return None
