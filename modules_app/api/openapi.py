"""One OpenAPI document for the core and for the modules in use, made of rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from modules_app.domain.rest import Description, Resource, Route
from modules_app.selectors.rest import described_modules, has_public_routes

_PART = re.compile(r"\{(\w+)\}")
_SECURITY = {
    "key": {"type": "http", "scheme": "bearer", "description": "An API key"},
    "session": {
        "type": "apiKey",
        "in": "header",
        "name": "X-CSRFToken",
        "description": "A logged-in browser sends the token of its pages",
    },
}
_ENVELOPE = {
    "type": "object",
    "required": ["result", "data", "messages"],
    "properties": {
        "result": {"type": "boolean"},
        "data": {},
        "messages": {"type": "object"},
        "function": {"type": "string"},
        "processor": {"type": "string"},
        "meta": {"type": "object"},
    },
}
_BODY_METHODS = ("POST", "PUT", "PATCH")


def whole_document(core: Mapping[str, Any]) -> dict[str, Any]:
    """Return the core's document with the routes of all modules in use."""
    document = dict(core)
    paths = dict(document.get("paths", {}))
    components = dict(document.get("components", {}))
    schemas = dict(components.get("schemas", {}))
    schemas["Envelope"] = _ENVELOPE
    for module_id, described in described_modules().items():
        public = has_public_routes(module_id)
        paths.update(_paths(module_id, described, public=public))
        for resource in described.resources:
            schemas[_schema_name(module_id, resource)] = _schema(resource)
    document["paths"] = paths
    document["components"] = {**components, "schemas": schemas, "securitySchemes": _SECURITY}
    document["security"] = [{"key": []}, {"session": []}]
    return document


def _paths(module_id: str, described: Description, *, public: bool) -> dict[str, Any]:
    known = {resource.path: resource for resource in described.resources}
    found: dict[str, dict[str, Any]] = {}
    for route in described.in_order:
        resource = known.get(route.resource)
        operation = _operation(module_id, route, resource)
        if route.public and public:
            operation["security"] = []
        methods = found.setdefault(f"/api/m/{module_id}/{route.path}", {})
        methods.setdefault(route.method.lower(), operation)
    return found


def _operation(module_id: str, route: Route, resource: Resource | None) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": _operation_id(module_id, route),
        "summary": f"{resource.name}: {route.action}" if resource else route.action or route.path,
        "description": route.docs or (resource.docs if resource else ""),
        "tags": [module_id],
        "parameters": [_parameter(name, resource) for name in _PART.findall(route.path)],
        "responses": {
            "201" if route.action == "create" and resource else "200": {
                "description": "Done",
                "content": {
                    "application/json": {"schema": {"$ref": "#/components/schemas/Envelope"}}
                },
            }
        },
    }
    if resource and resource.fields and route.method in _BODY_METHODS:
        shape: dict[str, Any] = {"type": "object"}
        if route.action in ("create", "update"):
            shape = {"$ref": f"#/components/schemas/{_schema_name(module_id, resource)}"}
        operation["requestBody"] = {"content": {"application/json": {"schema": shape}}}
    return operation


def _parameter(name: str, resource: Resource | None) -> dict[str, Any]:
    kind = resource.id_type if resource and name == "id" else "string"
    return {"name": name, "in": "path", "required": True, "schema": {"type": kind}}


def _schema(resource: Resource) -> dict[str, Any]:
    shape: dict[str, Any] = {"type": "object", "properties": dict(resource.fields)}
    if resource.required:
        shape["required"] = list(resource.required)
    return shape


def _schema_name(module_id: str, resource: Resource) -> str:
    return re.sub(r"[^A-Za-z0-9_]", "_", f"{module_id}_{resource.path}")


def _operation_id(module_id: str, route: Route) -> str:
    return re.sub(r"\W+", "_", f"{module_id}_{route.method.lower()}_{route.path}").strip("_")
