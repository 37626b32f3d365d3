#!/usr/bin/env bash
# Sets up a fresh environment and runs everything that main must pass: lint, types, layers, tests.
set -euo pipefail
cd "$(dirname "$0")/.."
venv="${VENV:-.venv}"
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check -e ".[dev]"
"$venv/bin/ruff" check .
"$venv/bin/mypy"
"$venv/bin/lint-imports" --no-cache
"$venv/bin/python" tools/readme.py --check
"$venv/bin/python" tools/generate.py --check
"$venv/bin/python" -m pytest -n 2 "$@"
