"""Waivers from their file, or a comment in code, to the report; and what makes each of them void."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DAY = ("--as-of", "2026-11-15", "--jobs", "1")
SHORT_OF_RELEASE = ("--gate", "commit")
LABEL = "cn-genai/art12-label-generated-content"
SOFT = "cn-deep-synthesis/art10-content-management"
COMMENT = f"# genai-policy: waive {SOFT} until 2026-12-31 — the model host filters already"


def waiver(obligation: str = LABEL, **values: str) -> str:
    table = {"obligation": obligation, "owner": "team-a", "reason": "is replaced in March", "approved-by": "Li Wei <li.wei@example.org>"}
    dates = {"created": "2026-10-01", "expires": "2026-12-31"}
    for name in dates.keys() & values.keys():
        dates[name] = values.pop(name)
    table |= {name.replace("_", "-"): value for name, value in values.items()}
    lines = [f'{name} = "{value}"' for name, value in table.items()] + [f"{name} = {value}" for name, value in dates.items()]
    return "\n".join(["[[waiver]]", *lines]) + "\n"


@pytest.fixture
def lantern(tmp_path) -> Path:
    """The example with an answer that leaves without its label."""
    root = Path(shutil.copytree(ROOT / "examples" / "lantern", tmp_path / "lantern"))
    edit(root / "app" / "chat.py", 'return {"answer": mark_text(text)}', 'return {"answer": text}')
    return root


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def write(root: Path, *waivers: str, head: str = "") -> None:
    (root / "genai-waivers.toml").write_text(head + "\n".join(waivers), "utf-8")


# ---- the file ------------------------------------------------------------------------------------------------------------


def test_a_waived_finding_is_told_with_reason_and_last_day_and_does_not_block(cli, lantern):
    write(lantern, waiver())
    result = cli("check", lantern, *DAY)
    assert result.code == 0, result.out + result.err
    assert "waived until 2026-12-31 (is replaced in March)" in result.out
    record = json.loads(cli("check", lantern, *DAY, "-f", "json").out)
    (finding,) = record["findings"]
    assert finding["status"] == "waived"
    assert finding["waiver"]["owner"] == "team-a"
    assert next(d for d in record["services"][0]["obligations"] if d["id"] == LABEL)["outcome"] == "unmet"
    sarif = json.loads(cli("check", lantern, *DAY, "-f", "sarif").out)
    (suppressed,) = [r["suppressions"][0] for r in sarif["runs"][0]["results"] if r.get("suppressions")]
    assert suppressed["kind"] == "external"
    assert "approved by Li Wei" in suppressed["justification"]


@pytest.mark.parametrize(
    ("zone", "day", "code"),
    [
        ("", "2026-12-31", 0),
        ("", "2027-01-01", 2),
        ('time-zone = "+09:00"\n', "2027-01-01", 2),
        ('time-zone = "UTC"\n', "2027-01-01", 0),
        ('time-zone = "America/Los_Angeles"\n', "2027-01-02", 2),
        ('time-zone = "Nowhere"\n', "2026-12-01", 2),
    ],
)
def test_it_counts_through_its_last_day_in_its_time_zone(cli, lantern, zone, day, code):
    write(lantern, waiver(), head=zone)
    result = cli("validate", lantern, "--as-of", day)
    assert result.code == code, result.err
    if "Nowhere" in zone:
        assert '"Nowhere" is no time zone; write "Asia/Shanghai"' in result.err


def test_no_more_waivers_than_the_manifest_allows(cli, lantern):
    write(lantern, waiver(), waiver(path="app/chat.py"), waiver(path="app/nowhere.py"))
    edit(lantern / "genai-service.toml", "[policy]", "[policy]\nwaivers = { most = 2 }")
    result = cli("validate", lantern, *DAY[:2])
    assert result.code == 2
    assert "waiver: 3 waivers, and 2 are allowed; meet some of the obligations, or raise policy.waivers.most" in result.err


def test_an_organisation_names_who_may_approve(cli, lantern, tmp_path):
    pack = tmp_path / "packs" / "acme"
    (pack / "obligations").mkdir(parents=True)
    words = '{ en = "ACME", zh = "ACME" }'
    (pack / "pack.toml").write_text(
        f'schema = 1\nid = "acme"\ntitle = {words}\ninstrument = {words}\njurisdiction = "CN"\nstatus = "soft-law"\nversion = "1"\n'
        'in-force = 2026-01-01\nsources = ["internal"]\n'
        '[[waiver-authority]]\nname = "Chief Counsel"\n[[waiver-authority]]\nname = "Li Wei"\nobligations = ["cn-pipl/*"]\n'
    )
    write(lantern, waiver())
    refused = cli("validate", lantern, *DAY[:2], "--pack-dir", pack.parent)
    assert refused.code == 2
    assert '"Li Wei <li.wei@example.org>" may not approve this waiver; may approve it: Chief Counsel' in refused.err
    write(lantern, waiver(approved_by="chief counsel (Zhang Min)"))
    assert cli("validate", lantern, *DAY[:2], "--pack-dir", pack.parent).code == 0


# ---- who wrote it --------------------------------------------------------------------------------------------------------


@pytest.fixture
def committed(lantern, monkeypatch):
    """The same under git, and a way to commit as somebody."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)

    def git(*arguments: str, who: str = "Ann") -> None:
        person = [f"user.name={who}", f"user.email={who.lower().replace(' ', '.')}@example.org", "init.defaultBranch=main"]
        command = ["git", *(word for setting in person for word in ("-c", setting)), *arguments]
        subprocess.run(command, cwd=lantern, check=True, capture_output=True)

    git("init", "-q")
    git("config", "user.name", "Bo")
    git("config", "user.email", "bo@example.org")
    git("add", "-A")
    git("commit", "-qm", "lantern")
    return lantern, git


