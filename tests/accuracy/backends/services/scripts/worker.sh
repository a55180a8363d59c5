#!/bin/sh
cd /srv/marina || exit 1
pip3 install -q "celery[redis]"  # expect: SW601
exec celery -A marina.tasks worker
