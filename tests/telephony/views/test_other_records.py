"""The pages of providers, routes, codecs, accounts of programs and dialplan applications."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from modules_app.models import NetworkFilter, PbxSetting
from modules_app.permissions import Actor, Right
from telephony_app.models import (
    AriUser,
    Codec,
    DialplanApplication,
    Extension,
    IncomingRoute,
    ManagerUser,
    OutgoingRoute,
    Provider,
)
from telephony_app.services.applications import create_application
from telephony_app.services.interfaces import create_ari_user, create_manager_user
from telephony_app.services.routes import create_incoming_route, create_outgoing_route
from tests.pages import age_proof, person
from tests.telephony.views.conftest import BACKEND

pytestmark = pytest.mark.django_db

Make = Callable[..., Extension]
PROVIDER = {
    "description": "City line",
    "registration": "outbound",
    "host": "sip.example.com",
    "port": "5060",
    "username": "4912345",
    "secret": "abcdefgh",
    "transport": "udp",
    "dtmf_mode": "auto",
    "qualify": "on",
    "qualify_frequency": "60",
}
OUTGOING = {
    "name": "All",
    "number_begins_with": "",
    "rest_numbers": "-1",
    "trim_from_begin": "0",
    "prepend": "",
}
LISTS = (
    "extensions",
    "providers",
    "incoming-routes",
    "outgoing-routes",
    "codecs",
    "ami-users",
    "ari-users",
    "dialplan-applications",
)


def text(response) -> str:
    return response.content.decode()


@pytest.mark.parametrize("name", LISTS)
def test_each_list_says_what_to_do_first_and_lets_viewers_only_look(
    admin: Client, viewer: Client, name: str
) -> None:
    html = text(admin.get(f"/{name}/"))
    if name not in ("codecs", "incoming-routes"):
        assert 'class="empty"' in html and "btn-primary" in html
    seen = viewer.get(f"/{name}/")
    assert seen.status_code == 200
    assert "btn-primary" not in text(seen) and "formaction" not in text(seen).partition("<main")[2]


def test_every_kind_of_record_opens_for_viewers_without_passwords_and_without_buttons(
    viewer: Client, provider: Provider
) -> None:
    given = {"actor": Actor.system()}
    busy = {"number": "4930", "extension": "busy"}
    secret = {"username": "crm", "secret": "Very-secret-1"}
    number = {"number": "*77", "name": "Door", "logic": "Answer()"}
    ari = {"username": "bot", "password": "Very-secret-1"}
    records = {
        "providers": provider,
        "incoming-routes": create_incoming_route(**given, values=busy),
        "outgoing-routes": create_outgoing_route(
            **given, values={"name": "All", "provider": provider.uniqid}
        ),
        "ami-users": create_manager_user(**given, values=secret),
        "ari-users": create_ari_user(**given, values=ari),
        "dialplan-applications": create_application(**given, values=number),
    }
    age_proof(viewer)
    addresses = {f"/{name}/{one.pk}/": f"/{name}/" for name, one in records.items()}
    for address, listed in {**addresses, "/incoming-routes/default/": "/incoming-routes/"}.items():
        assert f'href="{address}"' in text(viewer.get(listed)), address
        seen = viewer.get(address)
        main = text(seen).partition("<main")[2].partition("</main>")[0]
        assert seen.status_code == 200 and "You may look but not change it." in main, address
        typed = re.findall(r"<(?:input|select|textarea)[^>]*>", main)
        assert typed and all(" disabled" in tag for tag in typed), (address, typed)
        for word in ("<form", "<button", "Very-secret-1", provider.secret, "/delete/"):
            assert word not in main, (address, word)
        assert viewer.post(address, {}).status_code == 403
        assert viewer.post(address, {"confirm": "x"}).status_code == 403


@pytest.mark.parametrize("name", LISTS)
def test_without_the_right_there_is_no_page(admin: Client, name: str) -> None:
    stranger, other = Client(), Client()
    other.force_login(person(Right.VIEW, name="other"), backend=BACKEND)
    assert stranger.get(f"/{name}/")["Location"].startswith("/login/")
    assert other.get(f"/{name}/").status_code == 403


def test_a_provider_is_added_changed_and_deleted(admin: Client) -> None:
    assert admin.post("/providers/new/", PROVIDER)["Location"] == "/providers/"
    made = Provider.objects.get()
    assert (made.secret, made.qualify, made.codecs) == ("abcdefgh", True, [])
    assert "City line" in text(admin.get("/providers/"))
    change = {**PROVIDER, "secret": "", "port": "5070", "additional_hosts": "192.0.2.1\n192.0.2.2"}
    change["codecs"] = ["ulaw", "alaw"]
    response = admin.post(f"/providers/{made.pk}/", {**change, "revision": made.revision})
    assert response.status_code == 302, text(response)
    made.refresh_from_db()
    assert (made.port, made.secret) == (5070, "abcdefgh")
    assert made.additional_hosts == ["192.0.2.1", "192.0.2.2"]
    assert "sip.example.com:5070" in text(admin.get("/providers/?q=CITY"))
    assert "abcdefgh" in text(admin.post(f"/providers/{made.pk}/secret/"))
    assert admin.post(f"/providers/{made.pk}/delete/").status_code == 302
    assert not Provider.objects.exists()


def test_what_a_provider_lacks_is_said_at_its_fields(admin: Client) -> None:
    response = admin.post("/providers/new/", {**PROVIDER, "host": "", "secret": ""})
    assert response.status_code == 422
    assert 'href="#id_host"' in text(response)


def test_everything_that_is_wrong_in_a_provider_is_said_at_once(admin: Client) -> None:
    wrong = {"description": "", "host": "bad host!", "port": "0"}
    html = text(admin.post("/providers/new/", {**PROVIDER, **wrong}))
    assert all(f'href="#id_{name}"' in html for name in wrong)
    assert 'folded" open>' in html


def test_the_list_says_what_a_manager_may_do_also_when_it_is_nothing(admin: Client) -> None:
    ManagerUser.objects.create(username="idle", secret="x" * 24, rights={"call": "", "cdr": ""})
    ManagerUser.objects.create(username="crm", secret="x" * 24, rights={"call": "read", "cdr": ""})
    crm, idle = sorted(
        re.findall(
            r'data-label="What it may do">(.*?)</td>', text(admin.get("/ami-users/")), re.DOTALL
        )
    )
    assert "nothing" in idle and "call" not in idle
    assert "call" in crm and "cdr" not in crm and "nothing" not in crm


def test_a_provider_with_routes_stays(admin: Client, provider: Provider) -> None:
    admin.post("/outgoing-routes/new/", {**OUTGOING, "provider": provider.pk})
    route = OutgoingRoute.objects.get()
    html = text(admin.get(f"/providers/{provider.pk}/delete/"))
    assert f'href="/outgoing-routes/{route.pk}/"' in html
    assert admin.post(f"/providers/{provider.pk}/delete/").status_code == 422


def test_incoming_routes_go_to_numbers_in_an_order(
    admin: Client, phone: Make, provider: Provider
) -> None:
    phone("201"), phone("202")
    for number in ("201", "202"):
        form = {"provider": provider.pk, "number": f"49{number}", "extension": number}
        response = admin.post("/incoming-routes/new/", {**form, "timeout": "30"})
        assert response.status_code == 302, text(response)
    first, second = IncomingRoute.objects.order_by("priority")
    html = text(admin.get("/incoming-routes/"))
    assert html.index("49201") < html.index("49202")
    admin.post("/incoming-routes/move/", {"down": first.pk})
    html = text(admin.get("/incoming-routes/"))
    assert html.index("49202") < html.index("49201")
    part = admin.post("/incoming-routes/move/", {"down": second.pk}, headers={"HX-Request": "true"})
    assert text(part).lstrip().startswith('<div id="results"')
    assert text(part).index("49201") < text(part).index("49202")
    assert admin.post("/incoming-routes/move/", {"up": first.pk}).status_code == 302
    assert admin.post("/incoming-routes/move/", {"up": "nothing"}).status_code == 302
    first.refresh_from_db()
    edited = text(admin.get(f"/incoming-routes/{first.pk}/"))
    assert 'value="201"' in edited and 'value="49201"' in edited


def test_a_route_to_nowhere_is_refused(admin: Client, provider: Provider) -> None:
    form = {"provider": "", "number": "", "timeout": "30", "extension": ""}
    response = admin.post("/incoming-routes/new/", form)
    assert response.status_code == 422 and "Say where the call goes." in text(response)
    response = admin.post("/incoming-routes/new/", {**form, "extension": "999"})
    assert response.status_code == 422 and 'href="#id_extension"' in text(response)


def test_the_default_route_hangs_up_until_somebody_says_more(admin: Client, phone: Make) -> None:
    phone("201")
    assert "hang up" in text(admin.get("/incoming-routes/"))
    form = {"action": "extension", "extension": "201"}
    assert admin.post("/incoming-routes/default/", form).status_code == 302
    made = IncomingRoute.objects.get(is_default=True)
    assert made.extension is not None and made.extension.number == "201"
    assert admin.get(f"/incoming-routes/{made.pk}/")["Location"] == "/incoming-routes/default/"
    busy = {"action": "busy", "extension": "", "revision": made.revision}
    assert admin.post("/incoming-routes/default/", busy).status_code == 302
    assert "busy" in text(admin.get("/incoming-routes/"))
    stale = admin.post("/incoming-routes/default/", busy)
    assert stale.status_code == 409


def test_outgoing_routes_are_told_in_words(admin: Client, provider: Provider) -> None:
    rule = {**OUTGOING, "number_begins_with": "9", "rest_numbers": "10", "trim_from_begin": "1"}
    form = {**rule, "prepend": "8", "provider": provider.pk}
    assert admin.post("/outgoing-routes/new/", form).status_code == 302
    html = " ".join(re.sub("<[^>]+>", " ", text(admin.get("/outgoing-routes/"))).split())
    assert "begin with 9 , then 10 digits" in html or "begin with 9, then 10 digits" in html
    assert "digits cut off: 1, with 8 before" in html


def test_codecs_are_switched_and_moved(admin: Client) -> None:
    first, second = Codec.objects.filter(media="audio").order_by("priority")[:2]
    admin.post("/codecs/change/", {"down": first.pk})
    order = Codec.objects.filter(media="audio").order_by("priority").values_list("name", flat=True)
    assert list(order[:2]) == [second.name, first.name]
    admin.post("/codecs/change/", {"off": first.pk})
    first.refresh_from_db()
    assert first.disabled
    Codec.objects.filter(media="audio").exclude(pk=second.pk).update(disabled=True)
    response = admin.post("/codecs/change/", {"off": second.pk}, follow=True)
    assert "One codec for voice has to stay switched on." in text(response)


def test_an_ami_user_has_levels_for_classes(admin: Client) -> None:
    form = {"username": "crm", "secret": "abcdefgh12", "right_call": "readwrite"}
    assert admin.post("/ami-users/new/", form).status_code == 302
    made = ManagerUser.objects.get()
    assert {name: level for name, level in made.rights.items() if level} == {"call": "readwrite"}
    html = text(admin.get("/ami-users/"))
    assert "abcdefgh12" not in html + text(admin.get(f"/ami-users/{made.pk}/"))
    assert re.search(
        r'<option value="readwrite" selected', text(admin.get(f"/ami-users/{made.pk}/"))
    )
    change = {**form, "secret": "", "right_call": "read", "revision": made.revision}
    assert admin.post(f"/ami-users/{made.pk}/", change).status_code == 302
    made.refresh_from_db()
    assert (made.rights["call"], made.secret) == ("read", "abcdefgh12")


def test_an_ari_user_gets_a_password_by_itself(admin: Client) -> None:
    form = {"username": "bot", "password": "", "applications": "hello\nworld"}
    assert admin.post("/ari-users/new/", form).status_code == 302
    made = AriUser.objects.get()
    assert len(made.password) == 24 and made.applications == ["hello", "world"]
    assert made.password in text(admin.post(f"/ari-users/{made.pk}/secret/"))


def test_accounts_and_lines_of_the_dialplan_ask_for_the_password(admin: Client) -> None:
    age_proof(admin)
    for address in ("/ami-users/new/", "/ari-users/new/"):
        assert admin.get(address)["Location"].startswith("/confirm/"), address
    form = {"number": "700", "name": "Door", "logic": "Answer()"}
    sent = admin.post("/dialplan-applications/new/", form)
    assert sent["Location"].startswith("/confirm/")


def test_a_dialplan_application_has_a_number_and_lines(admin: Client) -> None:
    form = {"number": "700", "name": "Door", "logic": "Answer()\nn,Hangup()", "hint": ""}
    assert admin.post("/dialplan-applications/new/", form).status_code == 302
    made = DialplanApplication.objects.get()
    assert made.extension.number == "700"
    wrong = {**form, "logic": "what is this", "revision": made.revision}
    response = admin.post(f"/dialplan-applications/{made.pk}/", wrong)
    assert response.status_code == 422 and 'href="#id_logic"' in text(response)
    assert admin.post(f"/dialplan-applications/{made.pk}/delete/").status_code == 302
    assert not Extension.objects.filter(number="700").exists()


def test_a_network_can_be_chosen(admin: Client) -> None:
    office = NetworkFilter.objects.create(title="Office", permit=["192.0.2.0/24"])
    form = {"username": "crm", "secret": "abcdefgh12", "network_filter": office.pk}
    admin.post("/ami-users/new/", form)
    assert "Office" in text(admin.get("/ami-users/"))


def test_the_sidebar_shows_what_is_switched_on_to_who_may_look(
    admin: Client, viewer: Client
) -> None:
    for client in (admin, viewer):
        html = text(client.get("/extensions/"))
        for name in set(LISTS) - {"codecs", "ari-users"}:
            assert f'<a href="/{name}/"' in html, name
        assert '<a href="/ari-users/"' not in html
    PbxSetting.objects.create(key="ARIEnabled", value="1")
    PbxSetting.objects.create(key="AMIEnabled", value="0")
    html = text(viewer.get("/extensions/"))
    assert '<a href="/ari-users/"' in html and '<a href="/ami-users/"' not in html
    assert 'href="/extensions/" aria-current="page"' in html
    assert 'href="/settings/" aria-current="page"' in text(admin.get("/codecs/"))
