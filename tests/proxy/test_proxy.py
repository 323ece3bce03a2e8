"""The proxy contract of design 3, clause by clause."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser, Permission
from django.test import Client

from modules_app.bridge.statement import read
from modules_app.models import Module, ModuleRight, RegistrySequence
from modules_app.permissions import Right
from modules_app.proxy.slots import Slots
from tests.proxy.stub import MODULE, Exchange, StubHost, make_module

URL = f"/m/{MODULE}/"
OWN = "http://testserver"


def answers(body: bytes = b"fine", status: int = 200, **headers: str) -> Callable[[Exchange], None]:
    return lambda exchange: exchange.answer(status, body, **headers)


def sent(host: StubHost) -> dict[str, str]:
    """Return the headers of the last request that the host got."""
    return dict(host.seen[-1].headers.items())


# Who may, and what is there


def test_a_page_of_a_module_reaches_the_browser(host: StubHost, browser: Client) -> None:
    host.behave = answers(b"<h1>Numbers</h1>", Content_Type="text/html; charset=utf-8")

    response = browser.get(URL + "numbers/?page=2&q=%D1%8F")

    assert (response.status_code, response.content) == (200, b"<h1>Numbers</h1>")
    assert host.seen[-1].path == URL + "numbers/?page=2&q=%D1%8F"


def test_without_login_nothing_reaches_the_host(host: StubHost, admin: AbstractUser) -> None:
    response = Client().get(URL)

    assert response.status_code == 302 and response["Location"].startswith("/login/")
    assert not host.seen


def test_without_the_right_to_view_or_operate_it_is_403(host: StubHost) -> None:
    user = get_user_model().objects.create_user("guest", password="x")
    guest = Client()
    guest.force_login(user)

    response = guest.get(URL)

    assert response.status_code == 403 and b"Black list" in response.content
    assert not host.seen


@pytest.mark.parametrize("codename", ["view_module", "operate_module"])
def test_each_of_the_two_rights_is_enough(host: StubHost, codename: str) -> None:
    user = get_user_model().objects.create_user("someone", password="x")
    user.user_permissions.add(Permission.objects.get(codename=codename))
    client = Client()
    client.force_login(user)

    assert client.get(URL).status_code == 200


def test_a_second_slash_leads_around_no_right_of_a_module(host: StubHost) -> None:
    permission = Permission.objects.get(codename="remove_module")
    pages = ["api/reports"]
    ModuleRight.objects.create(module_id=MODULE, name="x", pages=pages, permission=permission)
    user = get_user_model().objects.create_user("someone", password="x")
    user.user_permissions.add(Permission.objects.get(codename="view_module"))
    client = Client()
    client.force_login(user)

    assert client.get(f"/api/m/{MODULE}/reports").status_code == 403
    assert client.get(f"/api/m/{MODULE}//reports").status_code == 404
    assert not host.seen


def test_an_unknown_module_is_404(host: StubHost, browser: Client) -> None:
    assert browser.get("/m/ModuleUnknown/").status_code == 404
    assert not host.seen


def test_a_disabled_module_is_explained_with_a_way_out(host: StubHost, browser: Client) -> None:
    Module.objects.update(wanted="off")

    response = browser.get(URL)

    assert response.status_code == 404
    assert b"The module is disabled" in response.content
    assert f"/modules/{MODULE}/".encode() in response.content
    assert not host.seen


def test_rest_routes_get_json_problems(host: StubHost, browser: Client) -> None:
    Module.objects.update(wanted="off")

    response = browser.get(f"/api/m/{MODULE}/numbers")

    assert response.status_code == 404
    assert response.json()["error"]["slug"] == "module-404"


def test_rest_routes_reach_the_host(host: StubHost, browser: Client) -> None:
    assert browser.get(f"/api/m/{MODULE}/numbers").status_code == 200
    assert host.seen[-1].path == f"/api/m/{MODULE}/numbers"


@pytest.mark.parametrize(
    "rest", ["../other/", "a/./b", "a%5Cb", "a%00b", "a%0d%0ab", "a//b", "/a", "a%2F%2Fb"]
)
def test_w15_ambiguous_paths_are_not_passed_on(host: StubHost, browser: Client, rest: str) -> None:
    assert browser.get(URL + rest).status_code == 404
    assert not host.seen


# Towards the host


def test_the_statement_says_who_asks_and_is_signed(
    host: StubHost, browser: Client, admin: AbstractUser
) -> None:
    browser.get(URL)

    key = settings.PBX_STATEMENT_KEY
    said = read(sent(host)["X-PBX-Statement"], key)
    assert said == {
        "user_id": admin.pk,
        "username": "admin",
        "name": "admin",
        "is_superuser": True,
        "page_rights": [],
        "covered": False,
        "permissions": sorted(Right),
        "module_id": MODULE,
        "language": "en",
        "sequence": 1,
        "address": "127.0.0.1",
    }


def test_headers_of_ours_that_a_browser_sends_are_dropped(host: StubHost, browser: Client) -> None:
    browser.get(URL, headers={"X-PBX-Statement": "forged", "X-PBX-Role": "root"})

    assert sent(host)["X-PBX-Statement"] != "forged"
    assert "X-PBX-Role" not in sent(host)
    assert [name for name in sent(host) if name.lower().startswith("x-pbx")] == ["X-PBX-Statement"]


def test_only_named_headers_go_to_the_host(host: StubHost, browser: Client) -> None:
    browser.get(
        URL, headers={"Authorization": "Basic eA==", "X-Real-Ip": "1.2.3.4", "Range": "bytes=0-1"}
    )

    assert set(sent(host)) == {
        "Host",
        "X-Forwarded-Proto",
        "Accept-Language",
        "X-PBX-Statement",
        "Range",
        "Cookie",
    }


def test_the_session_never_goes_to_the_host_the_modules_own_cookies_do(
    host: StubHost, browser: Client
) -> None:
    browser.cookies["m_ModuleBlackList_view"] = "table"
    browser.cookies["m_ModuleOther_view"] = "list"
    browser.cookies["pbx_language"] = "en"
    browser.cookies["tracking"] = "1"
    session = browser.cookies["sid"].value

    browser.get(URL)

    cookie = sent(host)["Cookie"]
    names = {pair.split("=")[0] for pair in cookie.split("; ")}
    assert names == {"m_ModuleBlackList_view", "pbx_language", "csrftoken"}
    assert session not in str(sent(host))


def test_the_csrf_secret_is_the_same_in_browser_and_host(host: StubHost, browser: Client) -> None:
    browser.get(URL)
    first = browser.cookies["csrftoken"].value
    browser.get(URL)

    assert f"csrftoken={first}" in sent(host)["Cookie"]


def test_the_language_of_the_page_goes_along(host: StubHost, browser: Client) -> None:
    browser.cookies["pbx_language"] = "ru"
    browser.get(URL)

    assert sent(host)["Accept-Language"] == "ru"


def test_a_form_is_passed_on_without_a_token_check_here(host: StubHost, browser: Client) -> None:
    bodies = []

    def behave(exchange: Exchange) -> None:
        bodies.append(exchange.body())
        exchange.answer(302, b"", Location=URL)

    host.behave = behave
    response = browser.post(
        URL + "add/", "number=42", content_type="application/x-www-form-urlencoded",
        headers={"Origin": OWN, "X-CSRFToken": "token"},
    )  # fmt: skip

    assert response.status_code == 302
    assert bodies == [b"number=42"]
    assert sent(host)["Content-Type"] == "application/x-www-form-urlencoded"
    assert (sent(host)["X-CSRFToken"], sent(host)["Origin"]) == ("token", OWN)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://testserver"},
        {"Origin": "http://testserver:8080"},
        {"Referer": "http://evil.example/http://testserver/"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_w01_what_another_site_sends_is_refused(
    host: StubHost, browser: Client, headers: dict[str, str]
) -> None:
    response = browser.post(URL, "x", content_type="text/plain", headers=headers)

    assert response.status_code == 403
    assert not host.seen


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_passed_on(host: StubHost, browser: Client, method: str) -> None:
    response = getattr(browser, method)(URL, headers={"Origin": OWN})

    assert response.status_code == 200
    assert host.seen[-1].command == method.upper()


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND"])
def test_unusual_methods_are_not(host: StubHost, browser: Client, method: str) -> None:
    response = browser.generic(method, URL, headers={"Origin": OWN})

    assert response.status_code == 405
    assert not host.seen


def test_a_body_larger_than_the_limit_is_refused(host: StubHost, browser: Client, settings) -> None:  # type: ignore[no-untyped-def]
    settings.PBX_PROXY = {"request_bytes": 10}
    response = browser.post(URL, b"x" * 11, content_type="text/plain", headers={"Origin": OWN})

    assert response.status_code == 413
    assert not host.seen


def test_a_body_of_unknown_length_is_refused(host: StubHost, browser: Client) -> None:
    response = browser.post(
        URL, b"x", content_type="text/plain",
        headers={"Origin": OWN, "Transfer-Encoding": "chunked"},
    )  # fmt: skip

    assert response.status_code == 411
    assert not host.seen


# Back to the browser


def test_only_the_modules_own_cookies_come_back_bound_to_its_path(
    host: StubHost, browser: Client
) -> None:
    def behave(exchange: Exchange) -> None:
        exchange.send_response_only(200)
        for line in (
            "m_ModuleBlackList_view=table; Path=/; Domain=testserver; Max-Age=60; SameSite=None",
            "sid=stolen; Path=/",
            "csrftoken=fixed; Path=/",
            "m_ModuleOther_view=list",
        ):
            exchange.send_header("Set-Cookie", line)
        exchange.send_header("Content-Length", "0")
        exchange.end_headers()

    host.behave = behave
    session = browser.cookies["sid"].value
    response = browser.get(URL)

    cookie = response.cookies["m_ModuleBlackList_view"]
    assert (cookie.value, cookie["path"], cookie["domain"]) == ("table", URL, "")
    assert (cookie["max-age"], cookie["samesite"]) == ("60", "Strict")
    assert "m_ModuleOther_view" not in response.cookies
    assert "sid" not in response.cookies or response.cookies["sid"].value == session
    assert response.cookies["csrftoken"].value != "fixed"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (URL + "numbers/", URL + "numbers/"),
        ("numbers/", "numbers/"),
        ("/modules/", "/modules/"),
        (f"http://testserver{URL}?a=1#b", f"{URL}?a=1#b"),
        (f"https://testserver{URL}", URL),
    ],
)
def test_redirects_inside_the_site_are_passed_on(
    host: StubHost, browser: Client, address: str, expected: str
) -> None:
    host.behave = answers(b"", 302, Location=address)
    response = browser.get(URL)

    assert (response.status_code, response["Location"]) == (302, expected)


@pytest.mark.parametrize("header", ["Location", "HX_Redirect"])
@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "javascript:alert(1)",
        "http://testserver@evil.example/",
        "http://testserver:81/",
        "http://testserver//evil.example/",
        "ftp://testserver/",
    ],
)
def test_w21_redirects_to_other_sites_are_a_bad_answer(
    host: StubHost, browser: Client, address: str, header: str
) -> None:
    host.behave = answers(b"", 302, **{header: address})
    response = browser.get(URL)

    assert response.status_code == 502
    assert b"evil" not in response.content


def test_w02_the_security_headers_of_web_win(host: StubHost, browser: Client) -> None:
    host.behave = answers(
        b"<p>",
        Content_Type="text/html",
        Content_Security_Policy="script-src *",
        X_Frame_Options="ALLOWALL",
        X_Content_Type_Options="sniff",
        Referrer_Policy="unsafe-url",
        Cross_Origin_Opener_Policy="unsafe-none",
        Access_Control_Allow_Origin="*",
        Strict_Transport_Security="max-age=0",
        Clear_Site_Data='"*"',
        Service_Worker_Allowed="/",
        Refresh="0; url=https://evil.example",
        Keep_Alive="timeout=5",
        Upgrade="h2c",
        WWW_Authenticate="Basic",
        Cache_Control="public, max-age=600",
        Server="module",
        ETag='"1"',
    )
    response = browser.get(URL)

    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "script-src 'self';" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["Cache-Control"] == "no-store"
    assert response["ETag"] == '"1"'
    dropped = (
        "Access-Control-Allow-Origin Strict-Transport-Security Clear-Site-Data Keep-Alive "
        "Service-Worker-Allowed Refresh Upgrade WWW-Authenticate Server Connection"
    )
    assert not [name for name in dropped.split() if name in response]


def test_a_module_may_let_the_browser_keep_what_is_not_html(
    host: StubHost, browser: Client
) -> None:
    host.behave = answers(b"PNG", Content_Type="image/png", Cache_Control="max-age=60")

    assert browser.get(URL)["Cache-Control"] == "max-age=60"


@pytest.mark.parametrize("status", [200, 201, 204, 304, 400, 404, 422, 500, 503])
def test_the_status_of_the_module_is_passed_on(
    host: StubHost, browser: Client, status: int
) -> None:
    host.behave = answers(b"", status)

    assert browser.get(URL).status_code == status


def raw(data: bytes) -> Callable[[Exchange], None]:
    return lambda exchange: exchange.wfile.write(data) and None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 99 Odd\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        b"HTTP/1.1 700 Odd\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX-A: " + b"b" * 40_000 + b"\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-A: " + b"b" * 70_000 + b"\r\nContent-Length: 0\r\n\r\n",
    ],
    ids=[
        "empty", "nonsense", "status-99", "status-101", "status-700", "body-too-short",
        "two-lengths", "too-large", "too-many-headers", "large-headers", "long-line",
    ],
)  # fmt: skip
def test_b17_a_bad_answer_becomes_a_page_that_names_the_module(
    host: StubHost, browser: Client, data: bytes
) -> None:
    host.behave = raw(data)
    response = browser.get(URL)

    assert response.status_code == 502
    assert b"Black list" in response.content
    assert b"gave no proper answer" in response.content


# Streaming


def test_a_large_answer_is_streamed(host: StubHost, browser: Client) -> None:
    block = os.urandom(1024)

    def behave(exchange: Exchange) -> None:
        exchange.send_response_only(200)
        exchange.send_header("Content-Type", "application/zip")
        exchange.send_header("Content-Length", str(1024 * 8192))
        exchange.end_headers()
        for _ in range(8192):
            exchange.wfile.write(block)

    host.behave = behave
    response = browser.get(URL)

    assert response.streaming and response["Content-Length"] == str(1024 * 8192)
    assert b"".join(response.streaming_content) == block * 8192  # type: ignore[attr-defined]


def test_an_answer_without_a_length_is_streamed(host: StubHost, browser: Client) -> None:
    host.behave = raw(b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nuntil the end")
    response = browser.get(URL)

    assert b"".join(response.streaming_content) == b"until the end"  # type: ignore[attr-defined]


def test_a_streamed_answer_is_cut_at_the_largest_size(
    host: StubHost, browser: Client, settings
) -> None:  # type: ignore[no-untyped-def]
    settings.PBX_PROXY = {"answer_bytes": 1024 * 1024}
    host.behave = raw(b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * (2 * 1024 * 1024))
    response = browser.get(URL)

    with pytest.raises(Exception, match="too large"):
        b"".join(response.streaming_content)  # type: ignore[attr-defined]


def test_a_large_body_reaches_the_module(host: StubHost, browser: Client) -> None:
    sizes = []

    def behave(exchange: Exchange) -> None:
        sizes.append(len(exchange.body()))
        exchange.answer()

    host.behave = behave
    body = b"y" * (3 * 1024 * 1024)
    response = browser.post(URL, body, content_type="application/zip", headers={"Origin": OWN})

    assert response.status_code == 200 and sizes == [len(body)]


# Time and slots


def test_a_module_that_does_not_answer_is_given_up_at_the_deadline(
    host: StubHost, browser: Client, settings
) -> None:  # type: ignore[no-untyped-def]
    settings.PBX_PROXY = {"seconds": 0.3}
    done = threading.Event()
    host.behave = lambda exchange: done.wait(20) and None
    response = browser.get(URL)
    done.set()

    assert response.status_code == 504
    assert b"Black list" in response.content


def test_headers_that_drip_do_not_extend_the_deadline(
    host: StubHost, browser: Client, settings
) -> None:  # type: ignore[no-untyped-def]
    settings.PBX_PROXY = {"seconds": 0.5}
    done = threading.Event()

    def behave(exchange: Exchange) -> None:
        exchange.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not done.wait(0.05):
            exchange.wfile.write(b"X-A: b\r\n")

    host.behave = behave
    response = browser.get(URL)
    done.set()

    assert response.status_code == 504


def test_two_requests_per_module_may_wait_more_are_refused_at_once(
    host: StubHost, browser: Client, data_dir
) -> None:  # type: ignore[no-untyped-def]
    slots = Slots(data_dir / "run", total=4, per_module=2)
    held = [slots.take(MODULE), slots.take(MODULE)]

    response = browser.get(URL)

    assert response.status_code == 503 and response["Retry-After"]
    assert not host.seen
    for slot in held:
        assert slot is not None
        slot.release()
    assert browser.get(URL).status_code == 200


def test_a_quarter_of_the_threads_may_wait_for_all_modules_together(
    host: StubHost, browser: Client, data_dir, settings
) -> None:  # type: ignore[no-untyped-def]
    settings.PBX_WEB_WORKERS, settings.PBX_WEB_THREADS = 2, 8
    make_module("ModuleThird")
    slots = Slots(data_dir / "run", total=4, per_module=2)
    held = [slots.take(name) for name in ("ModuleOne", "ModuleOne", "ModuleTwo", "ModuleTwo")]

    assert all(held)
    assert browser.get("/m/ModuleThird/").status_code == 503
    held[0].release()  # type: ignore[union-attr]
    assert browser.get("/m/ModuleThird/").status_code == 200


@pytest.mark.parametrize(
    "behave",
    [answers(), raw(b""), answers(b"x" * 500_000), answers(b"", 302, Location="//evil.example")],
    ids=["fine", "bad", "streamed", "refused"],
)
def test_every_way_out_gives_the_slot_back(
    host: StubHost, browser: Client, behave: Callable[[Exchange], None]
) -> None:
    host.behave = behave
    for _ in range(6):
        response = browser.get(URL)
        assert response.status_code in (200, 502)
        response.close()


def test_the_slots_of_a_process_that_dies_are_free(data_dir) -> None:  # type: ignore[no-untyped-def]
    slots = Slots(data_dir / "run", total=4, per_module=2)
    child = os.fork()
    if child == 0:
        assert slots.take(MODULE) and slots.take(MODULE)
        os._exit(0)
    os.waitpid(child, 0)

    assert slots.take(MODULE) is not None


# Switching


def test_while_a_sequence_starts_the_request_waits_for_it(host: StubHost, browser: Client) -> None:
    RegistrySequence.objects.update(number=2)
    timer = threading.Timer(0.4, host.listen, (2,))
    timer.start()
    response = browser.get(URL)

    assert response.status_code == 200
    timer.join()


def test_without_a_host_the_page_says_so_after_the_wait(
    host: StubHost, browser: Client, settings
) -> None:  # type: ignore[no-untyped-def]
    settings.PBX_PROXY = {"switch_seconds": 0.2}
    RegistrySequence.objects.update(number=7)
    started = time.monotonic()
    response = browser.get(URL)

    assert response.status_code == 503 and time.monotonic() - started >= 0.2


def test_the_seeds_address_of_a_page_leads_to_ours(host: StubHost, browser: Client) -> None:
    for address in ("module-black-list/", "module-black-list/module-black-list/index/"):
        response = browser.get(f"/admin-cabinet/{address}")
        assert (response.status_code, response["Location"]) == (302, URL)
    assert browser.get("/admin-cabinet/module-unknown/").status_code == 404
