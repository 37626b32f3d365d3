"""The plugin host: everything that reads, judges or reports comes in here, built-in or not, through the hooks of ``hookspecs.py``.

pluggy would let one raising implementation end the whole call and would return anonymous results, so the host calls implementations one
at a time: a plugin that cannot be loaded is an error (exit 2), one that crashes later is a gap that names it (exit 3), and the results
of the others stay.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import msgspec
import pluggy

from genai_policy import hookspecs
from genai_policy.errors import Mistake, PluginLoadError
from genai_policy.model.code import Gap
from genai_policy.model.ir import READER_CRASHED, FileIR, Function

if TYPE_CHECKING:
    from genai_policy.hookspecs import LanguageReader, Reporter
    from genai_policy.model import Claim, Evidence, FactIndex

ENTRY_POINT_GROUP = "genai_policy"
#: More pieces of evidence of a third party's plugin on one claim than any report could show: the plugin does not end.
MAX_EVIDENCE = 1_000

#: Every built-in plugin, in the order in which evidence is listed. They get no privilege: each is registered like a third party's.
BUILT_IN = (
    "genai_policy.load.shipped",
    "genai_policy.read.shipped",
    "genai_policy.assess.evidence.hook",
    "genai_policy.assess.evidence.endpoint",
    "genai_policy.assess.evidence.setting",
    "genai_policy.assess.evidence.document",
    "genai_policy.assess.evidence.register",
    "genai_policy.assess.evidence.number",
    "genai_policy.assess.evidence.attestation",
    "genai_policy.assess.evidence.contradiction",
    "genai_policy.assess.evidence.forbidden",
    "genai_policy.assess.evidence.sample",
    "genai_policy.assess.evidence.test",
    "genai_policy.report.text",
    "genai_policy.report.json",
    "genai_policy.report.sarif",
    "genai_policy.report.github",
    "genai_policy.report.gitlab",
    "genai_policy.report.junit",
    "genai_policy.report.rdjson",
    "genai_policy.report.markdown",
    "genai_policy.report.html",
)


@dataclass(frozen=True)
class PluginInfo:
    """What ``genai-policy plugins`` lists: the name, where it came from, and the hooks it implements."""

    name: str
    origin: str
    hooks: tuple[str, ...]


@dataclass
class Host:
    """Loaded plugins. Build one with :func:`load_plugins`."""

    manager: pluggy.PluginManager
    origins: dict[str, str] = field(default_factory=dict)

    def listing(self) -> tuple[PluginInfo, ...]:
        """Return all plugins in the order of their registration."""
        return tuple(
            PluginInfo(name, self.origins[name], tuple(sorted(c.name for c in self.manager.get_hookcallers(plugin) or ())))
            for name, plugin in self.manager.list_name_plugin()
            if plugin is not None
        )

    def pack_directories(self) -> tuple[Path, ...]:
        """Return the directories that hold packs, in registration order."""
        return tuple(path for _, found in self._each("genai_policy_packs") for path in found)

    def catalogues(self) -> tuple[Path, ...]:
        """Return the files that describe model SDKs and web frameworks."""
        return tuple(path for _, found in self._each("genai_policy_catalogues") for path in found)

    def readers(self) -> tuple[LanguageReader, ...]:
        """Return the language readers, each wrapped so that a crash becomes a gap of that file."""
        return tuple(GuardedReader(reader) for _, found in self._each("genai_policy_readers") for reader in found)

    def reporters(self) -> dict[str, Reporter]:
        """Return the report formats by name."""
        return {r.name: r for _, found in self._each("genai_policy_reporters") for r in found}

    def evidence_kinds(self) -> dict[str, frozenset[str]]:
        """Return every evidence kind with the parameters a control may set for it."""
        kinds: dict[str, frozenset[str]] = {}
        for _, found in self._each("genai_policy_evidence_kinds"):
            for kind, params in found.items():
                kinds[kind] = kinds.get(kind, frozenset()) | params
        return kinds

    def collect_evidence(self, claim: Claim, facts: FactIndex) -> tuple[tuple[Evidence, ...], tuple[Gap, ...]]:
        """Ask every evidence plugin about one claim. Return all evidence, and a gap for each plugin that crashed on it.

        What a plugin yielded before it crashed does not count: half of its evidence may say the opposite of the whole.
        """
        from genai_policy.model import Evidence

        evidence: list[Evidence] = []
        gaps: list[Gap] = []
        for name, function, arguments in self._implementations("genai_policy_collect_evidence", {"claim": claim, "facts": facts}):
            own: list[Evidence] = []
            foreign = self.origins.get(name) != "built-in"
            try:
                for item in function(**arguments) or ():
                    if not isinstance(item, Evidence):
                        raise TypeError(f"yielded {type(item).__name__}, expected Evidence")
                    if foreign and len(own) == MAX_EVIDENCE:
                        raise ValueError(f"yielded too much: more than {MAX_EVIDENCE} pieces of evidence on one claim")
                    own.append(msgspec.structs.replace(item, plugin=name))
                if foreign:
                    msgspec.convert(msgspec.to_builtins(own), list[Evidence])
                evidence.extend(own)
            # the guard: a crashing plugin must not silence the others, nor leave with an exit code of its own
            except (Exception, SystemExit) as crash:  # noqa: BLE001
                gaps.append(crash_gap(name, f"on control {claim.control.id}", crash, claim.service.manifest))
        return tuple(evidence), tuple(gaps)

    def _each(self, hook: str) -> Iterator[tuple[str, Any]]:
        """Yield (plugin name, result) of a hook that sets the run up; a crash here means that the plugin cannot be used."""
        for name, function, arguments in self._implementations(hook, {}):
            try:
                result = function(**arguments)
                yield name, (result if isinstance(result, Mapping) else tuple(result))
            except (Exception, SystemExit) as crash:
                raise PluginLoadError(_mistake(name, f"{hook} raised {_say(crash)}")) from crash

    def _implementations(self, hook: str, arguments: Mapping[str, Any]) -> Iterator[tuple[str, Any, dict[str, Any]]]:
        for implementation in getattr(self.manager.hook, hook).get_hookimpls():
            yield (
                implementation.plugin_name,
                implementation.function,
                {key: arguments[key] for key in implementation.argnames},
            )


class GuardedReader:
    """A language reader that cannot end the run: what it raises becomes the ``truncated`` mark of that file, hence a gap."""

    def __init__(self, reader: LanguageReader) -> None:
        self.reader = reader
        self.name, self.version, self.suffixes = reader.name, reader.version, reader.suffixes

    def read(self, source: bytes) -> FileIR:
        """Lower ``source``; never raises."""
        try:
            found: object = self.reader.read(source)
            if not isinstance(found, FileIR):
                raise TypeError(f"returned {type(found).__name__}, expected FileIR")
            return found
        except (Exception, SystemExit) as crash:  # noqa: BLE001 - see the class
            module = Function("<module>", "<module>", 1, 1)
            return FileIR(self.name, (module,), directives=(READER_CRASHED,), truncated=f"the {self.name} reader crashed: {_say(crash)}")


def load_plugins(named: Sequence[str] = ()) -> Host:
    """Load the built-in plugins, installed ones (entry points) and those that the caller ``named`` (``module`` or ``path/file.py``).

    Raises PluginLoadError listing every plugin that cannot be imported, implements a hook that does not exist, or takes arguments
    that its hook does not have.
    """
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    host = Host(manager)
    mistakes: list[Mistake] = []
    candidates = [(name, "built-in", name) for name in BUILT_IN]
    candidates += [(name, "installed", target) for name, target in _entry_points()]
    candidates += [(name, "named", name) for name in named]
    for name, origin, target in candidates:
        try:
            manager.register(_import(target), name)
            host.origins[name] = origin
        except (Exception, SystemExit) as crash:  # noqa: BLE001 - any failure to import is the plugin's, and all are listed at once
            mistakes.append(_mistake(name, f"cannot be loaded: {_say(crash)}"))
    mistakes += _misspelt(manager)
    if mistakes:
        raise PluginLoadError(mistakes)
    return host


def crash_gap(plugin: str, doing: str, crash: BaseException, file: str = "") -> Gap:
    """Return the gap that stands for a crashed plugin."""
    return Gap(file, f"plugin {plugin} crashed {doing}: {_say(crash)}", kind="plugin", on_path=True)


def _entry_points() -> list[tuple[str, str]]:
    # importlib.metadata costs more than the rest of the start-up together; it is needed in a run only
    from importlib.metadata import entry_points

    return sorted((entry.name, entry.value) for entry in entry_points(group=ENTRY_POINT_GROUP))


def _import(target: str) -> ModuleType | object:
    if target.endswith(".py"):
        return _import_file(Path(target))
    module, _, attribute = target.partition(":")
    found: ModuleType | object = importlib.import_module(module)
    for part in filter(None, attribute.split(".")):
        found = getattr(found, part)
    return found


def _import_file(path: Path) -> ModuleType:
    from importlib.util import module_from_spec, spec_from_file_location

    if not path.is_file():
        raise FileNotFoundError(f"no file {path}")
    spec = spec_from_file_location(f"genai_policy_plugin_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python module")
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _misspelt(manager: pluggy.PluginManager) -> list[Mistake]:
    """Find implementations of hooks that no specification names (``check_pending`` stops at the first)."""
    from difflib import get_close_matches

    known = [name for name in vars(hookspecs) if name.startswith("genai_policy_")]
    mistakes = []
    for caller in vars(manager.hook).values():
        if caller.has_spec():
            continue
        for implementation in caller.get_hookimpls():
            close = get_close_matches(caller.name, known, n=1)
            advice = f"did you mean {close[0]}?" if close else f"known hooks: {', '.join(known)}"
            mistakes.append(_mistake(implementation.plugin_name, f"implements a hook that does not exist: {caller.name}", advice))
    return mistakes


def _mistake(plugin: str, problem: str, advice: str = "fix the plugin or do not name it") -> Mistake:
    return Mistake("", 0, 0, f"plugin {plugin}", problem, advice)


def _say(crash: BaseException) -> str:
    text = " ".join(str(crash).split())
    return f"{type(crash).__name__}: {text}"[:300]
