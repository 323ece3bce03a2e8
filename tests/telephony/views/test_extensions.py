"""The pages of extensions."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from modules_app.models import AuditEvent
from modules_app.permissions import Actor
from modules_app.services.core_records import ModuleReferences
from telephony_app.models import Extension, SipAccount
from telephony_app.services import deletions
from telephony_app.services.extensions import change_extension
from tests.pages import age_proof

pytestmark = pytest.mark.django_db

Make = Callable[..., Extension]
MINE = {
    "number": "201",
    "name": "Ann",
    "secret": "",
    "email": "",
    "mobile": "",
    "ring_length": "0",
    "dtmf_mode": "auto",
    "transport": "",
    "enable_recording": "on",
    "show_in_phonebook": "on",
}


def text(response) -> str:
    return response.content.decode()


def many(count: int) -> None:
    rows = [
        Extension(number=str(1000 + place), name=f"Person {place}", revision=1)
        for place in range(count)
    ]
    Extension.objects.bulk_create(rows)
    SipAccount.objects.bulk_create(
        SipAccount(extension=row, secret="x" * 24, revision=1) for row in rows
    )


def test_an_empty_list_says_what_to_do_first(admin: Client) -> None:
    html = text(admin.get("/extensions/"))
    assert "No extension yet" in html and "/extensions/new/" in html
    assert 'id="chosen-bar"' not in html


def test_a_phone_is_added_with_the_password_that_was_shown(admin: Client) -> None:
    html = text(admin.get("/extensions/new/"))
    shown = re.search(r'name="secret" value="([A-Za-z0-9]{24})"', html)
    assert shown is not None
    response = admin.post("/extensions/new/", {**MINE, "secret": shown[1]})
    assert response["Location"] == "/extensions/"
    phone = Extension.objects.get(number="201")
    assert (phone.name, phone.sip.secret) == ("Ann", shown[1])
    assert phone.sip.enable_recording and phone.show_in_phonebook
    assert "Extension 201 Ann is saved." in text(admin.get("/extensions/"))


def test_every_fault_stands_at_its_field_and_what_was_typed_stays(admin: Client) -> None:
    wrong = {"number": "2 0", "email": "nobody", "forwarding": "!!", "manual_attributes": "["}
    response = admin.post("/extensions/new/", {**MINE, **wrong})
    html = text(response)
    assert response.status_code == 422
    assert set(re.findall(r'<a href="#id_(\w+)">', html)) == set(wrong)
    assert html.count("is-invalid") >= len(wrong)
    assert '<details class="card card-body settings-group fold folded" open>' in html
    assert 'value="2 0"' in html and not Extension.objects.filter(kind="phone").exists()


def test_a_taken_number_is_named(admin: Client, phone: Make) -> None:
    phone("201")
    response = admin.post("/extensions/new/", MINE)
    assert response.status_code == 422
    assert "“201” is taken already: 201 Ann." in text(response)


def test_the_stored_password_is_in_no_list_and_no_form(admin: Client, phone: Make) -> None:
    made = phone("201")
    secret = made.sip.secret
    for address in ("/extensions/", f"/extensions/{made.pk}/", f"/extensions/{made.pk}/delete/"):
        assert secret not in text(admin.get(address)), address
    shown = admin.post(f"/extensions/{made.pk}/secret/")
    assert secret in text(shown) and shown["Cache-Control"] == "no-store"
    event = AuditEvent.objects.get(action="secret-show")
    assert "201" in event.target and secret not in str(event.detail)


def test_showing_a_password_asks_for_ones_own_and_needs_the_right(
    admin: Client, viewer: Client, phone: Make
) -> None:
    made = phone("201")
    assert viewer.post(f"/extensions/{made.pk}/secret/").status_code == 403
    age_proof(admin)
    response = admin.post(f"/extensions/{made.pk}/secret/")
    assert response["Location"].startswith("/confirm/")


def test_an_empty_password_leaves_the_stored_one(admin: Client, phone: Make) -> None:
    made = phone("201")
    before = made.sip.secret
    address = f"/extensions/{made.pk}/"
    admin.post(address, {**MINE, "name": "Anna", "revision": made.revision})
    account = SipAccount.objects.get(extension=made)
    assert (account.extension.name, account.secret) == ("Anna", before)


def test_generate_keeps_what_was_typed_and_stores_nothing(admin: Client) -> None:
    typed = {**MINE, "number": "333", "name": "Bob", "codecs": ["alaw"], "generate": "1"}
    typed.pop("enable_recording")
    response = admin.post("/extensions/new/", typed)
    html = text(response)
    assert response.status_code == 200
    assert 'value="333"' in html and 'value="Bob"' in html
    assert re.search(r'name="secret" value="[A-Za-z0-9]{24}"', html)
    assert re.search(r'name="codecs" value="alaw"[^>]* checked', html)
    assert not re.search(r'name="enable_recording"[^>]* checked', html)
    assert not Extension.objects.filter(number="333").exists()


def test_the_second_of_two_people_sees_what_the_first_changed(admin: Client, phone: Make) -> None:
    made = phone("201")
    change_extension(
        actor=Actor.system(), record_id=made.pk, values={"name": "Anna", "mobile": "49170"}
    )
    stale = {**MINE, "name": "Annie", "revision": made.revision}
    response = admin.post(f"/extensions/{made.pk}/", stale)
    html = text(response)
    assert response.status_code == 409
    assert "Somebody else saved this in the meantime" in html
    assert re.search(r"<td[^>]*>Anna</td><td[^>]*>Annie</td>", html)
    assert re.search(r"<td[^>]*>49170</td><td[^>]*>—</td>", html)
    now = re.search(r'name="revision" value="(\d+)"', html)
    assert now is not None
    admin.post(f"/extensions/{made.pk}/", {**stale, "revision": now[1]})
    assert Extension.objects.get(pk=made.pk).name == "Annie"


def test_deleting_names_who_refers_to_it(admin: Client, phone: Make) -> None:
    made = phone("201")
    other = phone("202", forwarding="201")
    address = f"/extensions/{made.pk}/delete/"
    html = text(admin.get(address))
    assert f'href="/extensions/{other.pk}/"' in html and "btn-danger" not in html
    assert admin.post(address).status_code == 422
    assert admin.post(f"/extensions/{other.pk}/delete/")["Location"] == "/extensions/"
    assert admin.post(address)["Location"] == "/extensions/"
    assert not Extension.objects.filter(kind="phone").exists()


def test_search_filter_order_and_pages(admin: Client, phone: Make) -> None:
    many(120)
    phone("201", name="Élodie", mobile="49170")
    phone("202", name="Bob", disabled=True)
    assert "Élodie" in text(admin.get("/extensions/?q=élo"))
    assert "Élodie" in text(admin.get("/extensions/?q=49170"))
    only_off = text(admin.get("/extensions/?state=off"))
    assert "Bob" in only_off and "Person 1<" not in only_off
    last = text(admin.get("/extensions/?page=3"))
    assert "101 to 122 of 122" in last
    assert "101 to 122 of 122" in text(admin.get("/extensions/?page=99999"))
    down = text(admin.get("/extensions/?sort=-name"))
    assert down.index("Élodie") < down.index("Person 9<")
    assert "Nothing matches" in text(admin.get("/extensions/?q=nowhere"))


def test_a_list_costs_the_same_few_queries_whatever_its_length(admin: Client) -> None:
    many(10)
    counts = []
    for total in (0, 400):
        if total:
            Extension.objects.filter(kind="phone").update(name="")
            SipAccount.objects.all().delete()
            Extension.objects.filter(kind="phone").delete()
            many(total)
        admin.get("/extensions/")
        with CaptureQueriesContext(connection) as queries:
            admin.get("/extensions/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20


def test_several_are_switched_off_after_one_question(admin: Client, phone: Make) -> None:
    ids = [phone(str(number)).pk for number in (201, 202, 203)]
    query = "&".join(f"id={one}" for one in ids[:2])
    page = text(admin.get(f"/extensions/chosen/?verb=off&{query}"))
    assert "Switch 2 extensions off?" in page
    form = {"verb": "off", "id": f"{ids[0]} {ids[1]}"}
    assert admin.post("/extensions/chosen/do/", form)["Location"] == "/extensions/"
    off = SipAccount.objects.filter(disabled=True).values_list("extension__number", flat=True)
    assert sorted(off) == ["201", "202"]


def test_everything_that_matches_is_deleted_only_in_the_number_that_was_agreed_to(
    admin: Client, phone: Make
) -> None:
    many(60)
    phone("201", name="Other")
    form = {"verb": "delete", "all": "1", "q": "Person", "count": "59"}
    again = admin.post("/extensions/chosen/do/", form)
    assert "Delete 60 extensions?" in text(again)
    assert Extension.objects.filter(kind="phone").count() == 61
    admin.post("/extensions/chosen/do/", {**form, "count": "60"})
    left = Extension.objects.filter(kind="phone").values_list("number", flat=True)
    assert list(left) == ["201"]


def test_several_are_deleted_all_or_none(admin: Client, phone: Make) -> None:
    first, second = phone("201"), phone("202")
    phone("203", forwarding="201")
    form = {"verb": "delete", "id": f"{first.pk} {second.pk}"}
    response = admin.post("/extensions/chosen/do/", form)
    assert response.status_code == 422 and "203" in text(response)
    assert Extension.objects.filter(kind="phone").count() == 3


def test_who_is_in_use_is_named_with_its_users_before_the_others_are_deleted(
    admin: Client, phone: Make
) -> None:
    free, used = phone("201", name="Ann"), phone("202", name="Bob")
    boss = phone("203", name="Boss", forwarding="202")
    query = f"/extensions/chosen/?verb=delete&id={free.pk}&id={used.pk}"
    page = text(admin.get(query))
    assert "Delete 1 extension?" in page
    assert "1 extension is in use and will not be deleted:" in page
    assert re.search(
        rf'href="/extensions/{used.pk}/">202 Bob</a>.*forwarding of '
        rf'<a href="/extensions/{boss.pk}/">203 Boss</a>',
        page,
    )
    hidden = r'<input type="hidden" name="(verb|id|count|unused)" value="(.*?)">'
    form = dict(re.findall(hidden, page))
    assert form == {
        "verb": "delete",
        "id": f"{free.pk} {used.pk}",
        "count": "1",
        "unused": "1",
    }
    assert admin.post("/extensions/chosen/do/", form)["Location"] == "/extensions/"
    left = Extension.objects.filter(kind="phone").values_list("number", flat=True)
    assert sorted(left) == ["202", "203"]


def test_when_others_are_in_use_than_was_said_a_person_is_asked_again(
    admin: Client, phone: Make
) -> None:
    many(30)
    phone("201", forwarding="1000")
    form = {"verb": "delete", "all": "1", "q": "Person", "count": "30", "unused": "1"}
    again = text(admin.post("/extensions/chosen/do/", form))
    assert "Delete 29 extensions?" in again and "forwarding of" in again
    assert Extension.objects.filter(kind="phone").count() == 31
    admin.post("/extensions/chosen/do/", {**form, "count": "29"})
    left = Extension.objects.filter(kind="phone").values_list("number", flat=True)
    assert sorted(left) == ["1000", "201"]


def test_of_many_in_use_twenty_are_named_and_nothing_can_be_deleted(
    admin: Client, phone: Make
) -> None:
    many(25)
    for row in Extension.objects.filter(kind="phone"):
        phone(f"2{row.number}", name="Boss", forwarding=row.number)
    page = text(admin.get("/extensions/chosen/?verb=delete&all=1&q=Person"))
    assert "25 extensions are in use and will not be deleted:" in page
    assert page.count("forwarding of") == 20 and "and 5 more" in page
    assert "btn-danger" not in page


def test_a_module_that_cannot_be_asked_is_named_before_the_deletion(
    admin: Client, phone: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = phone("201")
    said = ModuleReferences({}, ["ModuleX"])
    monkeypatch.setattr(deletions, "references_in_modules", lambda **_asked: said)
    page = text(admin.get(f"/extensions/chosen/?verb=delete&id={made.pk}"))
    assert "ModuleX could not be asked" in page and 'name="anyway"' in page


def test_choosing_all_and_one_by_one_without_scripts(admin: Client, phone: Make) -> None:
    first = phone("201")
    many(60)
    everything = text(admin.get("/extensions/?all=1"))
    assert "All 61 that match are chosen" in everything
    assert everything.count("checked disabled") == 50
    other_page = text(admin.get(f"/extensions/?id={first.pk}"))
    assert f'<input type="hidden" name="id" value="{first.pk}" form="search-form">' in other_page


def test_who_may_only_look_sees_no_buttons_and_no_password(viewer: Client, phone: Make) -> None:
    made = phone("201")
    html = text(viewer.get("/extensions/"))
    assert "201" in html
    for word in ("/extensions/new/", "chosen-bar", "/delete/", "/import/", "secrets=1"):
        assert word not in html, word
    for address in ("new/", f"{made.pk}/delete/", "import/", "chosen/"):
        assert viewer.get(f"/extensions/{address}").status_code == 403, address
    assert viewer.get("/extensions/extensions.csv?secrets=1").status_code == 403


def test_who_may_only_look_opens_a_phone_but_cannot_change_it(
    admin: Client, viewer: Client, phone: Make
) -> None:
    made = phone("201", mobile="49170", secret="Very-secret-1")
    address = f"/extensions/{made.pk}/"
    assert f'<a class="row-title" href="{address}">201</a>' in text(viewer.get("/extensions/"))
    seen = text(viewer.get(address)).partition("<main")[2].partition("</main>")[0]
    assert "You may look but not change it." in seen
    for name in ("number", "name", "mobile", "transport", "manual_attributes", "codecs"):
        tags = re.findall(rf'<(?:input|select|textarea)[^>]*name="{name}"[^>]*>', seen)
        assert tags and all(" disabled" in tag for tag in tags), name
    assert 'value="201"' in seen and 'value="49170"' in seen
    for word in ("<form", "<button", 'name="secret"', "Very-secret-1", "/delete/", "/secret/"):
        assert word not in seen, word
    assert viewer.post(address, {**MINE, "name": "Eve"}).status_code == 403
    assert Extension.objects.get(pk=made.pk).name == "Ann"
    assert "<form" in text(admin.get(address)) and 'name="secret"' in text(admin.get(address))


def test_names_are_text_wherever_they_stand(admin: Client, phone: Make) -> None:
    made = phone("201", name="{number} & Söhne", email="o'neil@example.com")
    html = text(admin.get("/extensions/"))
    assert "{number} &amp; Söhne" in html and "o&#x27;neil" in html
    assert "{number} &amp; Söhne" in text(admin.get(f"/extensions/{made.pk}/delete/"))


def test_numbers_are_suggested_while_somebody_types(viewer: Client, phone: Make) -> None:
    phone("201", name="Ann"), phone("302", name="Annika")
    found = text(viewer.get("/extensions/numbers/?extension=20"))
    assert '<option value="201">Ann</option>' in found and "302" not in found
    assert '<option value="302">' in text(viewer.get("/extensions/numbers/?extension=Annik"))
