#!/bin/sh
set -eu
cd "$(dirname "$0")"
apt-get install -y libpq-dev
pip install -r requirements.txt  # expect: SW601
python -m shop.tables
