"""F24: what a module needs is removed, disabled, upgraded so that it does not fit, or damaged."""

from __future__ import annotations

import pytest

from modules_app.domain.states import ModuleState
from modules_app.exceptions import Refused
from modules_app.models import Module, Operation
from modules_app.selectors.modules import all_modules, get_module_row
from modules_app.selectors.needs import needs_by_module
from modules_app.services.verification import verify_modules
from tests.builders import freepbx
from tests.lifecycle import ACTOR, Life


@pytest.fixture
def parrot(life: Life) -> Life:
    """A parrot that needs a cage below 2.0; both are enabled."""
    life.install(freepbx("cage", "1.5"), enable=True)
    life.install(freepbx("parrot", needs=("cage lt 2.0",)), enable=True)
    assert dict(Module.objects.values_list("id", "wanted")) == {"cage": "on", "parrot": "on"}
    return life


@pytest.mark.parametrize("verb", ["disable", "remove"])
def test_f24_what_is_needed_stays_while_it_is_needed(parrot: Life, verb: str) -> None:
    with pytest.raises(Refused) as caught:
        getattr(parrot, verb)("cage")
    assert caught.value.slug == "dependents-enabled"
    assert "parrot" in str(caught.value)
    assert Module.objects.get(pk="cage").wanted == "on"


def test_f24_no_upgrade_takes_away_what_another_needs(parrot: Life) -> None:
    before = Operation.objects.count()
    with pytest.raises(Refused) as caught:
        parrot.install(freepbx("cage", "2.0"))
    assert "parrot" in str(caught.value)
    assert Operation.objects.count() == before
    assert Module.objects.get(pk="cage").version == "1.5"

    parrot.disable("parrot")
    assert parrot.install(freepbx("cage", "2.0")).outcome == "done"
    with pytest.raises(Refused) as again:
        parrot.enable("parrot")
    assert "cage" in str(again.value)


def test_f24_no_way_back_takes_away_what_another_needs(life: Life) -> None:
    life.install(freepbx("cage", "1.0"), enable=True)
    life.install(freepbx("cage", "1.5"))
    life.install(freepbx("parrot", needs=("cage ge 1.5",)), enable=True)
    with pytest.raises(Refused) as caught:
        life.rollback("cage")
    assert "parrot" in str(caught.value)
    assert Module.objects.get(pk="cage").version == "1.5"


def test_f24_what_is_lost_on_disk_is_named_by_those_who_need_it(parrot: Life) -> None:
    generation = Module.objects.get(pk="cage").generation
    manifest = parrot.data_dir.store / "cage" / generation / "code" / "module.xml"
    manifest.chmod(0o644)
    manifest.write_text("<module/>")
    verify_modules(actor=ACTOR, module_ids=["cage"])

    assert get_module_row("cage").state == ModuleState.BROKEN
    [need] = needs_by_module(all_modules())["parrot"]
    assert (need.id, need.state) == ("cage", ModuleState.BROKEN)
    assert parrot.disable("parrot").outcome == "done"
