"""Hooks of the REST interface (reference M6.4)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from modules_app.sdk.rest.results import RestResult


class RestHooks:
    """Hooks of the REST interface (reference M6.4)."""

    def get_pbxcore_rest_additional_routes(self) -> list[Any] | None:
        """Name routes that the module answers below its own address ``/api/m/<id>/``.

        Each is a list as in the seeds: ``[view, action, path, method, root, no_auth]``. ``view`` is
        a function of the request and the parts of the path, or a class made with the request whose
        method ``action`` gets the parts. ``path`` may hold ``{parts}``. Routes with ``no_auth`` are
        open to strangers once the manifest asks for "public-routes" and an administrator agreed.
        Asked at loading and when the module is switched on; it must be cheap and always the same.
        """
        return None

    def module_rest_api_callback(self, request: dict[str, Any]) -> Any:
        """Answer a request to ``/api/m/<id>/callback/<action>``.

        ``request`` has "action", "data" (query and body), "module", "input" (the body as text),
        "REQUEST_METHOD" and "request" (Django's). Return an `sdk.RestResult`, or a dict with
        "result", "data" and "messages". ``data`` may be a special reply: {"fpassthru": {"filename",
        "download_name", "content_type", "need_delete", "additional_headers"}}, {"html"},
        {"redirect"} inside this site, {"echo", "headers"} or {"echo_file"}.
        """
        if str(request.get("action", "")).upper() == "CHECK":
            return RestResult()
        return RestResult(False, messages=[_("action not found")], status=404)

    def on_before_execute_rest_api_route(self, request: Any) -> Any:
        """Be asked once before a request to the module's own REST is answered.

        False refuses with 403 and what stands in ``messages``; a response of your own is sent
        instead. Requests to the core's REST and to other modules are not shown.
        """
        return None

    def on_after_execute_rest_api_route(self, request: Any, response: Any) -> Any:
        """Be told once after a request to the module's own REST, whatever came of it.

        A response of your own is sent instead.
        """
        return None
