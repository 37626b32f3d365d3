"""What people who read, compare and layer the law do with the command line."""

from __future__ import annotations

import datetime as dt
import json
import posixpath
import re
import shutil
from pathlib import Path

import pytest

from genai_policy import pipeline
from genai_policy.report.page_paths import page_of
from genai_policy.report.pages import pages

ROOT = Path(__file__).resolve().parents[2]
LANTERN = ROOT / "examples" / "lantern"


def test_explain_says_who_is_bound_by_which_clause_and_what_other_instruments_ask(cli):
    out = cli("explain", "cn-genai/art12-label-generated-content").out
    assert "Who: service provider" in out
    assert "Source: https://" in out
    assert "PUBLIC_CN: no when" in out
    assert "visible-label = { hook = " in out
    assert "cn-labelling/art4-explicit-label  " in out
    assert "eu-ai-act-art50/" in out


def test_explain_fits_its_examples_to_the_service(cli, tmp_path):
    (tmp_path / "app.py").write_text("from fastapi import FastAPI\napp = FastAPI()\n\n@app.get('/')\ndef home():\n    return 1\n")
    out = cli("explain", "complaint-entry", tmp_path, "--jobs", "1", "--no-cache").out
    assert '@app.post("/api/complaint-entry")' in out
    claimed = cli("explain", "cn-genai/art15-complaint-entry", LANTERN, "--jobs", "1").out
    assert "claimed now: endpoint = POST /api/complaints (genai-service.toml:" in claimed


@pytest.mark.parametrize(
    ("lang", "answer", "fact"), [("en", "applies for", "declared [text, image]"), ("zh", "适用", "已声明 [text, image]")]
)
def test_explain_because_shows_the_facts_that_decided(cli, lang, answer, fact):
    told = cli("explain", "cn-genai/art12-label-generated-content", LANTERN, "--because", "--lang", lang)
    assert told.code == 0, told.err
    assert answer in told.out
    assert f"{fact}" in told.out
    assert "genai-service.toml:23" in told.out
    assert "visible-label" in told.out


def test_explain_because_is_about_obligations(cli):
    told = cli("explain", "complaint-entry", LANTERN, "--because")
    assert told.code == 2
    assert "is a control" in told.err


@pytest.fixture(scope="module")
def law():
    return pipeline.law(pipeline.Options(root=ROOT, today=dt.date(2026, 1, 1)))


def test_every_obligation_and_control_has_a_page_in_both_languages(law):
    found = pages(law)
    for name in [*law.controls, *(o.id for pack in law.packs for o in pack.obligations)]:
        english, chinese = found[page_of(name, "en")], found[page_of(name, "zh")]
        assert f"`{name}`" in english
        assert re.search(r"[\u4e00-\u9fff]", chinese), name


def test_links_between_pages_lead_somewhere(law):
    found = pages(law)
    for path, text in found.items():
        for target in re.findall(r"\]\(([^)#]+\.md)\)", text):
            assert posixpath.normpath(posixpath.join(posixpath.dirname(path), target)) in found, (path, target)


def test_every_founding_claim_is_answered_or_says_why_not(law):
    claims = law.shared["founding-claims"]["claim"]
    named = {seed for pack in law.packs for o in pack.obligations for seed in o.seed}
    known = {claim["id"] for claim in claims}
    assert named <= known
    assert {c["id"] for c in claims if "unanswered" not in c} <= named
    numbers = [f"P{n}" for n in range(1, 17) if n != 13]
    assert {c["id"] for c in claims} == {*(f"D{n}" for n in range(1, 8)), *numbers, "P13a", "P13b", "P13c", "P13d"}


def test_the_draft_differs_from_the_final_text_as_the_founding_notes_say(cli):
    told = cli("pack", "diff", "cn-genai@draft-2023-04", "cn-genai")
    assert told.code == 0, told.err
    assert "- cn-genai-draft-2023-04/real-identity" in told.out
    assert "- cn-genai-draft-2023-04/fines" in told.out
    assert "was cn-genai-draft-2023-04/retrain-within-three-months" in told.out
    assert "within three months" in told.out
    assert "was cn-genai-draft-2023-04/assessment-before-any-public-service" in told.out
    assert "(not confirmed)" in told.out
    assert "+ cn-genai/art23-foreign-investment" in told.out
    assert "真实身份" in cli("pack", "diff", "cn-genai@draft-2023-04", "cn-genai", "--lang", "zh").out


