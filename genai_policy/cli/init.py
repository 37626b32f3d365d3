"""``genai-policy init``: draft a manifest from the code, and offer what goes beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genai_policy.cli.options import language, pipeline_options, root_argument, run_options

if TYPE_CHECKING:
    from genai_policy.cli.init_files import Planned
    from genai_policy.report.layout import Pen


@click.command(name="init")
@root_argument
@click.option("-y", "--yes", is_flag=True, help="Ask nothing: write the manifest and its schema with what was seen.")
@click.option("--hook", is_flag=True, help="Also write .pre-commit-config.yaml, where there is none.")
@click.option("--workflow", is_flag=True, help="Also write .github/workflows/genai-policy.yml, where there is none.")
@click.option("--force", is_flag=True, help="Overwrite a manifest that exists.")
@run_options
def command(path: Path, yes: bool, hook: bool, workflow: bool, force: bool, **given: Any) -> int:
    """Draft PATH/genai-service.toml from the code.

    Only what was seen becomes a value, with a comment that says where; everything else stays a comment to decide about.
    A control is claimed where the check finds the claim proven; other candidates stay comments.
    On a terminal it first asks for the few facts that decide most, and shows what it is about to write.
    """
    from genai_policy import pipeline
    from genai_policy.cli.drafting import drafted
    from genai_policy.cli.init_files import offered, planned
    from genai_policy.cli.init_questions import agreed, ask, is_conversation
    from genai_policy.cli.manifest_draft import finished
    from genai_policy.cli.output import print_text, terminal_style, write_files
    from genai_policy.errors import UsageProblem
    from genai_policy.load.manifest import MANIFEST_FILE, manifest_schema
    from genai_policy.read.tree import open_tree
    from genai_policy.report.layout import Pen

    options = pipeline_options(path, **given)
    target = path / MANIFEST_FILE
    talking = not yes and is_conversation()
    pen = Pen(language(given["lang"]), terminal_style())
    wanted = {kind for kind, asked in (("hook", hook), ("workflow", workflow)) if asked}
    if target.exists() and not force:
        if not wanted:
            raise UsageProblem(f"{target} exists; edit it, or draft it anew with --force")
        return _beside(path, wanted, pen)
    code, ledger = pipeline.facts(options)
    own = [file.path for file in open_tree(path).files if file.left_out in ("", "documentation")]
    draft = drafted(code, own, path.resolve().name or "service")
    options.progress("", 0, 0)
    print_text(pen.say("init.seen", read=ledger.read, sites=len(code.sites), routes=len(code.routes), gaps=len(code.gaps)) + "\n")
    if talking:
        draft = ask(draft, manifest_schema(), pen)
    text = finished(draft, options)
    options.progress("", 0, 0)
    plan = planned(path, text, force=force)
    for offer in offered(path):
        if offer.kind in wanted or (talking and agreed(pen.say(f"init.offer-{offer.kind}", file=offer.path.as_posix()), pen)):
            plan.append(offer)
    print_text(_shown(plan, path, pen))
    if talking and not agreed(pen.say("init.write"), pen):
        print_text(pen.say("init.nothing") + "\n")
        return 0
    write_files({file.path: file.text for file in plan if file.new})
    print_text(_next(plan, path, pen, hook or talking, workflow or talking))
    return 0


def _beside(path: Path, wanted: set[str], pen: Pen) -> int:
    """Write what was asked for beside a manifest that exists."""
    from genai_policy.cli.init_files import offered
    from genai_policy.cli.output import print_text, write_files

    plan = [offer for offer in offered(path) if offer.kind in wanted]
    if plan:
        print_text(_shown(plan, path, pen))
        write_files({file.path: file.text for file in plan})
    print_text(_next(plan, path, pen, "hook" in wanted, "workflow" in wanted))
    return 0


def _shown(plan: list[Planned], root: Path, pen: Pen) -> str:
    """Say what is written and what stays as it is, and show what is short enough to be read here."""
    lines: list[str] = []
    for file in plan:
        code = "init.will-write" if file.new else "init.stays"
        lines += pen.block(pen.say(code, file=file.path.as_posix(), lines=file.text.count("\n")))
        if file.new and file.show:
            lines += [f"  | {line}" for line in file.text.splitlines()]
    return "\n".join(lines) + "\n"


def _next(plan: list[Planned], path: Path, pen: Pen, hook: bool, workflow: bool) -> str:
    from genai_policy.cli.init_files import HOOK_CONFIG, HOOK_ENTRY

    lines = [line for file in plan if file.new for line in pen.block(pen.say("init.written", file=file.path.as_posix()))]
    lines += pen.block(pen.say("init.next", path=path.as_posix()), "", "  ", "bold")
    if not hook and not (path / HOOK_CONFIG).exists():
        lines += pen.block(pen.say("init.hook-later", path=path.as_posix()), "", "  ")
    if (path / HOOK_CONFIG).exists() and not any(file.kind == "hook" for file in plan):
        lines += pen.block(pen.say("init.hook-by-hand", file=HOOK_CONFIG), "", "  ")
        lines += [f"  | {line}" for line in HOOK_ENTRY.splitlines()]
    return "\n".join(lines) + "\n"
