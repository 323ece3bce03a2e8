"""Every refused package: a clear error with its rule, an unchanged system, no leftover file."""

from __future__ import annotations

import random

import pytest

from modules_app.exceptions import Refused
from modules_app.models import AuditEvent, Module, Upload
from modules_app.permissions import Actor
from modules_app.services import uploads
from modules_app.services.uploads import PackageInvalid
from tests.builders import mikopbx
from tests.evil import catalogue
from tests.lifecycle import ACTOR, Life


def refuse(life: Life, package: bytes) -> Refused:
    with pytest.raises(Refused) as caught:
        uploads.receive_upload(actor=ACTOR, chunks=[package] if package else [], filename="x.zip")
    assert life.residue() == []
    assert not Upload.objects.exists() and not Module.objects.exists()
    event = AuditEvent.objects.get()
    assert (event.action, event.outcome) == ("package-upload", "refused")
    assert event.reason == caught.value.slug
    assert "{" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("rule", sorted(catalogue.ARCHIVES))
def test_a_hostile_archive_is_refused_by_its_rule(life: Life, rule: str) -> None:
    error = refuse(life, catalogue.ARCHIVES[rule])
    assert error.context["rule"] == rule.partition("-")[0]


@pytest.mark.parametrize("rule", sorted(catalogue.MANIFESTS))
def test_a_hostile_manifest_is_refused_by_its_rule(life: Life, rule: str) -> None:
    error = refuse(life, catalogue.MANIFESTS[rule])
    assert isinstance(error, PackageInvalid)
    expected = {"M02": "M01"}.get(rule, rule)  # no DOCTYPE, no entity that could grow
    assert expected in {finding["context"].get("rule") for finding in error.report["errors"]}


def test_m09_two_manifests_are_refused(life: Life) -> None:
    assert refuse(life, catalogue.both_manifests()).context["rule"] == "M09"


def test_a30_a_cut_off_archive_is_refused(life: Life) -> None:
    refuse(life, catalogue.cut_off())


def test_a27_the_name_does_not_make_an_archive(life: Life) -> None:
    assert refuse(life, catalogue.renamed_picture()).context["rule"] == "A27"


def test_a15_an_archive_inside_is_data(life: Life) -> None:
    assert life.install(catalogue.stored_zip_inside()).outcome == "done"


def test_too_large_a_package_is_refused_while_it_comes(life: Life, settings) -> None:
    settings.PBX_ARCHIVE_LIMITS = {**settings.PBX_ARCHIVE_LIMITS, "packed_bytes": 1000}
    assert "1" in str(refuse(life, mikopbx(files={"x": random.Random(1).randbytes(9000)})))


def test_m12_an_id_that_differs_only_in_case_is_refused(life: Life) -> None:
    life.install(mikopbx("ModuleTest"))
    for twin in ("MODULETEST", "moduletest"):
        with pytest.raises(PackageInvalid) as caught:
            life.upload(mikopbx(twin))
        assert "M12" in {e["context"].get("rule") for e in caught.value.report["errors"]}
    assert [module.id for module in Module.objects.all()] == ["ModuleTest"]


def test_without_the_right_to_install_nothing_is_read(life: Life) -> None:
    nobody = Actor(name="viewer", channel="web", rights=frozenset())

    def never() -> bytes:
        raise AssertionError("the upload was read")

    with pytest.raises(Refused) as caught:
        uploads.receive_upload(actor=nobody, chunks=iter(never, b""), filename="x.zip")
    assert caught.value.slug == "not-allowed" and life.residue() == []


def test_a_file_name_is_only_display_text(life: Life) -> None:
    upload = life.upload(mikopbx(), "../../etc/`id`\x00\u202e.zip")
    assert "/" not in upload.filename and upload.filename.isprintable()
    assert upload.file.endswith(".part") and len(life.residue()) == 1