def test_a_pack_is_like_itself_and_unlike_its_older_state(cli, tmp_path):
    assert "alike: 2" in cli("pack", "diff", "cn-assessment-2018", "cn-assessment-2018").out
    older = Path(shutil.copytree(ROOT / "policies", tmp_path / "policies")) / "cn-assessment-2018"
    file = older / "obligations" / "art3-self-assessment.toml"
    file.write_text(file.read_text().replace('force = "mandatory"', 'force = "recommended"'))
    out = cli("pack", "diff", older, ROOT / "policies" / "cn-assessment-2018").out
    assert "- recommended" in out
    assert "+ mandatory" in out
    assert "alike: 1" in out


def test_an_unknown_pack_is_refused(cli):
    told = cli("pack", "diff", "cn-genay", "cn-genai")
    assert told.code == 2
    assert "did you mean cn-genai?" in told.err


def test_a_draft_never_binds_even_where_it_is_named(cli):
    told = cli("scope", LANTERN, "--pack", "cn-genai-draft-2023-04", "--as-of", "2023-05-01")
    assert told.code == 0, told.err
    assert "never took effect" in told.out
    assert "0 duties apply" in told.out, told.out


def test_upcoming_says_what_will_bind_when_and_what_is_missing(cli):
    told = cli("pack", "upcoming", LANTERN, "--as-of", "2025-08-01", "--until", "2025-12-31", "--pack", "cn-labelling", "--jobs", "1")
    assert told.code == 0, told.err
    assert "2025-09-01 灯语" in told.out
    assert "cn-labelling/art5-implicit-metadata" in told.out
    assert "begins to bind" in told.out
    assert "missing: " in told.out
    assert "2026-" not in told.out


def test_upcoming_stops_at_the_day_that_was_given(cli):
    told = cli("pack", "upcoming", LANTERN, "--as-of", "2025-08-01", "--until", "2025-08-31", "--pack", "cn-labelling", "--jobs", "1")
    assert "0 duties begin to bind, 0 end" in told.out


def test_the_filing_is_due_ten_working_days_after_the_start(cli, tmp_path):
    manifest = (LANTERN / "genai-service.toml").read_text().replace("filed-on = 2026-03-10\n", "")
    (tmp_path / "genai-service.toml").write_text(manifest)
    told = cli("pack", "upcoming", tmp_path, "--as-of", "2026-03-05", "--jobs", "1")
    assert told.code == 0, told.err
    assert "file the algorithm by 2026-03-16 (10 working days after 2026-03-02)" in told.out
    assert "截止日期 2026-03-16" in cli("pack", "upcoming", tmp_path, "--as-of", "2026-03-05", "--jobs", "1", "--lang", "zh").out


def test_what_an_organisation_makes_stricter_is_said(cli, tmp_path):
    folder = tmp_path / "house" / "acme"
    folder.mkdir(parents=True)
    words = '{ en = "House rules", zh = "内部规则" }'
    (folder / "pack.toml").write_text(
        f'schema = 1\nid = "acme"\njurisdiction = "CN"\nstatus = "soft-law"\nversion = "1.0.0"\nin-force = 2026-01-01\nsources = []\n'
        f"title = {words}\ninstrument = {words}\n[[override]]\nobligation = 'cn-genai/art9-content-producer-responsibility'\n"
        f"control = 'log-retention'\nparams = {{ setting = {{ min = '9000d' }} }}\nreason = {words}\n"
    )
    named = ("--pack-dir", tmp_path / "house", "--jobs", "1")
    told = cli("check", LANTERN, *named, "-f", "json")
    assert told.code == 1, told.err
    assert "is stricter through the organisation's acme" in told.out
    assert "Stricter here: the organisation's acme" in cli("explain", "cn-genai/art9-content-producer-responsibility", *named).out


