"""One-time notices of a module's pages, in a cookie of that module."""

from __future__ import annotations

from typing import Any

from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse

from modules_app.sdk.context import running_module


class ModuleMessages(CookieStorage):
    """Django's cookie storage under the name ``m_<id>_messages`` and the module's own path."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        module = running_module()
        self._path = module.url if module else "/"
        self.cookie_name = f"m_{module.id}_messages" if module else "m_messages"

    def _update_cookie(self, encoded_data: str, response: HttpResponse) -> None:
        super()._update_cookie(encoded_data, response)
        if self.cookie_name in response.cookies:
            response.cookies[self.cookie_name]["path"] = self._path
