"""Waivers and the baseline: what they become, and what makes them void."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genai_policy.assess.waiving import idle_mistake
from genai_policy.errors import WaiverError
from genai_policy.load.baseline import read_baseline, render_baseline, unmatched_entries
from genai_policy.load.mistakes import Mistakes
from genai_policy.load.toml import read_toml
from genai_policy.load.waivers import load_waivers
from genai_policy.load.waivers_text import without
from genai_policy.model.code import Place
from genai_policy.model.law import Condition, Control, Law, Obligation, Pack, Requirement
from genai_policy.model.message import Message, Text
from genai_policy.model.service import Waiver
from genai_policy.model.verdict import Finding

DAY = dt.date(2026, 11, 15)
WORDS = Text("a", "b")


def obligation(name: str, *, waivable: bool = True) -> Obligation:
    return Obligation(
        id=f"cn-x/{name}", pack="cn-x", role="duty", title=WORDS, duty=WORDS, clause=WORDS, force="mandatory", in_force=DAY,
        applies_when=Condition("always", value=True), on_unknown="applies", fix=WORDS, limits=WORDS, file="o.toml",
        requires=(Requirement("visible-label"),), waivable=waivable,
    )  # fmt: skip


LAW = Law(
    (Pack("cn-x", WORDS, WORDS, "CN", "in-force", "1", DAY, "p", obligations=(obligation("label"), obligation("strict", waivable=False))),),
    {"visible-label": Control("visible-label", WORDS, WORDS, WORDS, WORDS, "c.toml")},
)
WAIVER = """\
[[waiver]]
obligation = "cn-x/label"
control = "visible-label"
path = "app/old.py"
owner = "team-a"
reason = "is replaced in March"
approved-by = "Li Wei"
created = 2026-10-01
expires = 2026-12-31
"""


def load(text: str, as_of: dt.date | None = DAY) -> tuple[Waiver, ...]:
    return load_waivers(lambda _: text.encode(), "genai-waivers.toml", LAW, (), as_of)


def told(text: str) -> list[str]:
    with pytest.raises(WaiverError) as caught:
        load(text)
    return [str(m).removeprefix("genai-waivers.toml:") for m in caught.value.mistakes]


def test_a_waiver() -> None:
    assert load(WAIVER) == (
        Waiver(
            "cn-x/label",
            "team-a",
            "is replaced in March",
            "Li Wei",
            dt.date(2026, 10, 1),
            dt.date(2026, 12, 31),
            Place("genai-waivers.toml", 1, 3),
            "visible-label",
            "app/old.py",
        ),
    )
    assert load("") == load("schema = 1\n") == ()


def test_it_counts_on_its_last_day_and_no_longer() -> None:
    assert load(WAIVER, dt.date(2026, 12, 31))
    with pytest.raises(WaiverError) as caught:
        load(WAIVER, dt.date(2027, 1, 1))
    assert str(caught.value) == (
        "genai-waivers.toml:9:11: waiver[0].expires: the waiver has expired: it does not count since 2027-01-01 (Asia/Shanghai); "
        "meet cn-x/label and drop the waiver, or have Li Wei approve it again with new dates"
    )
    assert load(WAIVER, None)


def test_every_mistake_is_told() -> None:
    text = """\
