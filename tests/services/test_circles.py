"""Modules that need each other in a circle are enabled together, whatever was said."""

from __future__ import annotations

import pytest

from modules_app.domain.states import Verb
from modules_app.exceptions import Refused, fill
from modules_app.models import Batch, Module
from modules_app.selectors.batches import BatchPage
from modules_app.services.batches import start_batch
from modules_app.services.lifecycle import enable_module
from tests.builders import zip_of
from tests.lifecycle import ACTOR, Life

CIRCLES = {"aa": "bb", "bb": "aa", "cc": "dd ee", "dd": "ee", "ee": "cc"}
"""Which module needs which: two circles, the second with a shorter way in it."""


def package(name: str, needs: str, *, code: str = "") -> bytes:
    depends = "".join(f"<module>{one} ge 1.0</module>" for one in needs.split())
    head = f"<module><rawname>{name}</rawname><name>Module {name}</name><version>1.0</version>"
    manifest = f"{head}<depends>{depends}</depends></module>"
    return zip_of({f"{name}/module.xml": manifest, f"{name}/module.py": code})


def install(life: Life, *, enable: bool = False, **code: str) -> BatchPage:
    uploads = [
        str(life.upload(package(name, needs, code=code.get(name, ""))).pk)
        for name, needs in CIRCLES.items()
    ]
    batch = start_batch(actor=ACTOR, verb=Verb.INSTALL, upload_ids=uploads, enable=enable)
    return life.run_batch(batch)


def enabled() -> set[str]:
    return set(Module.objects.filter(wanted="on").values_list("id", flat=True))


@pytest.mark.parametrize("mode", ["stop", "continue", "together"])
def test_several_circles_are_enabled_all_or_none(life: Life, mode: str) -> None:
    install(life)
    batch = start_batch(actor=ACTOR, verb=Verb.ENABLE, ids=list(CIRCLES), mode=mode)
    assert batch.mode == "together"
    assert life.run_batch(batch).outcome == "done"
    assert enabled() == set(CIRCLES)


def test_a_circle_of_which_one_refuses_stays_off_as_a_whole(life: Life) -> None:
    no = "from modules_app.sdk import FreePbxModule\nclass Aa(FreePbxModule):\n"
    install(life, aa=no + "    def enable(self): return False\n")
    batch = start_batch(actor=ACTOR, verb=Verb.ENABLE, ids=["bb", "aa"])
    assert life.run_batch(batch).outcome == "failed"
    assert enabled() == set()


def test_circles_are_installed_and_enabled_by_one_wish(life: Life) -> None:
    page = install(life, enable=True)
    assert page.outcome == "done", [(one.module_id, one.sentence) for one in page.items]
    assert page.batch.mode == "together"
    assert enabled() == set(CIRCLES)


def test_what_is_only_installed_and_needs_no_circle_keeps_its_mode(life: Life) -> None:
    install(life)
    assert Batch.objects.get().mode == "stop"


def test_one_of_a_circle_alone_is_refused_with_what_to_say_instead(life: Life) -> None:
    install(life)
    with pytest.raises(Refused) as refused:
        enable_module(actor=ACTOR, module_id="aa")
    said = fill(refused.value.hint, refused.value.context)
    assert said == "They need each other. Enable all of them at once: module enable bb aa"
