#!/bin/bash
set -eu
python3 -m venv /opt/shop/venv
source /opt/shop/venv/bin/activate
pip install -r requirements.txt
/opt/shop/venv/bin/pip install gunicorn
systemctl restart shop
