"""Attacks over HTTP on a real server: W01, W02, W15, W16, W19, W21, W22, W24 and headers."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from tests.server.running import PASSWORD, USER, Answer, Browser
from tests.web.headers import lacking
from tests.web.hostile import module_with_pages
from tests.web.site import HOSTILE, Site, asset, cookies_of, digest_of, headers_in, raw, raw_get

pytestmark = pytest.mark.server


def problems(answer: Answer) -> list[str]:
    return lacking(dict(answer.headers.items()))


def test_w01_the_host_asks_for_the_token_and_web_for_the_origin(site: Site) -> None:
    own = {"Origin": site.base_url, "Content-Length": "0"}
    token = {"X-CSRFToken": site.client.cookies["csrftoken"]}
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for headers in (own, {**own, "X-CSRFToken": "a" * 32}):
            answer = site.client.request(method, f"/m/{HOSTILE}/", headers=headers)
            assert answer.status == 403, method
        foreign = {**own, **token, "Origin": "https://evil.example"}
        assert site.client.request(method, f"/m/{HOSTILE}/", headers=foreign).status == 403
        null = {**own, **token, "Origin": "null"}
        assert site.client.request(method, f"/m/{HOSTILE}/", headers=null).status == 403


def test_w02_errors_of_every_status_carry_the_headers(site: Site) -> None:
    anybody = Browser(site.port)
    anybody.get("/login/")
    answers = {
        400: site.client.request("GET", "/", headers={"Host": "evil.example"}),
        403: anybody.post("/login/", headers={"X-CSRFToken": ""}),
        404: site.client.get("/nothing/here/"),
        405: site.client.get("/theme/"),
        500: site.client.get(f"/m/{HOSTILE}/fails/"),
    }
    for _attempt in range(6):
        answers[429] = anybody.post("/login/", {"username": "w02", "password": "wrong"})
    for status, answer in answers.items():
        assert answer.status == status
        assert problems(answer) == [], status


def test_w02_a_body_that_is_too_large_is_refused_with_the_headers(site: Site) -> None:
    """413 comes before the body does, so the client must not insist on sending it."""
    head = [
        "POST /modules/upload/ HTTP/1.1",
        f"Host: 127.0.0.1:{site.port}",
        f"Origin: {site.base_url}",
        f"Cookie: {cookies_of(site)}",
        f"X-CSRFToken: {site.client.cookies['csrftoken']}",
        "Content-Type: multipart/form-data; boundary=x",
        f"Content-Length: {4 * 1024**3}",
    ]
    answer = raw(site, "\r\n".join([*head, "", "--x"]).encode()).decode()
    assert answer.split(" ")[1] == "413"
    assert lacking(headers_in(answer)) == []


def test_w02_what_is_not_a_page_carries_them_too(site: Site) -> None:
    for path in (asset(site, "good.js"), asset(site, "evil.svg"), "/static/js/pbx.js", "/healthz"):
        answer = site.client.get(path)
        assert answer.status == 200, path
        assert problems(answer) == [], path
    for path in ("/static/none.js", "/modules", "/admin-cabinet/module-hostile/"):
        assert problems(site.client.get(path)) == [], path
    assert problems(Browser(site.port).get("/modules/")) == []


@pytest.mark.parametrize(
    "kind",
    ["text/html", "TEXT/HTML; charset=utf-8", " text/html", "application/xhtml+xml", "text/xml",
     "image/svg+xml", "", "nonsense"],
)  # fmt: skip
@pytest.mark.parametrize("status", [200, 404, 500])
def test_w02_a_module_cannot_weaken_the_headers(site: Site, kind: str, status: int) -> None:
    answer = site.client.get(f"/m/{HOSTILE}/?status={status}&type={kind.replace(' ', '%20')}")
    assert answer.status == status
    assert problems(answer) == []
    for name in ("Clear-Site-Data", "Refresh", "Link", "Service-Worker-Allowed"):
        assert name not in answer.headers
    assert "Content-Security-Policy-Report-Only" not in answer.headers


def test_w02_a_request_that_is_none_is_answered_without_weakness(site: Site) -> None:
    for request in (
        b"GET\r\n\r\n",
        b"\x16\x03\x01\x02\x00\r\n\r\n",
        b"G\x1b[2J / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nX\x1b[2J: 1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: \x1b[2J\r\n\r\n",
        b"GET /\x1b[2J HTTP/1.1\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
    ):
        answer = raw(site, request, seconds=10).decode("latin-1")
        assert "\x1b" not in site.logs()
        assert not answer or lacking(headers_in(answer)) == [], answer


def test_w03_a_module_sets_only_its_own_cookies(site: Site) -> None:
    answer = site.client.get(f"/m/{HOSTILE}/")
    for line in answer.headers.get_all("Set-Cookie", []):
        assert "stolen" not in line
        if not line.startswith(("sid=", "csrftoken=")):  # web's own
            assert line.startswith(f"m_{HOSTILE}_own=kept;")
            assert f"Path=/m/{HOSTILE}/" in line
        assert "domain" not in line.lower()


def test_w03_the_session_never_reaches_a_module(site: Site) -> None:
    headers = {"X-PBX-Statement": "forged", "X-Forwarded-For": "9.9.9.9", "Authorization": "x"}
    said = site.client.request("GET", f"/m/{HOSTILE}/echo/", headers=headers).text
    assert "HTTP_COOKIE" in said
    assert site.client.cookies["sid"] not in said
    for text in ("forged", "9.9.9.9", "HTTP_AUTHORIZATION", "sid="):
        assert text not in said


@pytest.mark.parametrize(
    "to",
    ["https://evil.example/", "//evil.example/", "/%5Cevil.example", "https:evil.example",
     "/\\evil.example", "javascript:alert(1)", "http://127.0.0.1@evil.example/", "///evil.example",
     "data:text/html,x", "\thttps://evil.example", "https:///evil.example"],
)  # fmt: skip
def test_w21_a_module_cannot_send_people_elsewhere(site: Site, to: str) -> None:
    answer = site.client.get(f"/m/{HOSTILE}/elsewhere/?to={quote(to)}")
    location = answer.headers.get("Location", "/")
    assert location.startswith("/") and not location.startswith(("//", "/\\"))


SECRETS = ("root:x:0", "canary", "moduleUniqueID", "SQLite format", "PRIVATE", "urlpatterns")
CLIMBS = (
    "../../../../../../../../etc/passwd", "..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "..%5c..%5c..%5cetc%5cpasswd",
    "..%252f..%252f..%252fetc%252fpasswd", "%2fetc%2fpasswd", "/etc/passwd", "//etc/passwd",
    "....//....//....//etc/passwd", "..;/..;/..;/etc/passwd", "js/../../../secret.txt",
    "../../secret.txt", "../../module.json", "../urls.py", "js/%2e%2e/%2e%2e/%2e%2e/urls.py",
    "js/good.js%00.png", "js/good.js%00", "js/../js/good.js", "js//good.js", "./js/good.js",
    "js/good.js/", "js", "js/", "", "%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd", "js\\good.js",
    "..\\..\\secret.txt", "JS/GOOD.JS", "js/good.js%20", "js/good.js.", "file:///etc/passwd",
    "../../../../../../core.sqlite3", "../../../../../../secret.key", "%ff%fe", "js/good.js;x=1",
)  # fmt: skip


def test_w15_no_path_leads_out_of_a_folder_of_files(site: Site) -> None:
    """The lists of Grafana CVE-2021-43798 and Odoo CVE-2017-9416, and more."""
    digest = digest_of(site)
    before = {
        f"/assets/{HOSTILE}/{digest}/": (400, 404),
        "/static/": (400, 404),
        f"/assets/../assets/{HOSTILE}/{digest}/": (400, 404),
        f"/assets/{HOSTILE}/../{digest}/": (400, 404),
        f"/m/{HOSTILE}/": (301, 302, 400, 404),
        f"/m/{HOSTILE}/static/": (301, 302, 400, 404),
        f"/api/m/{HOSTILE}/": (301, 302, 400, 404),
    }
    assert raw_get(site, f"/assets/{HOSTILE}/{digest}/js/good.js")[0] == 200
    for start, expected in before.items():
        for climb in CLIMBS:
            if start.startswith("/m/") and climb in ("", "./"):
                continue
            status, answer = raw_get(site, start + climb)
            assert status in expected, (start, climb, status)
            assert not [text for text in SECRETS if text in answer], (start, climb)


def test_w15_a_target_need_not_begin_with_a_slash(site: Site) -> None:
    for target in ("../../etc/passwd", "http://evil.example/etc/passwd", "*", "//evil.example/",
                   "/%00", "/modules/%0d%0aSet-Cookie:%20x=1/", "/\\evil.example/"):  # fmt: skip
        status, answer = raw_get(site, target)
        assert status in (301, 302, 400, 404), target
        headers = headers_in(answer)
        assert "x=1" not in headers.get("set-cookie", "")
        assert headers.get("location", "/").startswith("/")
        assert not headers.get("location", "/").startswith(("//", "/\\"))


def test_w19_many_parts_fields_and_large_headers_are_refused_soon(site: Site) -> None:
    token = site.client.cookies["csrftoken"]
    own = {"Origin": site.base_url, "X-CSRFToken": token}
    form = {**own, "Content-Type": "application/x-www-form-urlencoded"}
    many = b"&".join(b"f%d=1" % number for number in range(100_000))
    million = b"a&" * 400_000
    parts = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="f%d"\r\n\r\n1\r\n' % number
        for number in range(10_000)
    )
    files = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="package"; filename="f%d"\r\n\r\n1\r\n'
        % number
        for number in range(10_000)
    )
    multipart = {**own, "Content-Type": "multipart/form-data; boundary=x"}
    for body, headers in ((many, form), (million, form), (parts, multipart), (files, multipart)):
        answer = site.client.request("POST", "/modules/upload/", body=body, headers=headers)
        assert answer.status in (400, 413)
        assert problems(answer) == []
    head = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\n".encode()
    for header in (b"X-Large: " + b"a" * 100_000, b"\r\n".join(b"X-%d: 1" % n for n in range(500))):
        answer = raw(site, head + header + b"\r\n\r\n", seconds=20)
        assert answer == b"" or answer.split(b" ")[1] in (b"400", b"431"), answer[:100]
    assert site.client.get("/").status == 200
    assert list((site.data_dir / "uploads").iterdir()) == []


def test_w19_a_body_with_two_lengths_is_refused(site: Site) -> None:
    """Request smuggling: two readers of one connection must not see different requests."""
    head = f"POST /theme/ HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\n"
    for lengths in (
        "Content-Length: 4\r\nContent-Length: 5\r\n",
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Content-Length: +4\r\n",
    ):
        text = f"{head}{lengths}\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
        answer = raw(site, text.encode(), seconds=10)
        assert b'"ok": true' not in answer, lengths


def test_w21_only_known_host_names_are_answered(site: Site) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example", "evil.example:80", "127.0.0.1@evil", ""):
        status, answer = raw_get_host(site, host)
        assert status == 400, host
        assert "evil" not in answer.partition("\r\n\r\n")[2]


def raw_get_host(site: Site, host: str) -> tuple[int, str]:
    said = raw(site, f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    return int(said.split(b" ")[1]), said.decode()


FORWARDED = {
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Protocol": "ssl",
    "X-Forwarded-Ssl": "on",
    "X-Forwarded-For": "9.9.9.9",
    "X-Forwarded-Prefix": "/evil",
    "X-Script-Name": "/evil",
    "SCRIPT_NAME": "/modules",
    "PATH_INFO": "/healthz",
    "X-Original-URL": "/healthz",
    "X-Rewrite-URL": "/healthz",
    "Forwarded": "host=evil.example;proto=https",
    "REMOTE_USER": "admin",
    "X-Remote-User": "admin",
    "X-HTTP-Method-Override": "POST",
}


@pytest.mark.parametrize("header", FORWARDED)
def test_w21_what_a_proxy_would_say_is_not_believed(site: Site, header: str) -> None:
    said = f"{header}: {FORWARDED[header]}"
    for path in ("/modules/", "/modules", f"/m/{HOSTILE}/", "/login/?next=/modules/"):
        plain, with_header = raw_get(site, path), raw_get(site, path, said)
        assert with_header[0] == plain[0]
        assert headers_in(with_header[1]).get("location") == headers_in(plain[1]).get("location")
        assert "evil" not in with_header[1]
    assert raw_get(site, "/modules/", said, login=False)[0] == 302


NEXT = (
    "https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example",
    "///evil.example", "http:evil.example", "javascript:alert(1)", "/%09/evil.example",
    "\t//evil.example", "https:/evil.example", "https://127.0.0.1@evil.example/",
    "//evil%E3%80%82x",
)  # fmt: skip


@pytest.mark.parametrize("address", ["/language/", "/theme/", "/login/"])
def test_w21_the_way_back_stays_on_this_site(site: Site, address: str) -> None:
    for to in NEXT:
        browser = Browser(site.port)
        browser.get("/login/")
        form = {"next": to, "language": "en", "theme": "dark"}
        if address == "/login/":
            form |= {"username": USER, "password": PASSWORD}
        answer = browser.post(address, form)
        assert answer.status == 302, to
        assert answer.headers["Location"] in ("/", "/%09/evil.example"), to


def test_w22_an_unknown_name_and_a_wrong_password_cannot_be_told_apart(site: Site) -> None:
    answers = []
    for name in (USER, "nobody-of-that-name"):
        browser = Browser(site.port)
        browser.get("/login/")
        answer = browser.post("/login/", {"username": name, "password": "wrong-here"})
        names = sorted(set(answer.headers.keys()) - {"Date"})
        answers.append((answer.status, names, without_tokens(answer.text, name)))
    assert answers[0] == answers[1]
    assert site.client.get("/").status == 200


def without_tokens(text: str, name: str) -> str:
    """Return a page without what differs each time, and without the name that was typed."""
    named = text.replace(f'value="{name}"', "")
    return re.sub(r'(csrfmiddlewaretoken|request_key)" value="\w+"', "", named)


def test_w22_a_lock_out_is_of_one_name_and_ends_no_session(site: Site) -> None:
    guesser = Browser(site.port)
    guesser.get("/login/")
    form = {"username": "w22", "password": "guess"}
    statuses = [guesser.post("/login/", form).status for _guess in range(8)]
    assert statuses[-1] == 429
    assert 200 not in statuses[5:]
    spoofed = {"X-Forwarded-For": "1.2.3.4"}
    assert guesser.post("/login/", form, headers=spoofed).status == 429
    assert guesser.post("/admin/login/", form).status == 429
    assert site.client.get("/").status == 200
    assert Browser(site.port).login().status == 302


def test_w24_no_page_is_kept_by_a_cache(site: Site) -> None:
    for path in ("/", "/modules/", "/operations/", "/settings/", "/admin/", f"/m/{HOSTILE}/"):
        assert site.client.get(path).headers["Cache-Control"] == "no-store", path
    leaver = Browser(site.port)
    leaver.login()
    before = dict(leaver.cookies)
    assert leaver.get("/").status == 200
    assert leaver.post("/logout/").status == 302
    leaver.cookies = before
    assert leaver.get("/").status == 302
    assert "no-store" in leaver.get("/").headers.get("Cache-Control", "no-store")


JUNK = (
    "Bearer x", "Bearer " + "a" * 500, "Basic YWRtaW46YWRtaW4=", "Basic !!!", "Digest username=x",
    "Negotiate YII=", "NTLM TlRM", "Token x", "ApiKey x", "AWS4-HMAC-SHA256 x", "Basic", "=",
    "\x01",
)  # fmt: skip


def test_mikopbx_50dab8eb6_a_junk_authorization_header_opens_nothing(site: Site) -> None:
    """Also FreePBX CVE-2025-66039 and CVE-2025-57819: no scheme but the session lets anybody in."""
    paths = ("/", "/modules/", "/modules/upload/", "/settings/", "/admin/", f"/m/{HOSTILE}/",
             f"/api/m/{HOSTILE}/x", "/operations/1/", asset(site, "good.js"))  # fmt: skip
    for path in paths:
        plain = raw_get(site, path, login=False)[0]
        assert plain == (401 if path.startswith("/api/") else 302)
        for value in JUNK:
            for name in ("Authorization", "Proxy-Authorization", "X-Api-Key", "X-PBX-Statement"):
                status = raw_get(site, path, f"{name}: {value}", login=False)[0]
                assert status in (plain, 400), (path, name, value)


def test_freepbx_cve_2026_44238_sort_keys_come_from_a_list(site: Site) -> None:
    for sort in ("name;DROP TABLE x", "-password", "id)--", "1,(SELECT 1)", "?", "titles__en", "-"):
        for path in (f"/modules/?sort={quote(sort)}", f"/modules/?state={quote(sort)}"):
            answer = site.client.get(path)
            assert answer.status == 200
        assert site.client.get(f"/admin/modules_app/module/?o={quote(sort)}").status in (200, 302)


def test_w16_files_of_what_does_not_run_are_gone_at_once(site: Site) -> None:
    old = asset(site, "good.js")
    assert site.client.get(old).status == 200
    site.install(module_with_pages("1.0.1"))
    new = asset(site, "good.js")
    assert old != new
    assert (site.client.get(old).status, site.client.get(new).status) == (404, 200)
    site.act(HOSTILE, "disable")
    assert site.client.get(new).status == 404
    site.act(HOSTILE, "enable")
    site.wait_for(lambda: site.client.get(f"/m/{HOSTILE}/").status == 200)
    assert site.client.get(new).status == 200
    generation = site.rows("SELECT generation FROM modules_app_module WHERE id = ?", HOSTILE)[0][0]
    assert site.client.get(f"/assets/{HOSTILE}/{generation}/js/good.js").status == 200
    for wrong in ("a" * 12, digest_of(site)[:11], "", generation + "x", "1"):
        assert site.client.get(f"/assets/{HOSTILE}/{wrong}/js/good.js").status == 404
    assert cookies_of(site)
