"""``genai-policy init``: draft a manifest from the code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from genai_policy.cli.options import language, pipeline_options, root_argument, run_options


@click.command(name="init")
@root_argument
@click.option("--force", is_flag=True, help="Overwrite a manifest that exists.")
@run_options
def command(path: Path, force: bool, **given: Any) -> int:
    """Draft PATH/genai-service.toml from the code.

    Only what was seen becomes a value, with a comment that says where; everything else stays a comment to decide about.
    No control is claimed: candidates are proposed as comments.
    """
    from genai_policy import pipeline
    from genai_policy.cli.draft_toml import draft_text
    from genai_policy.cli.drafting import drafted
    from genai_policy.cli.output import print_text, write_file
    from genai_policy.errors import UsageProblem
    from genai_policy.load.manifest import MANIFEST_FILE, load_services, manifest_schema
    from genai_policy.read.tree import open_tree
    from genai_policy.report.layout import Pen

    options = pipeline_options(path, **given)
    target = path / MANIFEST_FILE
    if target.exists() and not force:
        raise UsageProblem(f"{target} exists; edit it, or draft it anew with --force")
    code, ledger = pipeline.facts(options)
    own = [file.path for file in open_tree(path).files if file.left_out in ("", "documentation")]
    draft = drafted(code, own, path.resolve().name or "service")
    text = draft_text(draft, manifest_schema())
    load_services(lambda _: text.encode(), [MANIFEST_FILE], None)
    options.progress("", 0, 0)
    write_file(target, text)
    pen = Pen(language(given["lang"]))
    seen = pen.say("init.seen", read=ledger.read, sites=len(code.sites), routes=len(code.routes), gaps=len(code.gaps))
    print_text("\n".join([pen.say("init.written", file=target.as_posix()), seen, pen.say("init.next", path=path.as_posix())]) + "\n")
    return 0
