import pytest

from support.marked import Folder, assert_finds, assert_fixes, assert_silent, parse

CODE = "SW110"
HEAD = "import asyncio\nasync def load(n=1): return n\n"


@pytest.mark.parametrize(
    "lines",
    [
        HEAD + "async def f():\n    «asyncio.run(load())»\n",
        "from asyncio import run as go\n" + HEAD + "async def f():\n    return «go(load())»\n",
        HEAD + "async def f():\n    loop = asyncio.get_event_loop()\n    «loop.run_until_complete(load())»\n",
        HEAD + "async def f():\n    «asyncio.new_event_loop().run_until_complete(load())»\n",
        HEAD + "from asgiref.sync import async_to_sync\nasync def f():\n    return «async_to_sync(load)(2)»\n",
        "import anyio\n" + HEAD + "async def f():\n    «anyio.run(load, 2)»\n",
        HEAD + "class A:\n    async def go(self):\n        return «asyncio.run(load())»\n",
        "from lib import start\nasync def f(x):\n    «start(x)»\n#- lib.py\nfrom asyncio import run as start\n",
    ],
)
def test_a_loop_in_a_loop(lines: str) -> None:
    assert_finds(CODE, lines)


@pytest.mark.parametrize(
    "lines",
    [
        HEAD + "def main():\n    asyncio.run(load())\n",
        HEAD + "if __name__ == '__main__':\n    asyncio.run(load())\n",
        HEAD + "async def f():\n    await asyncio.to_thread(asyncio.run, load())\n",
        HEAD + "async def f():\n    def work():\n        asyncio.run(load())\n    await asyncio.to_thread(work)\n",
        HEAD + "async def f():\n    return lambda: asyncio.run(load())\n",
        "import nest_asyncio\n" + HEAD + "nest_asyncio.apply()\nasync def f():\n    asyncio.run(load())\n",
        HEAD + "async def f(asyncio):\n    asyncio.run(load())\n",
        HEAD + "async def f(loop):\n    loop.run_until_complete(load())\n",
        HEAD + "from asgiref.sync import async_to_sync\nasync def f():\n    return async_to_sync(load)\n",
        HEAD + "async def f():\n    asyncio.get_running_loop().create_task(load())\n",
    ],
)
def test_silent(lines: str) -> None:
    assert_silent(CODE, lines)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = asyncio.run(load(3)).real", "x = (await load(3)).real"),
        ("asyncio.get_event_loop().run_until_complete(load())  # ü", "await load()  # ü"),
        ("asyncio.run(\n        load(),\n    )", "await load()"),
    ],
)
def test_awaited(before: str, after: str) -> None:
    assert_fixes(CODE, f"{HEAD}async def f():\n    {before}\n", f"{HEAD}async def f():\n    {after}\n")


def test_a_bridge_is_taken_away() -> None:
    head = f"{HEAD}from asgiref.sync import async_to_sync\n"
    assert_fixes(
        CODE,
        head + "async def f():\n    return async_to_sync(load)(n=2)\n",
        head + "async def f():\n    return await load(n=2)\n",
    )


@pytest.mark.parametrize("call", ["asyncio.run(load(), debug=True)", "asyncio.run(  # why\n        load())"])
def test_no_fix_that_loses_something(call: str) -> None:
    (located,) = Folder(parse(f"{HEAD}async def f():\n    {call}\n").files).findings(CODE)
    assert located.finding.fixes == ()