def test_nobody_approves_the_waiver_they_wrote(cli, committed):
    lantern, git = committed
    write(lantern, waiver())
    assert cli("validate", lantern, *DAY[:2]).code == 0, "Bo is about to commit it, Li Wei approved it"
    git("add", "-A")
    git("commit", "-qm", "waiver", who="Li Wei")
    result = cli("check", lantern, *DAY)
    assert result.code == 2
    assert "wrote this waiver too (git says Li Wei <li.wei@example.org>); somebody else has to approve it" in result.err
    (lantern / ".mailmap").write_text("Ann <ann@example.org> Li Wei <li.wei@example.org>\n")
    git("add", "-A")
    git("commit", "-qm", "mailmap")
    assert cli("validate", lantern, *DAY[:2]).code == 2, "the tree does not rename who wrote it"


def test_whoever_is_about_to_commit_counts_as_author(cli, committed):
    lantern, _ = committed
    write(lantern, waiver(approved_by="bo@example.org"))
    assert "wrote this waiver too (git says Bo <bo@example.org>)" in cli("validate", lantern, *DAY[:2]).err


def test_what_a_shallow_clone_cannot_know_is_not_held_against_anybody(cli, committed, tmp_path):
    lantern, git = committed
    write(lantern, waiver())
    git("add", "-A")
    git("commit", "-qm", "waiver", who="Ann")
    (lantern / "notes.txt").write_text("x\n")
    git("add", "-A")
    git("commit", "-qm", "notes", who="Li Wei")
    git("clone", "-q", "--depth=1", f"file://{lantern}", str(tmp_path / "shallow"))
    assert cli("validate", tmp_path / "shallow", *DAY[:2]).code == 0


# ---- in code -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def labelled(lantern):
    """The same under a pack with recommended duties."""
    edit(lantern / "app" / "chat.py", "text = check_output(await models.answer(prompt))", "text = await models.answer(prompt)")
    edit(lantern / "genai-service.toml", 'packs = ["cn-genai"]', 'packs = ["cn-deep-synthesis"]')
    return lantern


def soft(cli, root: Path, *more: str) -> list[dict]:
    result = cli("check", root, *DAY, "-f", "json", *(more or SHORT_OF_RELEASE))
    assert result.out, result.err
    return [f for f in json.loads(result.out)["findings"] if (f["obligation"], f["control"]) == (SOFT, "content-filter")]


def test_a_comment_waives_what_is_recommended_at_its_place(cli, labelled):
    (before,) = soft(cli, labelled)
    assert (before["status"], before["places"][0]["file"]) == ("new", "app/chat.py")
    edit(labelled / "app" / "chat.py", 'return {"answer": text}', f'return {{"answer": text}}  {COMMENT}')
    (finding,) = soft(cli, labelled)
    assert (finding["status"], finding["waiver"]["in_code"]) == ("waived", True)
    assert finding["waiver"]["reason"] == "the model host filters already"
    listed = cli("waiver", "list", labelled, "--as-of", "2026-12-30").out
    assert "1 day left" in listed
    assert "app/chat.py:27" in listed
    assert "(in code)" in listed
    (at_release,) = soft(cli, labelled, "--gate", "release")
    assert at_release["status"] == "new"
    assert "1 waiver in code does not count at the release gate" in cli("check", labelled, *DAY, "--gate", "release").out
    edit(labelled / "genai-service.toml", "[policy]", '[policy]\nwaivers = { in-code = "always" }')
    (allowed,) = soft(cli, labelled, "--gate", "release")
    assert allowed["status"] == "waived"


