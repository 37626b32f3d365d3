"""The conventions of each language (see ``conventions``)."""

from genai_policy.read.link.conventions import Conventions
from genai_policy.read.link.languages.ecmascript import EcmaScriptConventions
from genai_policy.read.link.languages.ecmascript_modules import PROJECT_FILES as _ECMASCRIPT_FILES
from genai_policy.read.link.languages.go import GoConventions
from genai_policy.read.link.languages.java import JavaConventions
from genai_policy.read.link.languages.python import PythonConventions

CONVENTIONS: dict[str, type[Conventions]] = {
    "python": PythonConventions,
    "typescript": EcmaScriptConventions,
    "javascript": EcmaScriptConventions,
    "java": JavaConventions,
    "go": GoConventions,
}

#: Names of project files that resolving imports and prefixes needs, for all languages.
PROJECT_FILES: frozenset[str] = frozenset(
    {
        *("pyproject.toml", "setup.py", "setup.cfg", "manage.py", "requirements.txt"),
        *_ECMASCRIPT_FILES,
        "go.mod",
        *("application*.yml", "application*.yaml", "application*.properties", "bootstrap*.yml", "bootstrap*.yaml"),
    }
)
