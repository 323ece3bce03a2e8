"""REST hooks (reference M6.4)."""

from __future__ import annotations

from modules_app.exceptions import gettext_noop as _
from modules_app.hooks.spec import HookKind, HookSpec, Interface, Surface, Value, arguments

REST = (
    HookSpec(
        "get_pbxcore_rest_additional_routes",
        "getPBXCoreRESTAdditionalRoutes",
        Interface.REST,
        HookKind.MAP,
        Surface.REST,
        _("Names routes that the module answers below its own address."),
        returns=(Value.LIST,),
        reference="M11.4",
        collected=True,
    ),
    HookSpec(
        "module_rest_api_callback",
        "moduleRestAPICallback",
        Interface.REST,
        HookKind.FIRST,
        Surface.REST,
        _("Answers a request to the module's callback address."),
        arguments=arguments("request: dict[str, Any]"),
        returns=(Value.DICT, Value.OBJECT),
        reference="M6.4",
    ),
    HookSpec(
        "on_before_execute_rest_api_route",
        "onBeforeExecuteRestAPIRoute",
        Interface.REST,
        HookKind.VETO,
        Surface.REST,
        _(
            "Asked before a request to the module's own REST is answered. False refuses; a "
            "response is sent instead."
        ),
        arguments=arguments("request: Any"),
        returns=(Value.OBJECT,),
        reference="M6.4",
    ),
    HookSpec(
        "on_after_execute_rest_api_route",
        "onAfterExecuteRestAPIRoute",
        Interface.REST,
        HookKind.NOTIFY,
        Surface.REST,
        _("Told after a request to the module's own REST; a response is sent instead."),
        arguments=arguments("request: Any", "response: Any"),
        returns=(Value.OBJECT,),
        reference="M6.4",
    ),
)
