"""PHP's own version_compare with an operator judges conditions (reference F4)."""

from __future__ import annotations

import itertools
import json
import subprocess
from collections.abc import Callable

from modules_app.domain.dependencies.grammar import Kind, Op, Requirement
from modules_app.domain.manifest import Contract
from tests.domain.test_versions import F4

SCRIPT = """
foreach (json_decode(stream_get_contents(STDIN), true) as [$have, $op, $want]) {
    $fold = fn($v) => str_replace('rc', 'RC', strtolower($v));
    echo (int) version_compare($have, $want, $op), ' ',
        (int) version_compare($fold($have), $fold($want), $op), PHP_EOL;
}
"""


def test_every_operator_on_every_pair_of_the_hand_table_answers_as_php(
    need_tool: Callable[[str], str],
) -> None:
    pairs = [pair for left, right, *_ in F4 for pair in ((left, right), (right, left))]
    asked = [(have, op, want) for (have, want), op in itertools.product(pairs, Op) if have and want]
    answer = subprocess.run(
        [need_tool("php"), "-r", SCRIPT],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()

    ours = []
    for have, op, want in asked:
        condition = Requirement(Kind.MODULE, "core", op, want)
        plain = condition.accepts(have, Contract.MIKOPBX)
        ours.append(f"{plain:d} {condition.accepts(have, Contract.FREEPBX):d}")

    assert len(asked) > 500
    assert ours == answer
