#!/usr/bin/env bash
set -e
if ! command -v poetry; then
    pip install --user poetry
fi
poetry install
poetry run pip install debugpy
pip install httpie  # expect: SW601