# ---- what programs read ------------------------------------------------------------------------------------------------------------


def nodes(tree):
    yield tree
    for part in [*tree["parts"], *([tree["dispute"]] if "dispute" in tree else [])]:
        yield from nodes(part)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_decision_is_a_tree_of_facts_in_json(cli, lang):
    told = cli("explain", "cn-genai/art12-label-generated-content", LANTERN, "--because", "-f", "json", "--lang", lang)
    found = json.loads(told.out)
    assert (found["schema"], found["obligation"]["id"]) == ("genai-policy/because/1", "cn-genai/art12-label-generated-content")
    (service,) = found["services"]
    assert (service["applies"], service["manifest"]) == ("applies", "genai-service.toml")
    facts = [node for node in nodes(service["tree"]) if node["kind"] == "fact"]
    (modalities,) = [f for f in facts if f["fact"] == "output.modalities"]
    assert (modalities["test"], modalities["declared"], modalities["line"]) == ("contains-any", ["text", "image"], 23)
    assert {node["answer"] for node in nodes(service["tree"])} <= {"yes", "no", "unknown"}
    assert "visible-label" in [control["id"] for control in service["controls"]]


def test_only_a_decision_is_json(cli):
    told = cli("explain", "cn-genai/art12-label-generated-content", "-f", "json")
    assert (told.code, "add --because" in told.err) == (2, True)


def test_a_disputed_reading_says_what_makes_it_one(cli, tmp_path):
    (tmp_path / "genai-service.toml").write_text(
        """schema = 1
[service]
stage = "live"
reach = ["registered-public"]
regions = ["other"]
geo-control = "enforced"
[provider]
roles = ["service-provider"]
seat = "mainland"
[output]
generative = true
[opinion]
features = ["sharing"]
[accounts]
registration = "required"
[personal-info]
processed = false
"""
    )
    told = cli("explain", "cn-algorithm/art16-disclose", tmp_path, "--because").out
    assert "the reading is contested." in told
    assert "disputed here, because: Run by a provider in mainland China for people outside it only." in told
    found = json.loads(cli("explain", "cn-genai/art11-data-subject-requests", tmp_path, "--because", "-f", "json").out)
    assert [tree["predicate"] for tree in found["services"][0]["disputes"]] == ["DENIES_PERSONAL_INFO"]


def test_what_is_upcoming_is_json(cli, tmp_path):
    (tmp_path / "genai-service.toml").write_text('schema = 1\n[service]\npublic-since = 2026-11-02\n[companionship]\nkind = "none"\n')
    given = ("pack", "upcoming", tmp_path, "--as-of", "2025-08-30", "--until", "2025-09-01", "--jobs", "1", "-f", "json")
    found = json.loads(cli(*given).out)
    assert (found["schema"], found["as_of"], found["until"]) == ("genai-policy/upcoming/1", "2025-08-30", "2025-09-01")
    (label,) = [t for t in found["turns"] if t["obligation"]["id"] == "cn-labelling/art8-agreement"]
    assert (label["day"], label["before"], label["after"]["applies"]) == ("2025-09-01", "does-not-apply", "applies")
    assert label["outcome"] == "unmet"
    assert label["controls"] == [{"id": "label-terms", "outcome": "unmet"}]


def test_a_difference_is_json(cli, tmp_path):
    out = tmp_path / "diff.json"
    assert cli("pack", "diff", "cn-genai@draft-2023-04", "cn-genai", "-f", "json", "-o", out).out == ""
    found = json.loads(out.read_text("utf-8"))
    assert (found["schema"], found["before"]["status"], found["after"]["id"]) == ("genai-policy/pack-diff/1", "draft", "cn-genai")
    assert "cn-genai-draft-2023-04/real-identity" in [o["id"] for o in found["dropped"]]
    (retrain,) = [c for c in found["changed"] if c["before"]["id"].endswith("/retrain-within-three-months")]
    assert {"field", "before", "after"} == set(retrain["changes"][0])
    assert found["same"] >= 0