[[waivers]]
[[waiver]]
obligation = "cn-x/lable"
control = "visible-labels"
owner = ""
reason = "r"
approved-by = "b"
created = 2026-10-01
expires = 2026-12-31
"""
    assert told(text) == [
        '1:3: waivers: unknown key; did you mean "waiver"? keys here: schema, time-zone, waiver',
        "5:9: waiver[0].owner: is empty; write it out",
    ]
    text = text.replace("[[waivers]]\n", "").replace('owner = ""', 'owner = "a"')
    assert told(text) == [
        '2:14: waiver[0].obligation: unknown obligation "cn-x/lable"; did you mean "cn-x/label"? obligations: cn-x/label, cn-x/strict',
        '3:11: waiver[0].control: unknown control "visible-labels"; did you mean "visible-label"? its controls: visible-label',
    ]
    assert told(WAIVER.replace("visible-label", "metadata-label")) == [
        '3:11: waiver[0].control: cn-x/label does not ask for "metadata-label"; its controls: visible-label'
    ]
    assert told(WAIVER.replace("app/old.py", "../x").replace("2026-10-01", "2027-10-01")) == [
        '4:8: waiver[0].path: "../x" points outside the root; write it relative to the scanned root',
        "9:11: waiver[0].expires: 2026-12-31 is before `created` (2027-10-01); check both dates",
    ]
    assert told(WAIVER.replace("cn-x/label", "cn-x/strict")) == [
        (
            "2:14: waiver[0].obligation: cn-x/strict cannot be waived; "
            "meet it, or have the person who answers for it attest it in the manifest ([[attest]])"
        )
    ]
    assert told(WAIVER + WAIVER) == ["10:3: waiver[1]: says again what line 1 says for the same time; keep one of them"]


def test_a_renewal_is_no_repetition() -> None:
    before = WAIVER.replace("2026-10-01", "2026-01-01").replace("2026-12-31", "2026-09-30")
    assert len(load(before + WAIVER, dt.date(2026, 9, 1))) == 2


def test_an_unmatched_waiver_says_so_at_its_line() -> None:
    (waiver,) = load(WAIVER)
    assert str(idle_mistake(waiver)) == (
        "genai-waivers.toml:1:3: waiver: matches nothing: cn-x/label, visible-label is not unmet in app/old.py; "
        "remove it (its owner is team-a), or correct obligation, control or path"
    )


# ---- baseline -----------------------------------------------------------------------------------------------------------


def finding(fingerprint: str, file: str = "a.py", line: int = 1) -> Finding:
    return Finding(fingerprint, "svc", "cn-x/label", "visible-label", "error", Message("m"), "new", (Place(file, line),))


def read(text: str | bytes) -> frozenset[str]:
    return read_baseline(lambda _: text.encode() if isinstance(text, str) else text, ".genai-baseline.json")


def test_a_baseline_comes_back_as_it_was_written() -> None:
    text = render_baseline([finding("b" * 16), finding("a" * 16, line=7)])
    assert read(text) == {"a" * 16, "b" * 16}
    assert text == render_baseline([finding("a" * 16, line=99), finding("b" * 16), finding("b" * 16)])
    assert json.loads(text)["schema"] == "genai-policy/baseline/1"
    assert text.endswith("}\n")


def test_no_baseline_accepts_nothing() -> None:
    def absent(_: str) -> bytes:
        raise FileNotFoundError(2, "No such file or directory")

    assert read_baseline(absent) == frozenset()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", r"\.genai-baseline\.json:1:2: not valid JSON"),
        ("[]", "must be an object"),
        ("{}", r"(?s)findings: must be a list.*schema: is missing"),
        ('{"schema": "genai-policy/baseline/2", "findings": []}', 'schema: is "genai-policy/baseline/2"'),
        (
            '{"schema": "genai-policy/baseline/1", "findings": [{}, {"fingerprint": ""}, 3]}',
            r"(?s)findings\[0\].*findings\[1\].*findings\[2\]",
        ),
        (b"\xff", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
    ],
)
def test_a_broken_baseline_is_told(text: str | bytes, problem: str) -> None:
    with pytest.raises(WaiverError, match=problem):
        read(text)


def test_unmatched_entries_name_the_way_out() -> None:
    assert [str(m) for m in unmatched_entries(".genai-baseline.json", ["b", "a"])] == [
        ".genai-baseline.json: findings: a matches nothing; what it accepted is gone: run `genai-policy baseline` again",
        ".genai-baseline.json: findings: b matches nothing; what it accepted is gone: run `genai-policy baseline` again",
    ]


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=80) | st.recursive(st.none() | st.integers() | st.text(max_size=3), lambda v: st.lists(v) | st.dictionaries(
    st.sampled_from(["schema", "findings", "fingerprint"]), v)).map(lambda v: json.dumps(v).encode()))  # fmt: skip
def test_any_bytes_are_read_or_told(data: bytes) -> None:
    try:
        read(data)
    except WaiverError as error:
        assert error.mistakes  # noqa: PT017


# ---- the file as text ----------------------------------------------------------------------------------------------------


def left(text: str, *dropped: int) -> str | None:
    source = read_toml("w.toml", text.encode(), Mistakes())
    assert source is not None
    found = without(source, dropped, len(source.values["waiver"]))
    return found[0] if found else None


def test_only_the_dropped_lines_go() -> None:
    first = '# head\n[[waiver]] # one\nreason = """\nlong\n[[waiver]]\ntext"""\nowner = 1\n\n'
    text = first + "# two\n[[waiver]]\nowner = 2\n[[waiver]]\nowner = 3\n# end\n"
    assert left(text, 1) == text.replace("# two\n[[waiver]]\nowner = 2\n", "")
    assert left(text, 0) == "# head\n# two\n[[waiver]]\nowner = 2\n[[waiver]]\nowner = 3\n# end\n"
    assert left(text, 0, 1, 2) == "# head\n# end\n"


def test_what_cannot_be_cut_out_safely_is_left_alone() -> None:
    assert left("waiver = [{ owner = 1 }, { owner = 2 }]\n", 1) is None
    assert left('[[waiver]]\nreason = """\na\n\n# b\n"""\n[[waiver]]\nowner = 2\n', 0) is None
