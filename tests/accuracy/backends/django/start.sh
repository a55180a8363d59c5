#!/bin/sh
pip install --no-cache-dir -r requirements.txt  # expect: SW601
python manage.py migrate --noinput
exec gunicorn library.asgi -k uvicorn.workers.UvicornWorker
