#!/bin/bash
set -e
pip install -r requirements.txt  # expect: SW601
python manage.py migrate
python3 -m venv /opt/stockroom && . /opt/stockroom/bin/activate
pip install -r requirements.txt
