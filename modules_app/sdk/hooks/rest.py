"""Hooks of the REST interface (reference M6.4)."""

from __future__ import annotations

from typing import Any


class RestHooks:
    """Hooks of the REST interface (reference M6.4)."""

    def get_pbxcore_rest_additional_routes(self) -> list[Any] | None:
        """Name routes that the module answers below its own address."""
        return None

    def module_rest_api_callback(self, request: dict[str, Any]) -> Any:
        """Answer a request to the module's callback address."""
        return None

    def on_before_execute_rest_api_route(self, request: Any) -> Any:
        """Be told before a REST request is answered."""
        return None

    def on_after_execute_rest_api_route(self, request: Any, response: Any) -> Any:
        """Be told after a REST request was answered."""
        return None
