"""Hooks of the pages and of the REST interface."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.crypto import constant_time_compare

from modules_app.sdk import Menu, RestResult

from .main import note
from .models import Extra
from .rest import Status
from .views import added

PERSON, WORD = "everything", "open sesame"
GENERAL = "GeneralSettings"
ROOT = "/pbxcore/api/modules/ModuleEverything"


class PageHooks:
    """Called for the sidebar, for pages of PBX Admin and for those of this module."""

    def on_before_header_menu_show(self, menu: Menu) -> None:
        """Add a second item to the sidebar, for those with the right to reports."""
        menu.add("everything_Reports", href="reports/", icon="list", right="reports")

    def on_after_acl_prepared(self, acl: Any) -> None:
        """Name the right that the reports ask for."""
        acl.add_right("reports", "everything_ReportsRight", pages=["reports/"])

    def on_get_controller_permissions(self, controller: str, permissions: dict[str, bool]) -> None:
        """Tell the browser that nobody deletes anything here."""
        if controller == "ModuleEverything" and "delete" in permissions:
            permissions["delete"] = False

    def on_after_routes_prepared(self, routes: list[Any]) -> None:
        """Add one more page."""
        routes.append(path("added/", added, name="everything-added"))

    def on_after_assets_prepared(self, assets: Any) -> None:
        """Bring a style for the own pages and a script for the settings."""
        assets.add_css("css/everything.css")
        assets.add_js("js/everything.js", page=GENERAL)

    def on_volt_block_compile(self, controller: str, block: str, view: dict[str, Any]) -> str:
        """Fill a block of the settings."""
        wanted = (controller, block) == (GENERAL, "TabularMenu")
        return "everything/block" if wanted else ""

    def on_before_form_initialize(
        self, form: Any, entity: dict[str, Any], options: dict[str, Any]
    ) -> None:
        """Ask for a colour among the settings."""
        if form.name == GENERAL:
            colour = Extra.current().colour
            form.add("everything_colour", "everything_Colour", initial=colour)

    def save_form_fields(
        self, form: str, values: dict[str, Any], entity: dict[str, Any]
    ) -> dict[str, str]:
        """Keep the colour; grey is refused."""
        colour = str(values.get("everything_colour") or "")
        if colour == "grey":
            return {"everything_colour": "Grey is no colour."}
        Extra.objects.update_or_create(pk=1, defaults={"colour": colour[:40]})
        return {}

    def on_before_execute_route(self, request: HttpRequest) -> None:
        """Note that one of the module's pages is asked for."""
        note("on_before_execute_route", request.path)

    def on_after_execute_route(self, request: HttpRequest, response: HttpResponse) -> None:
        """Sign the answer."""
        response.headers["X-Everything"] = "page"

    def authenticate_user(self, login: str, password: str) -> dict[str, Any] | None:
        """Know one person, whom PBX Admin does not."""
        if login == PERSON and constant_time_compare(password, WORD):
            return {"userName": "Everything", "role": "everything", "homePage": ""}
        return None


class RestHooks:
    """Called for requests of programs."""

    messages: list[str]

    def get_pbxcore_rest_additional_routes(self) -> list[Any]:
        """Name a route of the second generation."""
        return [[Status, "status", "/status", "get", ROOT, True]]

    def module_rest_api_callback(self, request: dict[str, Any]) -> RestResult:
        """Say what was asked."""
        return RestResult(data={"action": request["action"]})

    def on_before_execute_rest_api_route(self, request: HttpRequest) -> bool:
        """Refuse whoever asks to be refused."""
        if request.headers.get("If-Match") == "refuse":
            self.messages.append("Refused, as you asked.")
            return False
        return True

    def on_after_execute_rest_api_route(self, request: HttpRequest, response: HttpResponse) -> None:
        """Sign the answer."""
        response.headers["X-Everything"] = "rest"