def test_a_comment_above_a_function_is_about_the_function(cli, labelled):
    edit(labelled / "app" / "chat.py", '@router.post("/chat")\n', f'{COMMENT}\n@router.post("/chat")\n')
    (finding,) = soft(cli, labelled)
    assert finding["status"] == "waived"


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        (COMMENT.replace(SOFT, LABEL), f"{LABEL} is mandatory: no comment can waive it"),
        (COMMENT.replace("2026-12-31", "2026-10-31"), "the waiver has expired: it does not count since 2026-11-01 (Asia/Shanghai)"),
        (COMMENT.replace("2026-12-31", "tomorrow"), '"tomorrow" is not a date; write it as 2026-12-31'),
        (COMMENT.replace("content-management", "content-managment"), f'did you mean "{SOFT}"?'),
        (f"# genai-policy: waive {SOFT} because", "the waiver has no last day (until …); write `genai-policy: waive OBLIGATION until"),
        (f"# genai-policy: waive {SOFT} until 2026-12-31", "the waiver has no reason"),
        ("# genai-policy: ignore", '"ignore" waives nothing'),
    ],
)
def test_a_comment_that_cannot_waive_is_a_mistake_with_its_line(cli, labelled, comment, said):
    edit(labelled / "app" / "chat.py", 'return {"answer": text}', f'return {{"answer": text}}  {comment}')
    result = cli("check", labelled, *DAY)
    assert result.code == 2, result.out
    assert "error: app/chat.py:27:1: waiver in code: " in result.err
    assert said in result.err


def test_a_comment_that_waives_nothing_is_a_mistake(cli, labelled):
    edit(labelled / "app" / "chat.py", "from app import models, records", f"from app import models, records  {COMMENT}")
    result = cli("check", labelled, *DAY, *SHORT_OF_RELEASE)
    assert result.code == 2
    assert f"app/chat.py:7:1: waiver: matches nothing: {SOFT} is not unmet at line 7" in result.err


def test_comments_can_be_forbidden(cli, labelled):
    edit(labelled / "app" / "chat.py", 'return {"answer": text}', f'return {{"answer": text}}  {COMMENT}')
    edit(labelled / "genai-service.toml", "[policy]", '[policy]\nwaivers = { in-code = "never" }')
    result = cli("check", labelled, *DAY)
    assert result.code == 2
    assert "waivers in code are not allowed (policy.waivers.in-code); write it in genai-waivers.toml" in result.err


# ---- prune ---------------------------------------------------------------------------------------------------------------

KEPT = f"# What is accepted, and until when.\n\n# the label comes with the new player\n{waiver()}"


def test_prune_drops_what_does_nothing_and_keeps_every_other_byte(cli, lantern):
    gone = f"\n# was ticket 12\n{waiver('cn-genai/art15-publish-process-and-time-limit')}"
    gone += f"\n# was ticket 13\n{waiver(path='app/x.py', expires='2026-11-01')}"
    tail = f"\n# last\n{waiver(control='visible-label', path='app/chat.py', created='2026-11-02')}"
    write(lantern, KEPT + gone + tail)
    assert cli("check", lantern, *DAY).code == 2
    shown = cli("waiver", "prune", lantern, *DAY, "--dry-run")
    assert shown.code == 0, shown.err
    assert "2 waivers would be dropped" in shown.out
    assert (lantern / "genai-waivers.toml").read_text("utf-8") == KEPT + gone + tail
    result = cli("waiver", "prune", lantern, *DAY)
    assert "genai-waivers.toml:13: matches nothing\n  - # was ticket 12\n  - [[waiver]]" in result.out
    assert "expired\n  - # was ticket 13" in result.out
    assert (lantern / "genai-waivers.toml").read_text("utf-8") == KEPT + tail
    assert cli("waiver", "prune", lantern, *DAY).out == "nothing to prune in genai-waivers.toml\n"
    assert cli("waiver", "lint", lantern, *DAY).out == "waivers are in order: 2 applied\n"


def test_prune_keeps_windows_line_ends(cli, lantern):
    text = (KEPT + "\n" + waiver("cn-genai/art15-publish-process-and-time-limit")).replace("\n", "\r\n")
    (lantern / "genai-waivers.toml").write_bytes(text.encode())
    cli("waiver", "prune", lantern, *DAY)
    assert (lantern / "genai-waivers.toml").read_bytes() == KEPT.replace("\n", "\r\n").encode()
