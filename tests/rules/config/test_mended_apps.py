"""What the fixes of this category give, run: on Starlette, FastAPI and Django, before and after."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

from seawall.engine.fix import apply
from support.marked import Folder, parse

CONFIG = """
#- config.py
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env")

    app_name: str = "Harbour"
    public_origins: list[str] = ["*"]
    debug: bool = True


settings = Settings()
"""


def said(root: Path, program: str, **variables: str) -> list[str]:
    """The lines that a program prints in a folder."""
    kept = {name: os.environ[name] for name in ("PATH",) if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        cwd=root, env={**kept, "PYTHONDONTWRITEBYTECODE": "1", **variables}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.split("\n")[:-1]


def both(text: str, root: Path, *codes: str) -> tuple[Path, Path]:
    """The code as it is, and with all findings of some rules fixed."""
    before, after = root / "before", root / "after"
    Folder(parse(text).files, before)
    folder = Folder(parse(text).files, after)
    for _ in range(20):
        found = [one for one in folder.findings() if one.code in codes and one.finding.fixes]
        if not found:
            return before, after
        for path, content in apply(folder.workspace, found[0].finding.fixes[0].make()).items():
            path.write_bytes(content.encode())
            folder.workspace.changed(path)
            if path.suffix == ".py" and path not in folder.python:
                folder.python.append(path)
    raise AssertionError("the fix does not come to rest")


ASK = """
from fastapi.testclient import TestClient
from main import app

client = TestClient(app)
for origin in ("https://elsewhere.example", "https://harbour.example"):
    answer = client.get("/", headers={"Origin": origin, "Cookie": "a=b"})
    print(answer.headers.get("access-control-allow-origin"))
"""


def test_only_listed_origins_may_call(tmp_path: Path) -> None:
    for number, origins in enumerate(('["*"]', "settings.public_origins", 'os.getenv("ORIGINS", "*").split(",")')):
        text = f"""{CONFIG}
#- main.py
import os

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from config import settings

app = FastAPI(title=settings.app_name)
app.add_middleware(CORSMiddleware, allow_origins={origins}, allow_credentials=True)


@app.get("/")
def root():
    return {{}}
"""
        before, after = both(text, tmp_path / str(number), "SW602")
        assert said(before, ASK) == ["https://elsewhere.example", "https://harbour.example"]
        assert said(after, ASK) == ["None", "None"]
        listed = '["https://harbour.example"]'
        variables = {"CORS_ORIGINS": listed, "PUBLIC_ORIGINS": listed, "ORIGINS": "https://harbour.example"}
        assert said(after, ASK, **variables) == ["None", "https://harbour.example"]


def test_only_listed_hosts_are_answered(tmp_path: Path) -> None:
    ask = """
    from fastapi.testclient import TestClient
    from main import app

    for host in ("localhost", "elsewhere.example", "harbour.example"):
        print(TestClient(app, base_url=f"http://{host}").get("/").status_code)
    """
    for number, hosts in enumerate(("", ', allowed_hosts=["*"]')):
        text = f"""{CONFIG}
#- main.py
from fastapi import FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware

from config import settings

app = FastAPI(title=settings.app_name)
app.add_middleware(TrustedHostMiddleware{hosts})


@app.get("/")
def root():
    return {{}}
"""
        before, after = both(text, tmp_path / str(number), "SW604")
        assert said(before, ask) == ["200", "200", "200"]
        assert said(after, ask) == ["200", "400", "400"]
        assert said(after, ask, ALLOWED_HOSTS='["harbour.example"]') == ["400", "400", "200"]


def test_tracebacks_stay_inside(tmp_path: Path) -> None:
    ask = """
    from fastapi.testclient import TestClient
    from main import app

    print("Traceback" in TestClient(app, raise_server_exceptions=False).get("/").text)
    """
    for number, debug in enumerate(("True", "settings.debug", 'os.getenv("APP_DEBUG", "1") == "1"')):
        text = f"""{CONFIG}
#- main.py
import os

from fastapi import FastAPI

from config import settings

app = FastAPI(title=settings.app_name, debug={debug})


@app.get("/")
def root():
    raise ValueError("inside")
"""
        before, after = both(text, tmp_path / str(number), "SW603")
        assert said(before, ask) == ["True"]
        assert said(after, ask, DEBUG="false", APP_DEBUG="false") == ["False"]
        assert said(after, ask, DEBUG="true", APP_DEBUG="1") == ["True"]


def test_a_request_of_another_site_is_refused(tmp_path: Path) -> None:
    text = """
#- shop/__init__.py
#- shop/settings.py
SECRET_KEY = "x"
ALLOWED_HOSTS = ["testserver"]
ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = []
MIDDLEWARE = ["django.middleware.csrf.CsrfViewMiddleware"]
#- shop/views.py
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt
def choose(request):
    request.session = {}
    request.session["boat"] = request.POST["boat"]
    return HttpResponse("chosen")
#- shop/urls.py
from django.urls import path

from shop.views import choose

urlpatterns = [path("choose", choose)]
"""
    ask = """
    import django
    django.setup()
    from django.test import Client

    print(Client(enforce_csrf_checks=True).post("/choose", {"boat": "x"}).status_code)
    client = Client(enforce_csrf_checks=True)
    client.cookies["csrftoken"] = "a" * 32
    print(client.post("/choose", {"boat": "x", "csrfmiddlewaretoken": "a" * 32}).status_code)
    """
    before, after = both(text, tmp_path, "SW605")
    assert said(before, ask, DJANGO_SETTINGS_MODULE="shop.settings") == ["200", "200"]
    assert said(after, ask, DJANGO_SETTINGS_MODULE="shop.settings") == ["403", "200"]
