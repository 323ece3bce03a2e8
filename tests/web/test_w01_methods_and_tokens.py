"""W01: every address, every method: nothing is changed by looking, or by strangers."""

from __future__ import annotations

import pytest

from tests.web.crawl import SAFE, Cell, Walk

pytestmark = pytest.mark.django_db


OF_REST = {
    ("api/v1/modules/<str:module_id>", "DELETE"),
    ("api/v1/packages/<uuidstr:package_id>", "DELETE"),
    ("api/v1/settings", "PATCH"),
    ("api/v1/networks/<int:network_id>", "PATCH"),
    ("api/v1/networks/<int:network_id>", "DELETE"),
    ("api/v1/custom-files/<path:path>", "PUT"),
    ("api/v1/custom-files/<path:path>", "DELETE"),
    ("api/v1/codecs/<str:key>", "PATCH"),
    *(
        (f"api/v1/{kind}/<str:key>", method)
        for kind in (
            "ami-users",
            "ari-users",
            "dialplan-applications",
            "extensions",
            "incoming-routes",
            "outgoing-routes",
            "providers",
        )
        for method in ("PATCH", "DELETE")
    ),
}
"""Only there do methods beside GET and POST mean something."""


def where(cells: list[Cell]) -> dict[str, int]:
    """Return what each request got, for failures that can be read."""
    return {cell.where: cell.status for cell in cells}


def test_w01_the_walk_meets_every_part_of_the_product(walk: Walk) -> None:
    names = {address.name for address in walk.addresses}
    assert len(walk.addresses) > 100
    assert {"module-enable", "upload-install", "settings", "module_proxy", "assets"} <= names
    assert {"module-disable", "package-install", "api-key-new", "openapi", "module_api"} <= names
    assert {"auth_user_change", "modules_app_module_changelist"} <= names


def test_w01_without_a_token_nothing_is_done(walk: Walk) -> None:
    """The way to the host is exempt: the host asks for the token (tests/web/test_w01_over_http)."""
    asked = [cell for cell in walk.without_token if not cell.address.is_proxied]
    assert len(asked) > 250
    assert where([cell for cell in asked if cell.status != 403]) == {}
    assert where([cell for cell in walk.without_token if cell.changes]) == {}


def test_w01_looking_changes_nothing(walk: Walk) -> None:
    looked = [cell for cell in walk.with_token if cell.method in SAFE]
    assert len(looked) > 1000
    assert where([cell for cell in looked if cell.changes]) == {}


def test_w01_a_view_takes_its_own_methods_and_says_which(walk: Walk) -> None:
    """Django's admin takes PUT, PATCH and DELETE for looking; it changes nothing by them."""
    odd = [cell for cell in walk.with_token if cell.method in ("PUT", "PATCH", "DELETE")]
    asked = [
        cell
        for cell in odd
        if cell.role == "superuser" and not cell.address.is_admin
        and not cell.address.is_proxied and not cell.address.is_nowhere
    ]
    assert len(asked) > 60
    asked = [cell for cell in asked if (cell.address.pattern, cell.method) not in OF_REST]
    assert where([cell for cell in asked if cell.status != 405]) == {}
    assert where([c for c in asked if c.status == 405 and "Allow" not in c.headers]) == {}
    harmless = [cell for cell in odd if (cell.address.pattern, cell.method) not in OF_REST]
    assert where([cell for cell in harmless if cell.changes]) == {}


def test_w01_verbs_are_not_done_by_get(walk: Walk) -> None:
    verbs = (
        "uploads/<uuid:upload_id>/install/",
        "discard/",
        "cancel/",
        "place/",
        "language/",
        "theme/",
        "logout/",
    )
    asked = [
        cell
        for cell in walk.with_token
        if cell.role == "superuser" and cell.method == "GET"
        and cell.address.pattern.endswith(verbs) and not cell.address.is_admin
    ]  # fmt: skip
    assert len(asked) >= len(verbs)
    assert where([cell for cell in asked if cell.status != 405]) == {}


def test_w01_the_method_cannot_be_overridden(walk: Walk) -> None:
    plain = {
        cell.address: cell.status
        for cell in walk.with_token
        if cell.role == "superuser" and cell.method == "GET"
    }
    assert len(walk.overriding) > 25
    assert where([c for c in walk.overriding if c.changes or c.status != plain[c.address]]) == {}


def test_w01_no_address_fails_whatever_is_sent(walk: Walk) -> None:
    cells = [*walk.with_token, *walk.without_token, *walk.overriding]
    assert where([cell for cell in cells if cell.status == 500]) == {}
