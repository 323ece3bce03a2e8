"""Choosing modules across filters, with and without JavaScript (reference U2.3 rule 7)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from modules_app.domain.states import Verb
from modules_app.models import Batch, Module, Operation, OperationStep
from tests.pages import module

pytestmark = pytest.mark.browser


@pytest.fixture
def four_modules(transactional_db: None) -> None:
    for name in ("ModuleOne", "ModuleTwo", "ModuleThree", "ModuleFour"):
        module(name, wanted="on")


def ids(batch: Batch) -> set[str]:
    return {operation.module_id for operation in batch.operations.all()}


def test_three_modules_chosen_across_a_filter_are_disabled_at_once(
    signed_in: Callable[..., Page], four_modules: None
) -> None:
    page = signed_in()
    page.goto("/modules/")
    bar = page.locator("#chosen-bar")
    expect(bar).to_be_hidden()
    page.locator("#row-ModuleOne [data-choose]").check()
    page.fill("#search", "Two")
    expect(page.locator("#row-ModuleOne")).to_have_count(0)
    page.locator("#row-ModuleTwo [data-choose]").check()
    page.fill("#search", "Three")
    expect(page.locator("#row-ModuleTwo")).to_have_count(0)
    page.locator("[data-choose-all]").check()
    expect(page.locator("#row-ModuleThree [data-choose]")).to_be_checked()
    expect(page.locator("#chosen-count")).to_have_text("3")
    page.fill("#search", "")
    expect(page.locator("#row-ModuleFour [data-choose]")).not_to_be_checked()
    for name in ("One", "Two", "Three"):
        expect(page.locator(f"#row-Module{name} [data-choose]")).to_be_checked()

    bar.get_by_role("button", name="Disable").click()
    expect(page.locator(".step")).to_have_count(3)
    page.get_by_role("radio", name="Go on with the others").check()
    page.locator("#plan button.btn-primary").click()
    page.wait_for_url("**/batches/*/")
    batch = Batch.objects.get()
    assert batch.mode == "continue" and batch.verb == Verb.DISABLE
    assert ids(batch) == {"ModuleOne", "ModuleTwo", "ModuleThree"}

    expect(page.locator("#progress")).to_contain_text("Running")
    OperationStep.objects.update(outcome="done")
    Operation.objects.update(outcome="done")
    Module.objects.update(wanted="off")
    expect(page.locator("#progress .outcome")).to_have_text("Done")
    expect(page.locator("#progress a", has_text="Disabling #")).to_have_count(3)


def test_a_step_that_is_unticked_leaves_the_plan_and_comes_back(
    signed_in: Callable[..., Page], four_modules: None
) -> None:
    page = signed_in()
    page.goto("/modules/batch/?verb=disable&id=ModuleOne&id=ModuleTwo&id=ModuleThree")
    page.locator("#step-ModuleTwo").uncheck()
    expect(page.locator("ol .step")).to_have_count(2)
    expect(page.locator("ul .step")).to_contain_text("Title of ModuleTwo")
    expect(page.locator("#step-ModuleTwo")).to_be_focused()
    page.locator("#step-ModuleTwo").check()
    expect(page.locator("ol .step")).to_have_count(3)
    page.locator("#step-ModuleOne").uncheck()
    expect(page.locator("ol .step")).to_have_count(2)
    page.locator("#plan button.btn-primary").click()
    page.wait_for_url("**/batches/*/")
    assert ids(Batch.objects.get()) == {"ModuleTwo", "ModuleThree"}


def test_the_choice_can_be_given_up(signed_in: Callable[..., Page], four_modules: None) -> None:
    page = signed_in()
    page.goto("/modules/")
    page.locator("[data-choose-all]").check()
    expect(page.locator("#chosen-count")).to_have_text("4")
    page.get_by_role("link", name="Choose none").click()
    expect(page.locator("#chosen-bar")).to_be_hidden()
    expect(page.locator("[data-choose]:checked")).to_have_count(0)


def test_it_works_without_javascript(signed_in: Callable[..., Page], four_modules: None) -> None:
    page = signed_in(script=False)
    page.goto("/modules/")
    page.locator("#row-ModuleOne [data-choose]").check()
    page.fill("#search", "T")
    page.get_by_role("button", name="Search").click()
    page.locator("#row-ModuleTwo [data-choose]").check()
    page.fill("#search", "")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("[data-choose]:checked")).to_have_count(2)
    page.locator("#chosen-bar button[value=disable]").click()
    page.locator("#step-ModuleOne").uncheck()
    page.get_by_role("button", name="Work out the plan again").click()
    expect(page.locator("ol .step")).to_have_count(1)
    page.locator("#plan button.btn-primary").click()
    page.wait_for_url("**/batches/*/")
    assert ids(Batch.objects.get()) == {"ModuleTwo"}
