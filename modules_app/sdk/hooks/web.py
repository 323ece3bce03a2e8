"""Hooks of the pages (reference M6.5) and of the list of calls (M6.6)."""

from __future__ import annotations

from typing import Any

from modules_app.sdk.assets import Assets
from modules_app.sdk.form_fields import FormFields
from modules_app.sdk.menu import Menu
from modules_app.sdk.rights import Acl


class WebHooks:
    """Hooks of the pages (reference M6.5) and of the list of calls (M6.6)."""

    def authenticate_user(self, login: str, password: str) -> dict[str, Any] | None:
        """Say who signs in with this name and password; nothing if you do not know.

        Called only if an administrator granted it, for names that PBX Admin does not know. Answer
        ``{"userName": …, "role": …, "homePage": …}``: ``userName`` is shown, ``role`` (or a list
        ``groups``) names groups, of which the person gets those that the administrator allowed,
        ``homePage`` is the first page, below the module's own address. All may be missing, but
        ``{}`` is no answer. Never store or log the password.
        """
        return None

    def get_passkey_session_data(self, login: str) -> dict[str, Any] | None:
        """Return who signs in with a passkey; not called, there are no passkeys here."""
        return None

    def on_after_acl_prepared(self, acl: Acl) -> None:
        """Name the rights that the module's pages ask for, with ``acl.add_right``.

        Asked when the module is enabled. Each becomes a permission that administrators give to
        people and groups; without it the pages do not open, also for those who may operate modules.
        """

    def on_get_controller_permissions(
        self, controller: str, permissions: dict[str, bool]
    ) -> dict[str, Any] | None:
        """Change what the browser is told of a person's rights on a page.

        ``controller`` names a page of PBX Admin or is the module's id. What is False stays False:
        a module can take away, never give, and only what the browser shows.
        """
        return None

    def on_before_header_menu_show(self, menu: Menu) -> None:
        """Add items to the sidebar with ``menu.add``.

        Asked when the module is enabled and when it asks for it with ``ask_reload``, not on each
        page: the items are stored, and shown to those whose rights fit.
        """

    def on_after_routes_prepared(self, routes: list[Any]) -> None:
        """Add addresses below the module's own: append ``django.urls.path`` objects.

        Called once in each process that loads the module, after ``urls.py`` was read.
        """

    def on_after_assets_prepared(self, assets: Assets) -> None:
        """Add style sheets and scripts with ``assets.add_css`` and ``assets.add_js``.

        Asked when the module is enabled. Pages of PBX Admin take them only if an administrator
        granted it, and the pages that lead out of trouble never do.
        """

    def on_volt_block_compile(
        self, controller: str, block: str, view: dict[str, Any]
    ) -> str | None:
        """Return the template, below templates/, that fills a block of a page; None for no other.

        Asked for each block when the module is enabled, and again whenever such a page is shown;
        the template gets ``view``, the facts of the page, and ``request`` with the reader. It has
        0.3 seconds. Scripts are removed, and its forms lead to the module's own pages.
        """
        return None

    def on_before_form_initialize(
        self, form: FormFields, entity: dict[str, Any], options: dict[str, Any]
    ) -> None:
        """Add fields to a form of PBX Admin with ``form.add``; ``form.name`` says which it is.

        ``entity`` holds the values of the form as they are stored. The module returns its own
        values as ``initial``, and gets what was typed by `save_form_fields`.
        """

    def save_form_fields(
        self, form: str, values: dict[str, Any], entity: dict[str, Any]
    ) -> dict[str, str] | None:
        """Store the values of the fields that `on_before_form_initialize` added to ``form``.

        Called after the form itself was valid and saved, which ``entity`` shows. Return errors by
        the names of fields, "" for all of them, and nothing when all is well.
        """
        return None

    def on_before_execute_route(self, request: Any) -> Any:
        """Be told before a page of this module is made; a response ends the request with it."""
        return None

    def on_after_execute_route(self, request: Any, response: Any) -> Any:
        """Be told after a page of this module was made; a response takes the place of the other."""
        return None

    def apply_acl_filters_to_cdr_query(
        self, parameters: dict[str, Any], session_context: dict[str, Any]
    ) -> dict[str, Any] | None:
        """Narrow the list of calls to those that a person may see."""
        return None
