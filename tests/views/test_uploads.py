"""The upload page with real packages."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from modules_app.models import Upload
from modules_app.permissions import Right
from tests.builders import mikopbx
from tests.evil import catalogue
from tests.lifecycle import Life
from tests.pages import person

ADDRESS = "/modules/upload/"


def send(client: Client, content: bytes, name: str = "package.zip") -> Any:
    return client.post(ADDRESS, {"package": SimpleUploadedFile(name, content)})


def test_a_package_leads_to_its_report(life: Life, admin_page: Client) -> None:
    response = send(admin_page, mikopbx())
    waiting = Upload.objects.get()
    assert response["Location"] == f"/uploads/{waiting.pk}/"
    html = admin_page.get(response["Location"]).content.decode()
    assert waiting.module_id in html and "A new module" in html


def test_the_plan_names_the_files_that_its_hooks_are_for(life: Life, admin_page: Client) -> None:
    """Which lines they bring is known when its code has run, so nothing more is said."""
    conf = "from modules_app.sdk import ConfigClass\n\n\nclass TestConf(ConfigClass):\n"
    conf += "    def create_cron_tasks(self, tasks):\n        return []\n"
    address = send(admin_page, mikopbx(files={"conf.py": conf}))["Location"]
    said = "changes in the files of cron is known after it is enabled."
    assert said in admin_page.get(address).content.decode()
    life.install(mikopbx(files={"conf.py": conf}))
    assert said not in admin_page.get(address).content.decode(), "one that is off changes nothing"
    assert said not in admin_page.get(send(admin_page, mikopbx("ModuleB"))["Location"]).text


def test_a_package_is_discarded(life: Life, admin_page: Client) -> None:
    send(admin_page, mikopbx())
    admin_page.post(f"/uploads/{Upload.objects.get().pk}/discard/")
    assert not Upload.objects.exists()
    assert life.residue() == []


def test_a_hostile_archive_is_refused_on_the_same_page(life: Life, admin_page: Client) -> None:
    response = send(admin_page, next(iter(catalogue.ARCHIVES.values())))
    html = response.content.decode()
    assert response.status_code == 422
    assert 'class="problem"' in html and 'type="file"' in html


def test_a_bad_manifest_is_refused_with_its_report(life: Life, admin_page: Client) -> None:
    response = send(admin_page, next(iter(catalogue.MANIFESTS.values())))
    assert response.status_code == 422
    assert "Report on the package that was refused" in response.content.decode()


def test_sending_nothing_says_what_to_do(admin_page: Client) -> None:
    response = admin_page.post(ADDRESS, {})
    assert response.status_code == 422
    assert "Choose a file first." in response.content.decode()


def test_people_without_the_right_upload_nothing(life: Life, client: Client) -> None:
    client.force_login(person(Right.VIEW), backend="django.contrib.auth.backends.ModelBackend")
    assert send(client, mikopbx()).status_code == 403
    assert not Upload.objects.exists()
