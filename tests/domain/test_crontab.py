"""Lines of a crontab: what we take, the real crontab takes, too."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from modules_app.domain.crontab import FIELDS, LONGEST, NICKNAMES, Job, read_job
from modules_app.exceptions import Refused


@pytest.mark.parametrize(
    ("line", "when"),
    [
        ("* * * * * run", "* * * * *"),
        ("*/5 0-23/2 1,15 jan-MAR mon,wed run", "*/5 0-23/2 1,15 jan-MAR mon,wed"),
        ("  5\t4 * *  sun \t run", "5 4 * * sun"),
        ("59 23 31 12 7 run", "59 23 31 12 7"),
        ("@daily run", "@daily"),
        ("@reboot   run", "@reboot"),
    ],
)
def test_times_are_read(line: str, when: str) -> None:
    assert read_job(line) == Job(when, "run")


def test_the_user_is_put_between_time_and_command() -> None:
    assert read_job("@hourly a b >/dev/null 2>&1").as_line("pbx") == (
        "@hourly pbx a b >/dev/null 2>&1"
    )
    assert read_job("1 2 3 4 5 date +\\%F").as_line("pbx") == "1 2 3 4 5 pbx date +\\%F"


@pytest.mark.parametrize(
    ("line", "slug"),
    [
        ("60 * * * * run", "cron-field-wrong"),
        ("* 24 * * * run", "cron-field-wrong"),
        ("* * 0 * * run", "cron-field-wrong"),
        ("* * 32 * * run", "cron-field-wrong"),
        ("* * * 13 * run", "cron-field-wrong"),
        ("* * * * 8 run", "cron-field-wrong"),
        ("* * * mon * run", "cron-field-wrong"),
        ("5-1 * * * * run", "cron-field-wrong"),
        ("*/0 * * * * run", "cron-field-wrong"),
        ("*/60 * * * * run", "cron-field-wrong"),
        ("5/2 * * * * run", "cron-field-wrong"),
        ("1,,2 * * * * run", "cron-field-wrong"),
        ("1, * * * * run", "cron-field-wrong"),
        ("1-5-7 * * * * run", "cron-field-wrong"),
        ("-1 * * * * run", "cron-field-wrong"),
        ("٣ * * * * run", "cron-field-wrong"),
        ("-* * * * * run", "cron-field-wrong"),
        ("* * * * *", "cron-no-command"),
        ("* * * *", "cron-fields"),
        ("run", "cron-fields"),
        ("@fortnightly run", "cron-nickname"),
        ("@Daily run", "cron-nickname"),
        ("@daily", "cron-no-command"),
        ("MAILTO=root", "cron-setting"),
        ("PATH = /tmp", "cron-setting"),
        ('"SHELL"=/bin/false', "cron-setting"),
        ("* * * * * date +%F", "cron-percent"),
        ("* * * * * a\\%b%c", "cron-percent"),
        ("* * * * * root run", "cron-user"),
        ("@daily pbx run", "cron-user"),
        ("* * * * * run\n* * * * * root id", "cron-character"),
        ("* * * * * run\r", "cron-character"),
        ("* * * * * run\x0bx", "cron-character"),
        ("* * * * * run \u202e x", "cron-character"),
        ("* * * * * run\0", "cron-character"),
        ("* * * * * " + "x" * LONGEST, "cron-too-long"),
    ],
)
def test_a_wrong_line_is_refused_with_its_reason(line: str, slug: str) -> None:
    with pytest.raises(Refused) as caught:
        read_job(line, users=("root", "pbx"))
    assert caught.value.slug == slug
    assert "{" not in str(caught.value)


_number = st.integers(0, 70).map(str)
_atom = st.one_of(st.just("*"), _number, st.sampled_from(["jan", "dec", "sun", "fri", "x"]))
_part = st.one_of(
    _atom,
    st.tuples(_atom, _number).map("-".join),
    st.tuples(_atom, _number).map("/".join),
    st.tuples(_number, _number, _number).map(lambda t: f"{t[0]}-{t[1]}/{t[2]}"),
)
_field = st.lists(_part, min_size=1, max_size=3).map(",".join)
_times = st.one_of(
    st.lists(_field, min_size=5, max_size=5).map(" ".join), st.sampled_from(sorted(NICKNAMES))
)


@limits(max_examples=400)
@given(when=_times)
def test_what_is_read_stays_in_the_range_of_its_field(when: str) -> None:
    try:
        job = read_job(f"{when} run")
    except Refused:
        return
    assert job.when == when
    if not when.startswith("@"):
        for field, value in zip(FIELDS, when.split(" "), strict=True):
            numbers = [
                int(n) for n in value.replace("/", ",").replace("-", ",").split(",") if n.isdigit()
            ]
            assert all(n <= max(field.high, 59) for n in numbers)


def test_the_real_crontab_takes_what_we_take(
    tmp_path: Path, need_tool: Callable[[str], str]
) -> None:
    """Many generated lines at once: one that cron refused would refuse the file."""
    crontab = need_tool("crontab")
    taken: list[str] = []

    @limits(max_examples=600, database=None)
    @given(
        when=_times, command=st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=30)
    )
    def collect(when: str, command: str) -> None:
        try:
            taken.append(read_job(f"{when} {command}").as_line("nobody"))
        except Refused:
            return

    collect()
    assert len(taken) > 20
    file = tmp_path / "crontab"
    file.write_text("".join(f"{line}\n" for line in taken), "utf-8")
    done = subprocess.run([crontab, "-n", str(file)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr + file.read_bytes()
