"""One row for each row of the tables in reference F2.2, and what people wrote in real manifests."""

from __future__ import annotations

import pytest

from modules_app.domain.dependencies.grammar import (
    Kind,
    Op,
    Requirement,
    read_condition,
    read_requirements,
)
from modules_app.domain.findings import Finding, Severity
from modules_app.domain.manifest import Contract

STRICT_MODULES = [
    ("core", "core"),
    ("core 13.0.22", "core ge 13.0.22"),
    ("core ge 13.0.22", "core ge 13.0.22"),
    ("core  ge  13.0.22", "core ge 13.0.22"),
    ("core ge13.0.22", "core ge 13.0.22"),
    ("core gt13.0", "core gt 13.0"),
    ("core eq 13.0", "core eq 13.0"),
    ("core = 13.0", "core eq 13.0"),
    ("core == 13.0", "core eq 13.0"),
    ("core != 13.0", "core ne 13.0"),
    ("core ne 13.0", "core ne 13.0"),
    ("core lt 13.0", "core lt 13.0"),
    ("core le 13.0", "core le 13.0"),
    ("core ge 2.11.0rc1.1", "core ge 2.11.0rc1.1"),
    ("core 13.0.1alpha5", "core ge 13.0.1alpha5"),
    ("core 13.0.1.beta1", "core ge 13.0.1.beta1"),
    ("core 13.0beta1", "core ge 13.0beta1"),
    ("core 13.0.1pl1", "core ge 13.0.1pl1"),
    ("core 13.0.1p1", "core ge 13.0.1p1"),
    ("core\n", "core"),
    ("core ge 13.0\n", "core ge 13.0"),
    ("Core", "Core"),
]
LOOSE_MODULES = [
    ("core GE 13.0", "core ge 13.0"),
    ("core >= 13.0", "core ge 13.0"),
    ("core > 13.0", "core gt 13.0"),
    ("core <= 13.0", "core le 13.0"),
    ("core < 13.0", "core lt 13.0"),
    ("core <> 13.0", "core ne 13.0"),
    ("core>=13.0", "core ge 13.0"),
    ("core 13", "core ge 13"),
    ("core ge 13", "core ge 13"),
    ("core ge 13.", "core ge 13"),
    ("core ge 13.0.1alpha", "core ge 13.0.1alpha"),
    ("core ge 13.0.1-beta1", "core ge 13.0.1-beta1"),
    ("core ge 13.0.1dev1", "core ge 13.0.1dev1"),
    ("core ge 13.0.x", "core ge 13.0"),
    ("core ge 13.0.*", "core ge 13.0"),
    ("core ge v13.0", "core ge 13.0"),
    ("asterisk-cli", "asterisk-cli"),
    ("asterisk-cli ge 13.0", "asterisk-cli ge 13.0"),
    ("core,framework", "core, framework"),
    (" core", "core"),
    ("\ncore ge 13.0", "core ge 13.0"),
    ("core ", "core"),
    ("core ge 13.0\n\n", "core ge 13.0"),
    ("core ge 13.0 lt 15.0", "core ge 13.0, core lt 15.0"),
    ("userman ge 13", "userman ge 13"),
    ("sysadmin ge ?????", "sysadmin"),
]
STRICT_VERSIONS = [
    ("13", "ge 13"),
    ("13.0", "ge 13.0"),
    ("ge 13.0", "ge 13.0"),
    ("ge13.0", "ge 13.0"),
    ("eq 13.0", "eq 13.0"),
    ("lt 2.8.0alpha0", "lt 2.8.0alpha0"),
    (" 13.0", "ge 13.0"),
    ("13.0-1", "ge 13.0-1"),
    ("13.0.x", "ge 13.0.x"),
    ("b1", "ge b1"),
    ("0", "ge 0"),
]
TAILED = [
    ("version", "13.0 beta", "ge 13.0 beta"),
    ("version", "16.0 17.0", "ge 16.0 17.0"),
    ("version", "13.0.1 || 14", "ge 13.0.1 || 14"),
    ("module", "core ge 13.0||14.0", "core ge 13.0||14.0"),
]
LOOSE_VERSIONS = [
    (">= 13.0", "ge 13.0"),
    (">=2.10.0", "ge 2.10.0"),
    ("13.", "ge 13"),
    ("13.0.", "ge 13.0"),
    ("13..0", "ge 13..0"),
    ("13beta1", "ge 13beta1"),
    ("beta13", "ge beta13"),
    ("alpha1", "ge alpha1"),
    ("rc1", "ge rc1"),
    ("v13", "ge 13"),
    ("13 ", "ge 13"),
    ("callrecording ge 12.0.1", "module callrecording ge 12.0.1"),
    ("callrecording gw 12.0.1", "module callrecording ge 12.0.1"),
]
STRICT_ENGINES = [
    ("asterisk", "asterisk"),
    ("asterisk 11", "asterisk ge 11"),
    ("asterisk ge 1.8", "asterisk ge 1.8"),
    ("asterisk 13.0.0-rc1", "asterisk ge 13.0.0-rc1"),
]
LOOSE_ENGINES = [("asterisk >= 13", "asterisk ge 13"), ("asterisk ge", "asterisk")]
COMPONENTS = [
    ("curl", "curl", True),
    ("curl ge 7.0", "curl ge 7.0", True),
    ("Zend Guard Loader", "Zend Guard Loader", True),
    ("zend optimizer", "zend optimizer", True),
    ("ionCube Loader", "ionCube Loader", False),
    ("curl || mbstring ge 1.0", "curl || mbstring ge 1.0", True),
]


