"""The conventions of each language (see ``conventions``)."""

from genai_policy.read.link.conventions import Conventions
from genai_policy.read.link.languages.python import PythonConventions

CONVENTIONS: dict[str, type[Conventions]] = {"python": PythonConventions}

#: Names of project files that resolving imports and prefixes needs, for all languages.
PROJECT_FILES: frozenset[str] = frozenset({"pyproject.toml", "setup.py", "setup.cfg", "manage.py", "requirements.txt"})
