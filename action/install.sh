#!/usr/bin/env bash
# Installs genai-policy from the action's own checkout, so that the commit that pins the action pins the code.
set -euo pipefail

say() { printf '::error title=genai-policy::%s\n' "$1"; exit 2; }

command -v "$INPUT_PYTHON" > /dev/null || say "there is no $INPUT_PYTHON on PATH: run actions/setup-python first, or name another with the input python"
"$INPUT_PYTHON" -I -c 'import sys; sys.exit(sys.version_info < (3, 10))' || say "genai-policy needs Python 3.10 or later: run actions/setup-python first"

if [ -n "${INPUT_CACHE_DIR:-}" ]; then
  # what is kept is no part of the repository, and no file to judge
  mkdir -p "$INPUT_CACHE_DIR"
  printf '*\n' > "$INPUT_CACHE_DIR/.gitignore"
fi

venv="$RUNNER_TEMP/genai-policy"
bin="$venv/bin"
if [ "${RUNNER_OS:-}" = Windows ]; then bin="$venv/Scripts"; fi
# a job may use the action more than once
if [ ! -f "$venv/installed" ]; then
  "$INPUT_PYTHON" -I -m venv "$venv" || say "cannot make a virtual environment (on Debian and Ubuntu: install python3-venv)"
  # what pip has downloaded or built is kept where the facts are kept
  if [ -n "${INPUT_CACHE_DIR:-}" ]; then export PIP_CACHE_DIR="$INPUT_CACHE_DIR/pip"; fi
  "$bin/python" -I -m pip install --quiet --disable-pip-version-check "$ACTION_PATH" || say "cannot install genai-policy: see the log of this step; behind a mirror, set PIP_INDEX_URL"
  touch "$venv/installed"
fi
printf 'bin=%s\n' "$bin" >> "$GITHUB_OUTPUT"
