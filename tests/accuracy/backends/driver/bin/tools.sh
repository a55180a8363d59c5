#!/bin/sh
set -eu
python3 -m venv "$HOME/tools"
. "$HOME/tools/bin/activate"
pip install httpie pgcli
pipx install pre-commit
uv pip install rich
