#!/usr/bin/env bash
set -euo pipefail
if ! command -v uv >/dev/null; then
  python3 -m pip install --upgrade uv
fi
uv venv
uv pip install --requirement pyproject.toml
.venv/bin/python -m pip install psycopg2
