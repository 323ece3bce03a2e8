"""Annotation text as Phalcon understands it."""

from __future__ import annotations

import pytest

from modules_app.inspection.annotations import AnnotationError, read_annotations

WANTED = frozenset({"Column", "Primary", "Indexes"})


def test_prose_and_foreign_annotations_are_not_read() -> None:
    comment = """/**
     * Mail me@example.com, see {@link x}.
     * @method static mixed find(array|string $p = null)
     * @var string (unbalanced
     * @Primary
     */"""
    (found,) = read_annotations(comment, WANTED)
    assert (found.name, found.line) == ("Primary", 4)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('type="integer", nullable=false', {"type": "integer", "nullable": False}),
        ("type='string', default='No access'", {"type": "string", "default": "No access"}),
        ("type=string, length=10", {"type": "string", "length": 10}),
        ("type:string, nullable=TRUE", {"type": "string", "nullable": True}),
        ("'type'='string', default=null", {"type": "string", "default": None}),
        ("default=-1.5,", {"default": -1.5}),
        ('default="a, b) = \'c\'"', {"default": "a, b) = 'c'"}),
        ("default=''", {"default": ""}),
    ],
)
def test_arguments_with_names(text: str, named: dict[str, object]) -> None:
    (found,) = read_annotations(f"/** @Column({text}) */", WANTED)
    assert found.named == named
    assert found.items == []


def test_lists_nest_and_span_lines() -> None:
    comment = """/**
     * @Indexes(
     *     [name='a', columns=['x', "y"], type=''],
     *     {name='b', columns={'z'}, type='UNIQUE'}
     * )
     */"""
    (found,) = read_annotations(comment, WANTED)
    assert found.items == [
        {"name": "a", "columns": ["x", "y"], "type": ""},
        {"name": "b", "columns": ["z"], "type": "UNIQUE"},
    ]


def test_an_annotation_may_hold_an_annotation() -> None:
    (found,) = read_annotations("/** @Indexes(@Primary, @Column(a=1)) */", WANTED)
    assert found.items == [{"@": "Primary"}, {"a": 1}]


@pytest.mark.parametrize("text", ["(", "(a=", "(a b)", '("open)', "([1)", "(=)", "(" + "[" * 500])
def test_a_malformed_annotation_says_its_line(text: str) -> None:
    with pytest.raises(AnnotationError) as caught:
        read_annotations(f"/**\n * @Column{text}\n */", WANTED)
    assert caught.value.name == "Column"
    assert caught.value.line in (1, 2)
