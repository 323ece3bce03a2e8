"""The world of the resolver, read from rows and from kept packages."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from modules_app.domain.dependencies.plan import Goal
from modules_app.domain.dependencies.resolver import resolve
from modules_app.domain.states import ModuleState, Verb
from modules_app.models import Module, PbxSetting
from modules_app.selectors.world import read_world
from modules_app.services.batch_plans import plan_batch
from tests.builders import zip_of
from tests.lifecycle import Life

XML = """<module><rawname>{id}</rawname><name>The {id}</name><version>{version}</version>
<category>Admin</category><depends>{depends}</depends>{more}</module>"""


def package(module_id: str, version: str = "1.0", *needed: str, more: str = "") -> bytes:
    depends = "".join(f"<module>{name}</module>" for name in needed)
    text = XML.format(id=module_id, version=version, depends=depends, more=more)
    return zip_of({f"{module_id}/module.xml": text})


BREAKING = "<breaking><module><rawname>old</rawname><type>conflict</type></module></breaking>"


def test_an_installed_module_and_a_waiting_upload_are_both_candidates(life: Life) -> None:
    life.install(package("cage", more="<candisable>no</candisable>"), enable=True)
    upload = life.upload(package("parrot", "2.0", "cage ge 1.0", more=BREAKING))

    world = read_world()

    cage = world.installed["cage"]
    assert (cage.name, cage.version, cage.enabled) == ("The cage", "1.0", True)
    assert (cage.state, cage.language) == (ModuleState.ENABLED, "declarative")
    assert (cage.can_disable, cage.can_uninstall) == (False, True)
    (parrot,) = world.available
    assert (parrot.source, parrot.reference) == ("upload", str(upload.pk))
    assert [str(one) for one in parrot.requirements] == ["cage ge 1.0"]
    assert [one.named for one in parrot.conflicts] == ["old"]


def in_russian(module_id: str, name: str, *needed: str) -> bytes:
    depends = "".join(f"<module>{one}</module>" for one in needed)
    text = XML.format(id=module_id, version="1.0", depends=depends, more="")
    words = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    words += f'msgid "The {module_id}"\nmsgstr "{name}"\n'
    path = f"{module_id}/i18n/ru_RU/LC_MESSAGES/{module_id}.po"
    return zip_of({f"{module_id}/module.xml": text, path: words})


def test_plans_name_modules_in_the_language_of_the_reader(life: Life) -> None:
    life.install(in_russian("cage", "Клетка"), enable=True)
    life.install(in_russian("parrot", "Попугай", "cage"), enable=True)

    with translation.override("ru"):
        plan = plan_batch(verb=Verb.DISABLE, ids=["cage"])
        cascade = plan_batch(verb=Verb.DISABLE, ids=["cage"], cascade=True)
    with translation.override("en"):
        english = plan_batch(verb=Verb.DISABLE, ids=["cage"])

    (problem,) = plan.problems
    assert (problem.context["name"], problem.context["dependents"]) == ("Клетка", "Попугай")
    assert [one.name for one in cascade.steps] == ["Попугай", "Клетка"]
    assert "Клетка" in str(dict(cascade.steps[0].context)), "the reason names what goes"
    assert english.problems[0].context["name"] == "The cage"


def test_only_the_named_uploads_are_at_hand_when_some_are_named(life: Life) -> None:
    first, second = life.upload(package("cage")), life.upload(package("perch"))

    assert [one.id for one in read_world([str(second.pk)]).available] == ["perch"]
    assert {one.reference for one in read_world().available} == {str(first.pk), str(second.pk)}


def test_the_package_of_a_removed_module_is_at_hand_with_what_it_needs(life: Life) -> None:
    life.install(package("parrot", "1.5", "cage"))
    life.remove("parrot", keep_data=False)

    (kept,) = read_world().available

    assert (kept.id, kept.version, kept.source) == ("parrot", "1.5", "store")
    assert [one.name for one in kept.requirements] == ["cage"]
    assert read_world(with_store=False).available == ()


def test_older_packages_in_the_store_are_left_alone(life: Life) -> None:
    life.install(package("cage", "1.0"))
    life.install(package("cage", "2.0"))

    assert read_world().available == ()


def test_settings_say_which_versions_the_system_stands_for(life: Life) -> None:
    PbxSetting.objects.create(key="FrameworkVersion", value="16.0.40")
    PbxSetting.objects.create(key="AsteriskVersion", value="20.5.0")

    world = read_world()

    assert world.provided["core"].version == "16.0.40"
    assert world.engine == ("asterisk", "20.5.0")
    assert world.framework_version == "16.0.40"


def test_files_are_looked_for_only_by_whole_paths(life: Life) -> None:
    exists = read_world().file_exists

    assert exists("/etc/passwd")
    assert not exists("etc/passwd")
    assert not exists("/etc/passwd\0")
    assert not exists("/no/such/file")


def test_the_number_of_queries_does_not_grow_with_the_modules(life: Life) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            read_world()
        return len(caught)

    life.install(package("cage"))
    life.upload(package("perch"))
    few = queries()
    for number in range(3):
        life.install(package(f"bird{number}"))
        life.upload(package(f"seed{number}"))

    assert queries() == few == 5


def test_a_plan_made_of_rows_installs_what_is_needed_first(life: Life) -> None:
    life.upload(package("cage", "1.0"))
    life.upload(package("parrot", "1.0", "cage"))

    plan = resolve(read_world(), [Goal(Verb.INSTALL, "parrot", enable=True)])

    assert [(step.id, step.enable) for step in plan.steps] == [("cage", True), ("parrot", True)]
    assert not Module.objects.exists()
