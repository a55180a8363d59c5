"""The ledger: a second database, older than the rest."""

import asyncio
import logging
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

import asyncpg
import psycopg
from psycopg import sql

log = logging.getLogger("freight.ledger")

LEDGER = Path("/var/lib/freight/ledger.db")
ORDERABLE = {"day", "amount"}
BANK = {"user": "freight", "password": "Capstan-88-Winch!"}  # expect: SW201
BANK_HELP = {"password": "Ask the office for the password"}


def connect() -> sqlite3.Connection:
    return sqlite3.connect(os.environ["LEDGER_PATH"])  # expect: SW606


def book(day: str, amount: int) -> None:
    with connect() as connection:
        connection.execute("INSERT INTO ledger VALUES (?, ?)", (day, amount))


def booked(day: str) -> list[tuple]:
    with connect() as connection:
        return connection.execute(f"SELECT * FROM ledger WHERE day = '{day}'").fetchall()  # expect: SW402


def booked_on(days: list[str], order: str) -> list[tuple]:
    marks = ",".join("?" * len(days))
    if order not in ORDERABLE:
        raise ValueError(order)
    with connect() as connection:
        return connection.execute(f"SELECT * FROM ledger WHERE day IN ({marks}) ORDER BY {order}", days).fetchall()


async def copy(connection: asyncpg.Connection, customer: str) -> None:
    await connection.copy_from_query("SELECT * FROM ledger WHERE customer = '" + customer + "'", output="x.csv")  # expect: SW402
    await connection.copy_from_query("SELECT * FROM ledger WHERE customer = $1", customer, output="y.csv")


async def truncate(connection: psycopg.AsyncConnection, table: str) -> None:
    await connection.execute(sql.SQL("TRUNCATE {}").format(sql.Identifier(table)))


async def book_all(days: list[str]) -> None:
    for day in days:
        book(day, 1)  # expect: SW103
        await asyncio.to_thread(book, day, 2)


async def back_up() -> None:
    shutil.copy(LEDGER, LEDGER.with_suffix(".bak"))  # expect: SW101
    subprocess.check_call(["gzip", str(LEDGER)])  # expect: SW101
    await asyncio.to_thread(shutil.copy, LEDGER, "/tmp/ledger.db")
    process = await asyncio.create_subprocess_exec("gzip", "/tmp/ledger.db")
    await process.wait()


async def send(password: str) -> None:
    log.info("logging in as %(user)s with %(password)s", {"user": BANK["user"], "password": password})  # expect: SW207
    log.info("logging in as %s", BANK["user"])
    asyncio.sleep(1)  # expect: SW104
