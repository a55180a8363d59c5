#!/bin/sh
# Prepares a worker's machine.
set -eu
apt-get update
python3 -m pip install pdm
python3 -m pip install -e .  # expect: SW601
