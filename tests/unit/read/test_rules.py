"""Running pack rules: what is found, what cannot silence it, and what becomes a gap."""

from __future__ import annotations

import stat
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from genai_policy.errors import PolicyError
from genai_policy.read import rules
from genai_policy.read.rule_set import SUFFIXES
from genai_policy.read.rules import RuleRun, find_engine, run_rules

needs_engine = pytest.mark.skipif(find_engine() is None, reason="semgrep is not installed")

RULES = """
rules:
  - id: no-eval
    languages: [python]
    severity: ERROR
    message: eval
    pattern: eval(...)
    metadata: {words: [eval]}
"""


@dataclass
class File:
    path: str
    left_out: str = ""
    digest: str = "d"


@dataclass
class FakeTree:
    contents: dict[str, bytes]
    left_out: dict[str, str] = field(default_factory=dict)
    unreadable: frozenset[str] = frozenset()

    @property
    def files(self):
        return [File(path, self.left_out.get(path, "")) for path in sorted(self.contents)]

    def read(self, path):
        if path in self.unreadable:
            raise PolicyError("permission denied")
        return self.contents[path]


class Memory(dict):
    def put(self, key, value):
        self[key] = value


@pytest.fixture
def rule_file(tmp_path):
    file = tmp_path / "rules.yaml"
    file.write_text(RULES)
    return file


