"""Wrong input: every mistake at once, at its place, with what to do about it, and exit 2; nothing is judged."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

MANIFEST = """\
schema = 1
[service]
name = "sample"
stage = "live"
reach = ["registered-public"]
regions = ["cn-mainland"]
[provider]
roles = ["service-provider"]
[output]
generative = true
modalities = ["text"]
"""
TEN_MISTAKES = """\
schema = 1
sevice = "x"
personalised-push = "perhaps"
[service]
stage = "alive"
public-since = "March"
[output]
modalities = ["txt"]
generative = "yes"
[implements]
visible-lable = { hook = "app:mark" }
complaint-entry = { endpoint = "POST /api/complaints", hok = "x" }
service-agreement = { document = "../outside/terms.md" }
[[attest]]
control = "content-filter"
by = "A. Person"
on = 2026-01-01
expires = 2025-01-01
reason = "r"
"""
WAIVER = """\
[[waiver]]
obligation = "cn-genai/art12-label-generated-content"
owner = "team-chat@service.cn"
reason = "the label ships with release 2"
approved-by = "legal"
created = 2026-02-01
expires = 2026-04-01
"""
DAY = ("--as-of", "2026-03-01", "--jobs", "1")


@pytest.fixture
def root(tmp_path) -> Path:
    root = tmp_path / "service"
    root.mkdir()
    (root / "genai-service.toml").write_text(MANIFEST)
    (root / "app.py").write_text("print(1)\n")
    return root


def mistakes(result) -> list[str]:
    assert result.code == 2, result.out + result.err
    assert result.out == ""
    assert "Traceback" not in result.err
    return [line.removeprefix("error: ") for line in result.err.splitlines() if line.startswith("error: ")]


def test_a_manifest_with_ten_mistakes_lists_ten(cli, root):
    (root / "genai-service.toml").write_text(TEN_MISTAKES)
    for command in ("check", "scope"):
        told = mistakes(cli(command, root, *DAY[:2]))
        assert len(told) == 10, told
        assert all(re.match(r"genai-service\.toml:\d+:\d+: ", line) for line in told)
        assert all("; " in line or " must be " in line for line in told), "each says what to do"
        assert [int(line.split(":")[1]) for line in told] == sorted(int(line.split(":")[1]) for line in told)


def test_the_mistakes_of_several_manifests_come_together(cli, root):
    (root / "other").mkdir()
    (root / "other" / "genai-service.toml").write_text("schema = 1\nbogus = 1\n")
    (root / "genai-service.toml").write_text("schema = 1\nstrange = 1\n")
    told = mistakes(cli("check", root, *DAY))
    assert [line.split(":")[0] for line in told] == ["genai-service.toml", "other/genai-service.toml"]


@pytest.mark.parametrize("target", ["../secret.md", "/etc/passwd", "docs/../../secret.md", "C:\\secret.md"])
@pytest.mark.parametrize("kind", ["document", "setting", "register"])
def test_a_locator_never_points_outside(cli, root, kind, target):
    control = {"document": "service-agreement", "setting": "log-retention", "register": "training-register"}[kind]
    part = "#a.b" if kind == "setting" else ""
    (root / "genai-service.toml").write_text(f"{MANIFEST}[implements]\n{control} = {{ {kind} = '{target}{part}' }}\n")
    (told,) = mistakes(cli("check", root, *DAY))
    assert told.startswith(f"genai-service.toml:13:{len(control) + 4}: implements.{control}") or "genai-service.toml:13:" in told
    assert "outside" in told or "relative" in told


def test_a_pack_with_four_mistakes_lists_four(cli, tmp_path):
    pack = tmp_path / "mine" / "house"
    (pack / "obligations").mkdir(parents=True)
    (pack / "pack.toml").write_text(PACK.replace('status = "in-force"', 'status = "in-foce"'))
    (pack / "obligations" / "cards.toml").write_text(
        OBLIGATION.replace('force = "mandatory"', 'force = "must"')
        .replace("in-force = 2024-01-01", 'in-force = "soon"')
        .replace('"house-card"', '"house-crad"')
    )
    (tmp_path / "mine" / "controls").mkdir()
    (tmp_path / "mine" / "controls" / "house-card.toml").write_text(CONTROL)
    told = mistakes(cli("pack", "lint", "--pack-dir", tmp_path / "mine"))
    assert len(told) == 4, told
    assert all(re.search(r"\.toml:\d+:\d+: ", line) for line in told)
    assert any("did you mean" in line for line in told)


# ---- waivers -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (WAIVER.replace("2026-04-01", "2026-02-15"), "expire"),
        (WAIVER.replace("art12-label-generated-content", "art12-label"), "art12-label-generated-content"),
        (WAIVER.replace('owner = "team-chat@service.cn"\n', ""), "owner"),
        (WAIVER + WAIVER, "waiver[1]"),
        (
            WAIVER.replace("cn-genai/art12-label-generated-content", "cn-genai/art9-service-agreement") + 'path = "nowhere.py"\n',
            "nowhere.py",
        ),
        (WAIVER + 'colour = "red"\n', "colour"),
        ("[[waiver]\n", "genai-waivers.toml:1"),
        ("\0\0", "genai-waivers.toml"),
    ],
    ids=["expired", "unknown obligation", "no owner", "twice", "matches nothing", "unknown key", "syntax", "binary"],
)
def test_a_waiver_that_cannot_stand(cli, root, text, said):
    (root / "genai-waivers.toml").write_text(text)
    result = cli("check", root, *DAY)
    told = mistakes(result)
    assert any(said in line for line in told), told
    assert all("genai-waivers.toml" in line for line in told)


def test_a_baseline_that_cannot_stand(cli, root):
    for text in ("{", "[]", '{"schema": "other"}', "\0"):
        (root / ".genai-baseline.json").write_text(text)
        assert ".genai-baseline.json" in "".join(mistakes(cli("check", root, *DAY)))


# ---- a clumsy new user ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["scope", "app.py"], "genai-policy check ."),
        (["check", ".", "--lang", "xx"], "'en', 'zh'"),
        (["check", ".", "--format", "nonsense"], "nonsense"),
        (["check", ".", "--jobs", "many"], "many"),
        (["check", ".", "--jobs", "-1"], "-1"),
        (["explain"], "ID"),
        (["explain", "cn-genai/art12"], "did you mean cn-genai/art12-label-generated-content?"),
        (["explain", "art15"], "cn-genai/art15-complaint-entry or cn-genai/art15-handle-and-feed-back"),
        (["pack"], "--help"),
        (["pack", "shwo"], "shwo"),
        (["init", "."], "--force"),
        (["waiver", "lint", "nowhere"], "nowhere"),
        (["baseline", "nowhere"], "nowhere"),
        (["label", "verify", "x.png"], "label"),
    ],
    ids=" ".join,
)
def test_slips_are_answered_with_a_way_out(cli, root, monkeypatch, arguments, said):
    monkeypatch.chdir(root)
    result = cli(*arguments)
    assert result.code == 2, result.out
    assert said in result.err, result.err
    assert "Traceback" not in result.err


def test_a_directory_without_a_manifest_below_one_that_has_it(cli, root):
    (root / "deep").mkdir()
    (root / "deep" / "x.py").write_text("print(1)\n")
    (told,) = mistakes(cli("check", root / "deep", *DAY))
    assert "init" in told


@pytest.mark.parametrize("files", [["."], ["genai-service.toml"], ["app.py", "."]], ids=" ".join)
def test_a_directory_among_the_files_stands_for_all_below_it(cli, root, monkeypatch, files):
    monkeypatch.chdir(root)
    assert cli("check", ".", *files, *DAY).code == 1
    (root / "src").mkdir()
    assert cli("check", ".", "src", *DAY).code == 0, "no finding lies there"


def test_an_empty_directory(cli, tmp_path):
    (told,) = mistakes(cli("check", tmp_path))
    assert "nothing to judge" in told


# ---- an obligation is data -----------------------------------------------------------------------------------------------

PACK = """\
schema = 1
id = "house"
jurisdiction = "CN"
status = "in-force"
version = "1.0.0"
in-force = 2024-01-01
sources = ["https://example.cn/house-rules"]
[title]
en = "House rules"
zh = "内部规则"
[instrument]
en = "House rules of the company"
zh = "公司内部规则"
"""
OBLIGATION = """\
schema = 1
id = "house/cards"
role = "duty"
force = "mandatory"
in-force = 2024-01-01
strength = "presence"
on-unknown = "applies"
[title]
en = "A card for every service"
zh = "每项服务应有说明卡"
[duty]
en = "Each service has a card."
zh = "每项服务应有说明卡。"
[clause]
en = "House rules, no. 1"
zh = "内部规则第一条"
[fix]
en = "Write the card."
zh = "编写说明卡。"
[limits]
en = "Shows that the card exists."
zh = "只能证明说明卡存在。"
[reading]
status = "settled"
confidence = "high"
[applies-when]
fact = "service.stage"
is = "live"
[[requires]]
control = "house-card"
"""
CONTROL = """\
schema = 1
id = "house-card"
[title]
en = "Card of the service"
zh = "服务说明卡"
[looks-for]
en = "A document with an owner."
zh = "写明负责人的文件。"
[fix]
en = "Write it and claim it."
zh = "编写并声明。"
[limits]
en = "Not whether it is right."
zh = "不判断内容是否正确。"
[[way]]
kind = "document"
min-length = 10
[[way.topics]]
id = "owner"
any = ['(?i)\\bowner\\b']
[way.topics.title]
en = "the owner"
zh = "负责人"
"""


def test_an_obligation_is_added_without_python_and_gates(cli, root, tmp_path):
    packs = tmp_path / "packs"
    for name, text in {
        "house/pack.toml": PACK,
        "house/obligations/cards.toml": OBLIGATION,
        "controls/house-card.toml": CONTROL,
        "house/tests/cards/satisfied/genai-service.toml": MANIFEST + '[implements]\nhouse-card = { document = "card.md" }\n',
        "house/tests/cards/satisfied/card.md": "# Card\n\nThe owner of this service is the chat team.\n",
        "house/tests/cards/unmet/genai-service.toml": MANIFEST,
    }.items():
        (packs / name).parent.mkdir(parents=True, exist_ok=True)
        (packs / name).write_text(text)
    named = ("--pack-dir", packs)
    assert cli("pack", "lint", *named).code == 0
    assert "house" in cli("pack", "list", *named).out
    assert "Write the card." in cli("explain", "house/cards", *named).out
    tested = cli("pack", "test", "house", *named)
    assert tested.code == 0, tested.out + tested.err

    unmet = cli("check", root, *DAY, "--pack", "house", *named)
    assert unmet.code == 1, unmet.out + unmet.err
    assert "house/cards" in unmet.out

    (root / "card.md").write_text("# Card\n\nThe owner of this service is the chat team.\n")
    (root / "genai-service.toml").write_text(MANIFEST + '[implements]\nhouse-card = { document = "card.md" }\n')
    met = cli("check", root, *DAY, "--pack", "house", *named)
    assert met.code == 0, met.out + met.err
    unnamed = cli("check", root, *DAY, "--pack", "house")
    assert unnamed.code == 2, "local packs load only when the caller names their directory"
    assert "house" in unnamed.err
    both = cli("check", root, *DAY, *named, "-f", "json").out
    assert '"house/cards"' in both
    assert '"cn-genai/art12-label-generated-content"' in both
