from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from modules_app.sdk import ConfigClass, RestResult

from .rest import Lookup

ROOT = "/pbxcore/api/modules/ModulePhoneBook"


class PhoneBookConf(ConfigClass):
    def get_pbxcore_rest_additional_routes(self) -> list[Any]:
        return [
            [Lookup, "by_number", "/lookup/{number}", "get", ROOT, False],
            [Lookup, "status", "/status", "get", ROOT, True],
            [Lookup, "fall", "/fall", "post", "/", False],
        ]

    def module_rest_api_callback(self, request: dict[str, Any]) -> Any:
        if request["action"] == "echo":
            return {"result": True, "data": request["data"], "messages": ["Said."]}
        if request["action"] == "reply":
            return RestResult(data=request["data"])
        return super().module_rest_api_callback(request)

    def on_before_execute_rest_api_route(self, request: HttpRequest) -> Any:
        if request.headers.get("If-Match") == "refuse":
            self.messages.append("Not today.")
            return False
        return None

    def on_after_execute_rest_api_route(
        self, request: HttpRequest, response: HttpResponse
    ) -> None:
        response["ETag"] = "seen"