@pytest.fixture
def fake_engine(tmp_path, monkeypatch):
    """Put a script in the engine's place; it logs each start."""

    def make(script: str) -> Path:
        log = tmp_path / "starts"
        engine = tmp_path / "semgrep"
        engine.write_text(f"#!{sys.executable}\nimport sys, json\nopen({str(log)!r}, 'a').write(' '.join(sys.argv[1:]) + '\\n')\n{script}")
        engine.chmod(engine.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setattr(rules, "find_engine", lambda: str(engine))
        return log

    return make


def starts(log: Path) -> list[str]:
    return log.read_text().splitlines() if log.exists() else []


ANSWER = "print(json.dumps({'results': [], 'errors': [], 'paths': {'scanned': ['t/n0-s0-/f.py']}}))\n"


@needs_engine
def test_finds_and_cannot_be_silenced_by_the_scanned_tree(rule_file):
    tree = FakeTree(
        {
            "tests_like/node_modules/app.py": b"x = 1\neval(x)  # nosemgrep\n",
            ".semgrepignore": b"*\n",
            "big.py": b"#" + b"x" * 2_000_000 + b"\neval(1)\n",
            "clean.py": b"print(1)\n",
            "-rf.py": b"eval(2)\n",
        }
    )
    run = run_rules(tree, [rule_file])
    assert run.gaps == ()
    assert run.run == ("no-eval",)
    assert [(m.rule, m.file, m.line, m.text) for m in run.matches] == [
        ("no-eval", "-rf.py", 1, "eval(2)"),
        ("no-eval", "big.py", 2, "eval(1)"),
        ("no-eval", "tests_like/node_modules/app.py", 2, "eval(x)  # nosemgrep"),
    ]


@needs_engine
def test_a_file_that_the_engine_cannot_parse_is_a_gap_and_the_others_stay(rule_file):
    run = run_rules(FakeTree({"a.py": b"def (:\n eval(1\n", "b.py": b"eval(1)\n"}), [rule_file])
    assert [m.file for m in run.matches] == ["b.py"]
    assert [(g.file, g.kind, g.on_path) for g in run.gaps] == [("a.py", "engine", True)]
    assert run.missed == (("no-eval", "a.py"),)


@needs_engine
def test_a_rule_on_the_text_alone_misses_nothing_where_parsing_fails(tmp_path):
    file = tmp_path / "text.yaml"
    file.write_text(
        RULES + RULES[7:].replace("no-eval", "no-key").replace("pattern: eval(...)", "pattern-regex: 'key-\\d+'").replace("[eval]", "[key]")
    )
    run = run_rules(FakeTree({"a.py": b"def (:\n eval(1\nk = 'key-1'\n"}), [file])
    assert [(m.rule, m.line) for m in run.matches] == [("no-key", 3)]
    assert run.missed == (("no-eval", "a.py"),)


def test_rules_of_other_packs_run_where_they_are_wanted(tmp_path, rule_file, fake_engine):
    fake_engine(ANSWER)
    other = tmp_path / "other.yaml"
    other.write_text(RULES.replace("no-eval", "theirs") + RULES[7:].replace("no-eval", "unasked"))
    tree = FakeTree({"a.py": b"eval(1)\n"})
    assert run_rules(tree, [rule_file], others=[other], wanted=["theirs"]).run == ("no-eval", "theirs")
    assert run_rules(tree, [rule_file], others=[other]).run == ("no-eval",)
    assert run_rules(tree, [], others=[other], wanted=["theirs"]).run == ("theirs",)


@needs_engine
def test_every_suffix_of_a_language_is_looked_at(tmp_path):
    file = tmp_path / "all.yaml"
    languages = ["python", "javascript", "typescript", "java", "go"]
    file.write_text(RULES.replace("[python]", str(languages)).replace("pattern: eval(...)", "pattern: evaluate(...)"))
    inside = {".java": b"class A { void f() { evaluate(1); } }\n", ".go": b"package a\nfunc f() { evaluate(1) }\n"}
    suffixes = sorted({suffix for language in languages for suffix in SUFFIXES[language]})
    run = run_rules(FakeTree({f"a{suffix}": inside.get(suffix, b"evaluate(1)\n") for suffix in suffixes}), [file])
    assert run.gaps == ()
    assert [m.file for m in run.matches] == [f"a{suffix}" for suffix in suffixes]


def test_starts_nothing_where_no_file_can_match(rule_file, fake_engine):
    log = fake_engine("sys.exit(9)\n")
    tree = FakeTree({"a.py": b"print(1)\n", "b.txt": b"eval", "vendored.py": b"eval(1)"}, {"vendored.py": "vendored"})
    assert run_rules(tree, [rule_file]) == RuleRun((), (), ("no-eval",))
    assert starts(log) == []


def test_every_group_of_words_must_occur(tmp_path, fake_engine):
    file = tmp_path / "pairs.yaml"
    file.write_text(RULES.replace("[eval]", "[[prompt, question], [log, print]]"))
    log = fake_engine(ANSWER)
    tree = FakeTree({"a.py": b"print(prompt)", "b.py": b"print(1)", "c.py": b"question = 1"})
    run_rules(tree, [file])
    assert len(starts(log)) == 1
    assert run_rules(FakeTree({"b.py": b"print(1)"}), [file]).gaps == ()
    assert len(starts(log)) == 1


def test_a_missing_engine_is_a_gap_even_where_nothing_can_match(rule_file, monkeypatch):
    monkeypatch.setattr(rules, "find_engine", lambda: None)
    run = run_rules(FakeTree({"a.py": b"print(1)\n"}), [rule_file])
    assert run.matches is None
    assert [(g.kind, g.on_path) for g in run.gaps] == [("engine", True)]
    assert run.skipped[0][0] == "no-eval"


def test_no_rules_no_engine_no_gap(monkeypatch):
    monkeypatch.setattr(rules, "find_engine", lambda: None)
    assert run_rules(FakeTree({"a.py": b"eval(1)"}), []) == RuleRun()


def test_falls_back_to_the_plain_front_end(rule_file, fake_engine):
    log = fake_engine("if '--experimental' in sys.argv: sys.exit(2)\n" + ANSWER)
    run = run_rules(FakeTree({"a.py": b"eval(1)\n"}), [rule_file])
    assert (run.matches, run.gaps) == ((), ())
    assert len(starts(log)) == 2


@pytest.mark.parametrize(
    "script",
    ["sys.exit(2)\n", "print('no json')\n", "print('[]')\n", "print('{}')\n", "import os; os.kill(os.getpid(), 9)\n"],
    ids=["crash", "garbage", "list", "empty", "killed"],
)
def test_an_engine_that_fails_is_a_gap_that_closes_every_gate(rule_file, fake_engine, script):
    fake_engine(script)
    run = run_rules(FakeTree({"a.py": b"eval(1)\n"}), [rule_file])
    assert run.matches is None
    assert [(g.kind, g.on_path) for g in run.gaps] == [("engine", True)]
    assert run.run == ()


def test_an_engine_that_hangs_is_stopped(rule_file, fake_engine, monkeypatch):
    fake_engine("import time; time.sleep(60)\n")
    monkeypatch.setattr(rules, "RUN_TIMEOUT", 0.3)
    assert "took longer" in run_rules(FakeTree({"a.py": b"eval(1)\n"}), [rule_file]).gaps[0].reason


@needs_engine
def test_a_rule_is_given_only_the_files_that_hold_its_words(tmp_path):
    file = tmp_path / "two.yaml"
    file.write_text(
        RULES.replace("{words: [eval]}", "{words: [eval], look-for: ['eval\\(\\d']}")
        + RULES[7:].replace("no-eval", "other").replace("[eval]", "[word]")
    )
    run = run_rules(FakeTree({"a.py": b"eval(1)\n", "b.py": b"word = eval(x)\n", "c.py": b"eval(y)\n"}), [file])
    assert [(m.rule, m.file) for m in run.matches] == [("no-eval", "a.py"), ("other", "b.py")]


@pytest.mark.parametrize("pattern", ["(", "(?<name"])
def test_what_is_no_regular_expression_keeps_no_file_from_the_engine(tmp_path, fake_engine, pattern):
    file = tmp_path / "odd.yaml"
    file.write_text(RULES.replace("{words: [eval]}", f"{{look-for: ['{pattern}']}}"))
    log = fake_engine(ANSWER)
    run_rules(FakeTree({"a.py": b"1"}), [file])
    assert len(starts(log)) == 1


@pytest.mark.parametrize("rule", ["r0", "rules.r0"])
def test_a_rule_that_takes_too_long_on_a_file_is_a_gap_of_that_rule(tmp_path, fake_engine, rule):
    file = tmp_path / "two.yaml"
    file.write_text(RULES + RULES[7:].replace("no-eval", "other"))
    error = {"type": "Timeout", "path": "t/n0-s0-/f.py", "rule_id": rule}
    log = fake_engine(f"print(json.dumps({{'results': [], 'errors': [{error}], 'paths': {{'scanned': ['t/n0-s0-/f.py']}}}}))\n")
    run = run_rules(FakeTree({"a.py": b"eval(1)\n"}), [file])
    assert f"--timeout={rules.RULE_TIMEOUT}" in starts(log)[0]
    assert [(g.file, g.on_path) for g in run.gaps] == [("a.py", True)]
    assert "took longer" in run.gaps[0].reason
    assert run.missed == (("no-eval", "a.py"),)
    assert run.run == ("no-eval", "other")


@pytest.mark.parametrize("kind", ["Timeout", "OutOfMemory", ["PartialParsing", []], None], ids=str)
def test_an_error_that_names_no_file_concerns_every_file_and_rule(rule_file, fake_engine, kind):
    fake_engine(f"print(json.dumps({{'results': [], 'errors': [{{'type': {kind!r}}}], 'paths': {{'scanned': ['t/n0-s0-/f.py']}}}}))\n")
    assert run_rules(FakeTree({"a.py": b"eval(1)\n"}), [rule_file]).missed == (("no-eval", "a.py"),)


def test_a_large_tree_is_looked_at_in_batches_and_what_was_answered_is_kept(rule_file, fake_engine, monkeypatch):
    monkeypatch.setattr(rules, "BATCH", 1)
    log = fake_engine("if len(open(sys.argv[0].replace('semgrep', 'starts')).readlines()) > 2: sys.exit(2)\n" + ANSWER)
    cache = Memory()
    run = run_rules(FakeTree({f"{n}.py": f"eval({n})\n".encode() for n in range(4)}), [rule_file], cache=cache)
    assert run.matches is None
    assert len(cache) == 2
    assert len(starts(log)) == 4


def test_an_answer_stays_where_another_rule_changes(tmp_path, fake_engine):
    log = fake_engine(ANSWER)
    file, cache, tree = tmp_path / "two.yaml", Memory(), FakeTree({"a.py": b"eval(1)\n"})
    for body in ("other(1)", "other(2)"):
        file.write_text(RULES + RULES[7:].replace("no-eval", "other").replace("eval(...)", body).replace("[eval]", "[other]"))
        run_rules(tree, [file], cache=cache)
    assert len(starts(log)) == 1
    file.write_text(RULES.replace("eval(...)", "eval($X)"))
    run_rules(tree, [file], cache=cache)
    assert len(starts(log)) == 2


def test_a_file_that_was_given_and_not_scanned_is_a_gap(rule_file, fake_engine):
    fake_engine(ANSWER)
    run = run_rules(FakeTree({"a.py": b"eval(1)\n", "b.py": b"eval(2)\n"}), [rule_file])
    assert [(g.file, g.kind) for g in run.gaps] == [("b.py", "engine")]
    assert run.missed == (("no-eval", "b.py"),)


def test_an_unreadable_candidate_is_a_gap(rule_file, fake_engine):
    fake_engine(ANSWER)
    run = run_rules(FakeTree({"a.py": b"eval(1)\n", "b.py": b""}, unreadable=frozenset({"b.py"})), [rule_file])
    assert [(g.file, g.kind) for g in run.gaps] == [("b.py", "unreadable")]
    assert run.missed == (("no-eval", "b.py"),)


def test_a_broken_rule_file_is_a_gap_and_the_other_rules_run(rule_file, fake_engine, tmp_path):
    fake_engine(ANSWER)
    broken = tmp_path / "a.yaml"
    broken.write_text("rules: [")
    run = run_rules(FakeTree({"a.py": b"eval(1)\n"}), [broken, rule_file])
    assert run.run == ("no-eval",)
    assert [g.kind for g in run.gaps] == ["engine"]


def test_answers_are_kept_by_content_and_failures_are_not(rule_file, fake_engine):
    log = fake_engine(ANSWER)
    cache = Memory()
    tree = FakeTree({"a.py": b"eval(1)\n", "b.py": b"eval(2)\n"})
    first = run_rules(tree, [rule_file], cache=cache)
    assert len(cache) == 1
    second = run_rules(FakeTree({"moved.py": b"eval(1)\n"}), [rule_file], cache=cache)
    assert len(starts(log)) == 1
    assert [g.file for g in first.gaps] == ["b.py"]
    assert second.gaps == ()


@needs_engine
def test_both_front_ends_agree(rule_file, monkeypatch):
    """The fallback must not judge differently."""
    tree = FakeTree({"a.py": b"eval(1)\n", "b.py": b"x = 'eval'\n", "c.py": b"def f():\n    return eval(\n        2)\n", "d.py": b"eval("})
    answers = []
    for front in rules.FRONT_ENDS:
        monkeypatch.setattr(rules, "FRONT_ENDS", (front,))
        answers.append(run_rules(tree, [rule_file]))
    assert len(answers[0].matches) == 2
    assert answers[0] == answers[1]
