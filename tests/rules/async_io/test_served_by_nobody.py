"""Async code that keeps nobody waiting: jobs of RQ, which have a process to themselves, and branches that never run."""

import pytest

from support.marked import assert_finds, assert_silent

QUEUE = """\
#- requirements.txt
rq>=2
rq-scheduler
fastapi
#- app/__init__.py
#- app/queues.py
from rq import Queue
from rq_scheduler import Scheduler
queue = Queue(name="low")
scheduler = Scheduler(queue=queue)
class Bus:
    def enqueue(self, function, *args): ...
bus = Bus()
#- app/api.py
from app.jobs import scan
from app.queues import bus, queue, scheduler
"""
JOBS = """\
#- app/jobs.py
import time
from rq.decorators import job
async def scan(paths: list[str]) -> None:
    await look(paths[0])
    time.sleep(1)
async def look(path: str) -> None:
    time.sleep(1)
"""
FOUND = JOBS.replace("time.sleep(1)", "«time.sleep(1)»")


@pytest.mark.parametrize(
    "lines",
    [
        "def start(paths):\n    queue.enqueue(scan, paths)\n",
        "def start(paths):\n    queue.enqueue_call(func=scan, args=(paths,))\n",
        "def start(paths):\n    scheduler.enqueue_in(60, scan, paths)\n",
        "def start():\n    scheduler.cron('* * * * *', func=scan, args=[[]])\n",
    ],
)
def test_jobs_and_what_only_they_call(lines: str) -> None:
    assert_silent("SW101", f"{QUEUE}{lines}{JOBS}")


def test_a_job_by_its_decorator() -> None:
    assert_silent("SW101", QUEUE + JOBS.replace("async def scan", "@job('low')\nasync def scan"))


def test_a_job_with_another_decorator_and_a_helper_within() -> None:
    jobs = JOBS.replace("async def scan", "from app.queues import prepared\n@prepared()\nasync def scan")
    jobs = jobs.replace(
        "    await look(paths[0])\n", "    async def one(path):\n        await look(path)\n    await one(paths[0])\n"
    )
    assert_silent("SW101", f"{QUEUE}def start(paths):\n    queue.enqueue(scan, paths)\n{jobs}")


def test_tests_may_call_what_only_jobs_do() -> None:
    tests = "#- tests/test_jobs.py\nfrom app.jobs import look\nasync def test_it():\n    await look('x')\n"
    assert_silent("SW101", f"{QUEUE}def start(paths):\n    queue.enqueue(scan, paths)\n{JOBS}{tests}")


def test_helpers_of_jobs_in_chains() -> None:
    jobs = JOBS.replace("time.sleep(1)", "wait()") + "def wait() -> None:\n    time.sleep(1)\n"
    assert_silent("SW103", f"{QUEUE}def start(paths):\n    queue.enqueue(scan, paths)\n{jobs}")


@pytest.mark.parametrize(
    "lines",
    [
        "def start(paths):\n    print(scan, paths)\n",
        "def start(paths):\n    bus.enqueue(scan, paths)\n",
        "def start(paths):\n    queue.enqueue(print, paths)\n",
        "async def handler(paths):\n    await scan(paths)\n",
    ],
)
def test_what_is_no_job(lines: str) -> None:
    assert_finds("SW101", f"{QUEUE}{lines}{FOUND}")


def test_a_helper_that_a_handler_awaits_too() -> None:
    lines = "from app.jobs import look\ndef start(paths):\n    queue.enqueue(scan, paths)\nasync def handler(path):\n    await look(path)\n"
    jobs = JOBS.replace("str) -> None:\n    time.sleep(1)", "str) -> None:\n    «time.sleep(1)»")
    assert_finds("SW101", f"{QUEUE}{lines}{jobs}")


def test_a_helper_that_something_unknown_may_call() -> None:
    lines = "def start(paths, anything):\n    queue.enqueue(scan, paths)\n    anything.look(paths)\n"
    jobs = JOBS.replace("str) -> None:\n    time.sleep(1)", "str) -> None:\n    «time.sleep(1)»")
    assert_finds("SW101", f"{QUEUE}{lines}{jobs}")


def test_a_project_without_rq() -> None:
    text = QUEUE.replace("rq>=2\nrq-scheduler\n", "")
    assert_finds("SW101", f"{text}def start(paths):\n    queue.enqueue(scan, paths)\n{FOUND}")


@pytest.mark.parametrize("test", ["False", "False and x", "x and 0", "TYPE_CHECKING", "typing.TYPE_CHECKING"])
def test_branches_that_never_run(test: str) -> None:
    head = "import time\nimport typing\nfrom typing import TYPE_CHECKING\nfrom app import wait, load\nasync def f(x):\n"
    text = f"{head}    if {test}:\n        time.sleep(1)\n        wait()\n        load()\n"
    app = "#- app.py\nimport time\ndef wait(): time.sleep(1)\nasync def load(): ...\n"
    for code in ("SW101", "SW103", "SW104"):
        assert_silent(code, text + app)


@pytest.mark.parametrize("test", ["x", "True", "x or False", "not False", "x and 1"])
def test_branches_that_may_run(test: str) -> None:
    assert_finds("SW101", f"import time\nasync def f(x):\n    if {test}:\n        «time.sleep(1)»\n")


def test_the_other_branch_runs() -> None:
    assert_finds(
        "SW101", "import time\nasync def f(x):\n    if False:\n        pass\n    else:\n        «time.sleep(1)»\n"
    )