def read(
    kind: str, text: str, contract: Contract = Contract.FREEPBX
) -> tuple[tuple[Requirement, ...], tuple[Finding, ...]]:
    entry = {"kind": kind, "value": text.strip(), "raw": text, "line": 7}
    return read_requirements([entry], contract)


def told(kind: str, requirements: tuple[Requirement, ...]) -> str:
    return ", ".join(str(one) if one.kind == kind else f"{one.kind} {one}" for one in requirements)


@pytest.mark.parametrize(
    ("kind", "text", "reading"),
    [
        *(("module", *row) for row in STRICT_MODULES),
        *(("version", *row) for row in STRICT_VERSIONS),
        *(("phpversion", *row) for row in STRICT_VERSIONS),
        *(("engine", *row) for row in STRICT_ENGINES),
    ],
)
def test_what_freepbx_accepts_is_read_as_it_reads_it_and_not_remarked(
    kind: str, text: str, reading: str
) -> None:
    requirements, findings = read(kind, text)

    assert told(kind, requirements) == reading
    assert all(one.strict and one.line == 7 for one in requirements)
    assert findings == ()


@pytest.mark.parametrize(
    ("kind", "text", "reading"),
    [
        *(("module", *row) for row in LOOSE_MODULES),
        *(("version", *row) for row in LOOSE_VERSIONS),
        *(("engine", *row) for row in LOOSE_ENGINES),
    ],
)
def test_what_freepbx_ignores_gets_our_reading_and_one_warning_with_its_place(
    kind: str, text: str, reading: str
) -> None:
    requirements, (finding,) = read(kind, text)

    assert told(kind, requirements) == reading
    assert not any(one.strict for one in requirements)
    assert finding.severity is Severity.WARNING
    assert finding.slug == "requirement-loose"
    assert finding.location == "module.xml:7"
    assert finding.context["written"] == text.strip()
    assert finding.context["reading"] == reading


@pytest.mark.parametrize(("kind", "text", "reading"), TAILED)
def test_a_tail_that_freepbx_compares_too_stays_in_the_version_and_is_remarked(
    kind: str, text: str, reading: str
) -> None:
    requirements, (finding,) = read(kind, text)

    assert told(kind, requirements) == reading
    assert requirements[0].strict
    assert finding.slug == "requirement-tail"


@pytest.mark.parametrize(("kind", "text"), [("version", "*"), ("module", "???")])
def test_what_makes_no_sense_at_all_requires_nothing_and_says_so(kind: str, text: str) -> None:
    requirements, (finding,) = read(kind, text)

    assert requirements == ()
    assert finding.slug == "requirement-unreadable"


@pytest.mark.parametrize(("text", "reading", "strict"), COMPONENTS)
def test_php_components_are_read_with_their_alternatives(
    text: str, reading: str, strict: bool
) -> None:
    (one,), findings = read("phpcomponent", text)

    assert str(one) == reading
    assert one.strict is strict
    assert bool(findings) is not strict
    assert [str(option) for option in one.alternatives] == (
        ["curl", "mbstring ge 1.0"] if "||" in text else []
    )


def test_a_file_is_taken_as_it_is() -> None:
    (one,), findings = read("file", "/usr/lib/%X%/includes.php")

    assert (one.kind, one.name, findings) == (Kind.FILE, "/usr/lib/%X%/includes.php", ())


def test_unknown_kinds_and_empty_values_require_nothing() -> None:
    entries = [{"kind": "user", "value": "x"}, {"kind": "module", "value": "  "}, {"value": "x"}]

    assert read_requirements(entries, Contract.FREEPBX) == ((), ())


def test_a_mikopbx_manifest_is_named_where_a_remark_is_about_it() -> None:
    _requirements, (finding,) = read_requirements(
        [{"kind": "module", "value": "hellopbx >= 1.0"}], Contract.MIKOPBX
    )

    assert finding.location == "module.json"


@pytest.mark.parametrize("op", Op)
def test_each_operator_holds_for_its_orders_only(op: Op) -> None:
    expected = {
        Op.LT: {-1},
        Op.LE: {-1, 0},
        Op.GT: {1},
        Op.GE: {0, 1},
        Op.EQ: {0},
        Op.NE: {-1, 1},
    }

    assert {order for order in (-1, 0, 1) if op.holds(order)} == expected[op]


def test_versions_of_modules_ignore_case_and_those_of_engines_do_not() -> None:
    (module,), _ = read("module", "core ge 13.0.1alpha1")
    (engine,), _ = read("engine", "asterisk ge 13.0.0-beta1")

    assert module.accepts("13.0.1ALPHA1")
    assert not module.accepts("13.0.1ALPHA1", Contract.MIKOPBX)
    assert not engine.accepts("13.0.0-BETA1")


@pytest.mark.parametrize(
    ("text", "reading"),
    [("lt 15.0", "lt 15.0"), ("15", "ge 15"), (">= 3", "ge 3"), ("", ""), ("nonsense", "")],
)
def test_the_condition_of_a_conflict_has_the_grammar_of_versions(text: str, reading: str) -> None:
    condition = read_condition(text)

    assert (str(condition) if condition else "") == reading


@pytest.mark.parametrize("piece", ["1", "1a", ".11", " ", "11.", "ge ", "a-", ",", ".x"])
@pytest.mark.parametrize("kind", ["module", "version", "engine", "phpcomponent"])
def test_every_length_of_a_hostile_text_is_answered(kind: str, piece: str) -> None:
    """An expression that goes back over its choices would not end in anybody's lifetime."""
    for start in ("core ge 1", "1", ""):
        for length in (199, 100_000):
            text = (start + piece * length)[:length] + "\t!"
            requirements, findings = read(kind, text)
            assert length < 200 or (requirements == () and findings)
