"""What ``init`` writes: the manifest, its schema, and on request a hook and a workflow. Nothing that exists is changed."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

SCHEMA_FILE = "genai-service.schema.json"
HOOK_CONFIG = ".pre-commit-config.yaml"
WORKFLOW = ".github/workflows/genai-policy.yml"

HOOK_ENTRY = """\
  - repo: local
    hooks:
      - id: genai-policy
        name: genai-policy (whole repository)
        entry: genai-policy check --gate=commit --staged
        language: system
        pass_filenames: false
        always_run: true
"""
_WORKFLOW_TEXT = """\
name: genai-policy
on:
  pull_request:
  push:
    branches: [{branch}]
permissions:
  contents: read
concurrency:
  group: ${{ github.workflow }}-${{ github.ref }}
  cancel-in-progress: true
jobs:
  check:
    name: duties
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
        with:
          fetch-depth: 0
          persist-credentials: false
      - uses: actions/setup-python@a26af69be951a213d495a4c3e4e4022e16d87065 # v5.6.0
        with:
          python-version: "3.12"
      - run: python -m pip install genai-policy
      - run: genai-policy check . --gate pull-request -f github ${BASE:+--diff-base "origin/$BASE"}
        env:
          BASE: ${{ github.base_ref }}
"""


class Planned(Struct, frozen=True):
    """A file to write. ``kind`` is manifest, schema, hook or workflow; ``new`` says that it is not there yet, or may be replaced; ``show``
    that it is short enough to be shown whole."""

    kind: str
    path: Path
    text: str
    new: bool = True
    show: bool = False


def planned(root: Path, manifest: str, *, force: bool) -> list[Planned]:
    """Return the manifest and the schema beside it; a schema that somebody changed stays as it is."""
    from genai_policy.load.manifest import MANIFEST_FILE, manifest_schema
    from genai_policy.report.json import document

    schema = root / SCHEMA_FILE
    return [
        Planned("manifest", root / MANIFEST_FILE, manifest),
        Planned("schema", schema, document(manifest_schema()), new=force or not schema.exists()),
    ]


def offered(root: Path) -> list[Planned]:
    """Return the files that could be written beside the manifest and are not there."""
    files = [
        Planned("hook", root / HOOK_CONFIG, f"repos:\n{HOOK_ENTRY}", show=True),
        Planned("workflow", root / WORKFLOW, _WORKFLOW_TEXT.replace("{branch}", _branch(root)), show=True),
    ]
    return [file for file in files if not file.path.exists() and _is_top(root)]


def _is_top(root: Path) -> bool:
    """Say whether hooks and workflows belong here: at the top of a repository, or where there is none."""
    here = root.resolve()
    return (here / ".git").exists() or not any((parent / ".git").exists() for parent in here.parents)


def _branch(root: Path) -> str:
    """Return the branch that is checked out, read from git's own file; main where that says nothing plain."""
    try:
        head = (root / ".git" / "HEAD").read_text("utf-8", "replace").strip()
    except OSError:
        return "main"
    name = head.removeprefix("ref: refs/heads/")
    return name if name != head and name.replace("-", "").replace("_", "").replace(".", "").isalnum() and name.isascii() else "main"
