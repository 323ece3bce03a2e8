"""Several modules at once: the choice in the list, the plan, its confirmation and its results."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from modules_app.domain.batches import Mode
from modules_app.domain.operations import Outcome
from modules_app.models import Batch, Operation, PendingAction, Upload
from modules_app.permissions import Right
from tests.builders import zip_of
from tests.lifecycle import Life
from tests.pages import age_proof, module, person

XML = """<module><rawname>{id}</rawname><name>The {id}</name><version>{version}</version>
<category>Admin</category><depends>{depends}</depends>{more}</module>"""
CONFLICT = "<breaking><module><type>conflict</type><rawname>cage</rawname></module></breaking>"
HTMX = {"HX-Request": "true"}


def package(module_id: str, *needed: str, version: str = "1.0", more: str = "") -> bytes:
    depends = "".join(f"<module>{name}</module>" for name in needed)
    xml = XML.format(id=module_id, depends=depends, version=version, more=more)
    return zip_of({f"{module_id}/module.xml": xml})


def words(answer: Any, status: int = 200) -> str:
    """Return the page as one line of text."""
    assert answer.status_code == status, answer.content.decode()[:2000]
    return " ".join(answer.content.decode().split())


def plan_of(client: Client, verb: str, *ids: str, **more: Any) -> str:
    return words(client.get("/modules/batch/", {"verb": verb, "id": list(ids), **more}))


@pytest.fixture
def birds(life: Life) -> Life:
    """A parrot, which needs a cage, both enabled; an owl that needs nothing."""
    life.install(package("cage"), enable=True)
    life.install(package("parrot", "cage ge 1.0"), enable=True)
    life.install(package("owl"), enable=True)
    return life


def test_what_is_ticked_stays_ticked_when_the_list_is_filtered(admin_page: Client) -> None:
    module("ModuleOne")
    module("ModuleTwo")
    page = words(admin_page.get("/modules/", {"q": "Two", "id": ["ModuleOne", "ModuleTwo"]}))
    row = page.partition('id="row-ModuleTwo"')[2].partition("</tr>")[0]
    assert 'value="ModuleTwo" form="search-form"' in row and " checked>" in row
    assert '<input type="hidden" name="id" value="ModuleOne" form="search-form">' in page
    assert '<output id="chosen-count">2</output>' in page
    assert 'href="?state=disabled&amp;q=Two' not in page
    assert "id=ModuleOne&amp;id=ModuleTwo" in page, "the links to other filters take it along"


def test_all_that_match_are_ticked_by_a_link_without_javascript(admin_page: Client) -> None:
    for name in ("ModuleOne", "ModuleTwo", "Other"):
        module(name)
    page = words(admin_page.get("/modules/", {"q": "Module", "all": "1"}))
    assert page.count(" checked>") == 2
    assert '<output id="chosen-count">2</output>' in page


def test_boxes_are_for_those_who_can_do_something(client: Client, db: None) -> None:
    module("ModuleOne")
    client.force_login(person(Right.VIEW), backend="django.contrib.auth.backends.ModelBackend")
    page = words(client.get("/modules/"))
    assert "data-choose" not in page and "chosen-bar" not in page


def test_the_bar_offers_what_the_person_may_do(client: Client, db: None) -> None:
    module("ModuleOne")
    user = person(Right.VIEW, Right.OPERATE)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    page = words(client.get("/modules/"))
    assert 'value="disable" data-batch' in page
    assert 'value="remove" data-batch' not in page and 'value="upgrade" data-batch' not in page


def test_a_plan_needs_the_right_of_its_verb(client: Client, db: None) -> None:
    module("ModuleOne")
    user = person(Right.VIEW, Right.OPERATE)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/modules/batch/?verb=remove&id=ModuleOne").status_code == 403
    answer = client.post("/modules/batch/start/", {"verb": "remove", "id": "ModuleOne"})
    assert answer.status_code == 403
    assert not PendingAction.objects.exists() and not Batch.objects.exists()
    assert client.get("/modules/batch/?verb=disable&id=ModuleOne").status_code == 200


def test_without_modules_the_page_says_so(admin_page: Client) -> None:
    assert "No module was chosen" in words(admin_page.get("/modules/batch/?verb=disable"))
    assert "No module was chosen" in words(admin_page.post("/modules/batch/start/", {}), 422)
    assert admin_page.get("/modules/batch/?verb=repair&id=x").status_code == 200
    assert admin_page.get("/modules/batch/?verb=disable&id=Nobody").status_code == 404
    assert "No module was chosen" in words(
        admin_page.get("/modules/batch/?verb=install&upload=no-uuid")
    )


def test_a_plan_names_those_who_need_it_and_lets_them_go_too(
    birds: Life, admin_page: Client
) -> None:
    refused = plan_of(admin_page, "disable", "cage", "owl")
    assert "Enabled modules need what you want to switch off" in refused
    assert "Disable these too" in refused and ">Disable</button>" not in refused

    together = plan_of(admin_page, "disable", "cage", "owl", cascade="1")
    assert together.index("The parrot") < together.index("The cage", together.index("step"))
    assert "either everything is done or nothing" in together

    form = {"verb": "disable", "id": "cage owl", "cascade": "1", "request_key": "k"}
    answer = admin_page.post("/modules/batch/start/", form)
    batch = Batch.objects.get()
    assert answer["Location"] == f"/batches/{batch.pk}/"
    assert batch.mode == Mode.TOGETHER
    assert {one.module_id for one in batch.operations.all()} == {"cage", "owl", "parrot"}
    assert admin_page.post("/modules/batch/start/", form)["Location"] == answer["Location"]
    assert Batch.objects.count() == 1


def test_a_batch_that_cannot_be_is_not_begun(birds: Life, admin_page: Client) -> None:
    answer = admin_page.post("/modules/batch/start/", {"verb": "disable", "id": "cage"})
    assert "Nothing was begun." in words(answer, 422)
    assert not Batch.objects.exists()


def test_steps_can_be_left_out_and_taken_back(birds: Life, admin_page: Client) -> None:
    form = {"verb": "disable", "id": "parrot owl", "offered": "parrot owl", "with": "owl"}
    answer = admin_page.post("/modules/batch/", form, headers=HTMX)
    part = words(answer)
    assert part.startswith('<form id="plan"')
    left = part.partition("Left out")[2]
    assert 'name="with" value="parrot"' in left and "The parrot" in left
    form["with"] = ["owl", "parrot"]
    assert "Left out" not in words(admin_page.post("/modules/batch/", form, headers=HTMX))
    form["with"] = ["owl"]
    admin_page.post("/modules/batch/start/", form)
    assert [one.module_id for one in Batch.objects.get().operations.all()] == ["owl"]


@pytest.mark.parametrize("mode", list(Mode))
def test_what_happens_after_a_failure_is_the_persons_choice(
    birds: Life, admin_page: Client, mode: Mode
) -> None:
    form = {"verb": "disable", "id": "parrot owl", "mode": str(mode)}
    admin_page.post("/modules/batch/start/", form)
    assert Batch.objects.get().mode == mode


def test_data_is_deleted_only_after_typing_how_many(birds: Life, admin_page: Client) -> None:
    form = {"verb": "remove", "id": "parrot owl", "data": "delete"}
    wrong = admin_page.post("/modules/batch/start/", {**form, "typed": "3"})
    assert "Type exactly what is asked for" in words(wrong, 422)
    assert not Batch.objects.exists()
    admin_page.post("/modules/batch/start/", {**form, "typed": "2"})
    kept = {one.options["keep_data"] for one in Batch.objects.get().operations.all()}
    assert kept == {False}


def test_the_password_is_asked_for_once_and_names_the_modules(
    birds: Life, admin_page: Client
) -> None:
    age_proof(admin_page)
    admin_page.post("/modules/batch/start/", {"verb": "remove", "id": "parrot owl"})
    action = PendingAction.objects.get()
    assert action.what == "Remove several modules and keep their data: {target}"
    assert set(action.target.split(", ")) == {"The parrot", "The owl"}


def test_results_are_told_module_by_module(birds: Life, admin_page: Client) -> None:
    form = {"verb": "disable", "id": "parrot owl", "mode": "continue"}
    address = admin_page.post("/modules/batch/start/", form)["Location"]
    running = words(admin_page.get(address))
    assert 'hx-trigger="every 1s"' in running and "It waits for its turn." in running
    batch = Batch.objects.get()
    error = {"slug": "x", "message": "“{id}” failed.", "context": {"id": "It"}, "hint": ""}
    first, second = batch.operations.order_by("position")
    Operation.objects.filter(pk=first.pk).update(outcome=Outcome.FAILED, error=error)
    Operation.objects.filter(pk=second.pk).update(outcome=Outcome.DONE)
    ended = words(admin_page.get(address, headers=HTMX))
    assert "every 1s" not in ended and "Partly done" in ended and "“It” failed." in ended
    assert f'href="/operations/{first.pk}/"' in ended
    again = f"/modules/batch/?verb=disable&amp;id={first.module_id}"
    assert f'href="{again}"' in ended
    assert f'href="{address}"' in words(admin_page.get("/operations/"))
    assert f'href="{address}"' in words(admin_page.get(f"/operations/{first.pk}/"))


def test_what_has_not_begun_can_be_cancelled(birds: Life, admin_page: Client) -> None:
    form = {"verb": "disable", "id": "parrot owl"}
    address = admin_page.post("/modules/batch/start/", form)["Location"]
    assert admin_page.post(f"{address}cancel/")["Location"] == address
    outcomes = set(Operation.objects.filter(batch__isnull=False).values_list("outcome", flat=True))
    assert outcomes == {Outcome.CANCELLED}


def test_an_unknown_batch_is_not_found(admin_page: Client) -> None:
    assert admin_page.get("/batches/77/").status_code == 404


def test_several_files_become_one_plan_and_a_bad_one_is_named(
    life: Life, admin_page: Client
) -> None:
    files = [
        SimpleUploadedFile("cage.zip", package("cage")),
        SimpleUploadedFile("notes.txt", b"no package"),
        SimpleUploadedFile("parrot.zip", package("parrot", "cage")),
    ]
    answer = Client.post(admin_page, "/modules/upload/", {"package": files})
    assert answer.status_code == 302
    uploads = {upload.module_id: str(upload.pk) for upload in Upload.objects.all()}
    assert set(uploads) == {"cage", "parrot"}
    page = words(admin_page.get(answer["Location"]))
    assert "Install these packages?" in page and "notes.txt:" in page
    form = {"verb": "install", "upload": " ".join(uploads.values()), "enable": "1"}
    admin_page.post("/modules/batch/start/", form)
    found = life.run_batch(Batch.objects.get())
    assert found.outcome == "done"


def test_files_that_are_all_refused_stay_on_the_upload_page(life: Life, admin_page: Client) -> None:
    files = [SimpleUploadedFile(name, b"no package") for name in ("a.zip", "b.zip")]
    page = words(Client.post(admin_page, "/modules/upload/", {"package": files}), 422)
    assert "a.zip:" in page and "b.zip:" in page
    assert not Upload.objects.exists()


def test_the_disable_page_offers_to_disable_those_who_need_it(
    birds: Life, admin_page: Client
) -> None:
    page = words(admin_page.get("/modules/cage/disable/"))
    assert 'href="/modules/parrot/"' in page and "Disable these too" in page
    assert 'formaction="/modules/batch/start/"' in page
    assert "Disable these too" not in words(admin_page.get("/modules/owl/disable/"))
    assert "Remove it and disable these" in words(admin_page.get("/modules/cage/remove/"))


def test_a_refusal_leads_to_the_plan_with_the_others(birds: Life, admin_page: Client) -> None:
    page = words(admin_page.post("/modules/cage/disable/", {"request_key": "a"}), 422)
    assert (
        f'href="/modules/batch/?{urlencode({"verb": "disable", "id": "cage"})}"'.replace(
            "&", "&amp;"
        )
        in page
    )


def test_a_report_says_which_requirements_are_met(birds: Life, admin_page: Client) -> None:
    upload = birds.upload(package("cat", "owl", "mouse ge 2", "dog &gt;= 1.0", more=CONFLICT))
    page = words(admin_page.get(f"/uploads/{upload.pk}/"))
    section = page.partition('id="relations-title"')[2].partition('id="facts-title"')[0]
    assert '<a href="/modules/owl/">owl</a>' in section and "Met" in section
    assert "mouse ge 2" in section and "Not met" in section
    assert "Written as “dog &gt;= 1.0”, which FreePBX itself does not read" in section
    assert "“The cat” 1.0 and “The cage” 1.0 cannot be enabled together." in section
    assert 'href="/modules/cage/disable/"' in section


def test_a_report_offers_to_bring_along_what_waits(birds: Life, admin_page: Client) -> None:
    mouse = birds.upload(package("mouse"))
    upload = birds.upload(package("cat", "mouse"))
    page = words(admin_page.get(f"/uploads/{upload.pk}/"))
    assert "What it needs is at hand: The mouse." in page
    assert f"/modules/batch/?verb=install&amp;upload={upload.pk}&amp;upload={mouse.pk}" in page


def test_a_module_page_shows_needs_and_conflicts_from_both_sides(
    birds: Life, admin_page: Client
) -> None:
    birds.install(package("cat", more=CONFLICT))
    for module_id in ("cat", "cage"):
        page = words(admin_page.get(f"/modules/{module_id}/"))
        assert "“The cat” 1.0 and “The cage” 1.0 cannot be enabled together." in page
    assert '<a href="/modules/cage/">cage ge 1.0</a>' in words(admin_page.get("/modules/parrot/"))


def test_what_does_not_go_together_can_be_left_out_or_stay_disabled(
    birds: Life, admin_page: Client
) -> None:
    uploads = [birds.upload(package("cat", more=CONFLICT)), birds.upload(package("mouse"))]
    form = {"verb": "install", "upload": " ".join(str(one.pk) for one in uploads), "enable": "1"}
    page = words(admin_page.post("/modules/batch/", form))
    assert "“The cat” 1.0 and “The cage” 1.0 cannot be enabled together." in page
    assert 'value="cat" checked' in page and 'value="mouse" checked' in page
    assert 'id="enable" name="enable" value="1" checked' in page
    left = {**form, "offered": "cat mouse", "with": "mouse"}
    page = words(admin_page.post("/modules/batch/", left))
    assert "Install and enable" in page and "The cat" in page.partition("Left out")[2]
    del form["enable"]
    assert "Left out" not in words(admin_page.post("/modules/batch/", form))
