"""Calls that block their thread, and what to do instead in async code.

A row under a base class holds for its subclasses. `Class.*` stands for every method that `QUICK` does not name.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from seawall.knowledge import django


class Kind(StrEnum):
    """What a call waits for."""

    SLEEP = "sleep"
    NETWORK = "network"
    DATABASE = "database"
    """A driver: psycopg2, sqlite3, pymongo, ..."""
    SESSION = "session"
    """The database, through a sync session, connection or engine of SQLAlchemy."""
    DJANGO = "django"
    """The database, through Django's ORM, which refuses to be used so in async code."""
    PROCESS = "process"
    FILE = "file"
    WAIT = "wait"
    """A thread, a future."""
    LOCK = "lock"
    """A lock or a queue; arguments may say not to wait."""
    INPUT = "input"


class Blocking(NamedTuple):
    """A blocking call: what it waits for, and the coroutine that does the same, if one exists."""

    kind: Kind
    instead: str = ""


def _rows(kind: Kind, owners: str, methods: str) -> dict[str, Blocking]:
    return {f"{owner}.{method}": Blocking(kind) for owner in owners.split() for method in methods.split()}


_HTTP = "get post put patch delete head options request"
_CURSORS = "psycopg.Cursor psycopg2.extensions.cursor pymysql.Cursor MySQLdb.Cursor mysql.connector.Cursor"

BLOCKING: dict[str, Blocking] = {
    "time.sleep": Blocking(Kind.SLEEP, "asyncio.sleep"),
    # Network
    **_rows(Kind.NETWORK, "requests httpx httpx2", _HTTP),
    **_rows(Kind.NETWORK, "requests.Session httpx.Client httpx2.Client", f"{_HTTP} send"),
    **_rows(Kind.NETWORK, "httpx httpx2 httpx.Client httpx2.Client", "stream"),
    **_rows(Kind.NETWORK, "urllib.request", "urlopen urlretrieve"),
    **_rows(Kind.NETWORK, "urllib.request.OpenerDirector", "open"),
    **_rows(Kind.NETWORK, "urllib3 urllib3.PoolManager urllib3.HTTPConnectionPool", "request urlopen"),
    **_rows(Kind.NETWORK, "http.client.HTTPConnection http.client.HTTPSConnection", "connect request getresponse"),
    **_rows(Kind.NETWORK, "socket", "create_connection getaddrinfo gethostbyname gethostbyaddr"),
    **_rows(Kind.NETWORK, "socket.socket", "connect accept recv recvfrom recv_into sendall"),
    **_rows(Kind.NETWORK, "smtplib", "SMTP SMTP_SSL"),
    **_rows(Kind.NETWORK, "smtplib.SMTP", "connect login starttls sendmail send_message"),
    **_rows(Kind.NETWORK, "imaplib", "IMAP4 IMAP4_SSL"),
    **_rows(Kind.NETWORK, "ftplib", "FTP FTP_TLS"),
    **_rows(Kind.NETWORK, "boto3.Client boto3.Resource", "*"),
    **_rows(Kind.NETWORK, "kafka.KafkaProducer confluent_kafka.Producer", "flush"),
    **_rows(Kind.NETWORK, "kafka.KafkaConsumer confluent_kafka.Consumer", "poll"),
    **_rows(Kind.NETWORK, "kafka.FutureRecordMetadata", "get"),
    **_rows(Kind.NETWORK, "confluent_kafka.Consumer", "consume"),
    **_rows(Kind.NETWORK, "openai.Completions openai.Responses openai.Embeddings anthropic.Messages", "create"),
    # Databases
    **_rows(Kind.DATABASE, "psycopg psycopg2 pymysql MySQLdb sqlite3 mysql.connector psycopg.Connection", "connect"),
    **_rows(Kind.DATABASE, _CURSORS, "execute executemany callproc copy_from copy_to copy_expert"),
    **_rows(Kind.DATABASE, "sqlite3.Cursor", "execute executemany executescript"),
    **_rows(Kind.DATABASE, "sqlite3.Connection", "execute executemany executescript commit rollback backup"),
    **_rows(Kind.DATABASE, "psycopg.Connection", "execute commit rollback"),
    **_rows(Kind.DATABASE, "psycopg2.extensions.connection pymysql.Connection MySQLdb.Connection", "commit rollback"),
    **_rows(Kind.DATABASE, "mysql.connector.Connection", "commit rollback"),
    **_rows(Kind.DATABASE, "redis.Redis", "*"),
    **_rows(Kind.DATABASE, "redis.Pipeline", "execute"),
    **_rows(Kind.DATABASE, "redis.Lock", "acquire release"),
    **_rows(
        Kind.DATABASE,
        "pymongo.Collection",
        "find_one insert_one insert_many update_one update_many replace_one delete_one delete_many count_documents "
        "estimated_document_count distinct aggregate find_one_and_update find_one_and_delete find_one_and_replace "
        "bulk_write create_index create_indexes drop",
    ),
    **_rows(Kind.DATABASE, "pymongo.Cursor", "__iter__ to_list"),
    **_rows(Kind.DATABASE, "pymongo.Database", "command list_collection_names create_collection drop_collection"),
    **_rows(Kind.DATABASE, "pymongo.MongoClient", "list_database_names drop_database server_info"),
    # SQLAlchemy
    **_rows(
        Kind.SESSION,
        "sqlalchemy.orm.Session sqlalchemy.orm.scoped_session",
        "execute scalar scalars get get_one refresh merge flush commit rollback exec connection bulk_save_objects "
        "bulk_insert_mappings bulk_update_mappings",
    ),
    **_rows(
        Kind.SESSION,
        "sqlalchemy.orm.Query",
        "all first one one_or_none scalar scalars count update delete get __iter__",
    ),
    **_rows(Kind.SESSION, "sqlalchemy.Connection", "execute scalar scalars exec_driver_sql commit rollback"),
    **_rows(Kind.SESSION, "sqlalchemy.Engine", "connect begin raw_connection"),
    **{name: Blocking(Kind.DJANGO, instead) for name, instead in django.EVALUATES.items()},
    # Processes
    **_rows(Kind.PROCESS, "subprocess", "run call check_call check_output getoutput getstatusoutput"),
    **_rows(Kind.PROCESS, "subprocess.Popen", "wait communicate"),
    **_rows(Kind.PROCESS, "os", "system popen wait waitpid spawnl spawnv"),
    # Files
    "builtins.open": Blocking(Kind.FILE),
    **_rows(Kind.FILE, "pathlib.Path", "open read_text read_bytes write_text write_bytes"),
    **_rows(Kind.FILE, "shutil", "copy copy2 copyfile copyfileobj copytree move rmtree make_archive unpack_archive"),
    **_rows(Kind.FILE, "os", "walk"),
    # Threads
    **_rows(Kind.WAIT, "concurrent.futures.Future", "result exception"),
    **_rows(Kind.WAIT, "concurrent.futures", "wait as_completed"),
    **_rows(Kind.WAIT, "threading.Thread multiprocessing.Process", "join"),
    **_rows(Kind.WAIT, "threading.Event threading.Barrier", "wait"),
    **_rows(Kind.LOCK, "threading.Lock threading.RLock threading.Semaphore threading.BoundedSemaphore", "acquire"),
    **_rows(
        Kind.LOCK, "queue.Queue queue.LifoQueue queue.PriorityQueue queue.SimpleQueue multiprocessing.Queue", "get"
    ),
    "builtins.input": Blocking(Kind.INPUT),
}

QUICK = frozenset(
    {
        f"{owner}.{method}"
        for owner, methods in {
            "boto3.Client": "generate_presigned_url generate_presigned_post get_paginator get_waiter can_paginate close",
            "boto3.Resource": "Bucket Object Table Queue Topic get_available_subresources",
            "redis.Redis": "__enter__ pipeline pubsub lock from_url register_script close get_connection_kwargs get_encoder "
            "scan_iter hscan_iter sscan_iter zscan_iter set_response_callback json ft ts bf",
        }.items()
        for method in methods.split()
    }
    | django.PREFETCHED
)
"""Methods that do not wait, or may not, of classes whose others do."""

LOOP_CALLBACKS: dict[str, int] = {
    "asyncio.AbstractEventLoop.call_soon": 0,
    "asyncio.AbstractEventLoop.call_later": 1,
    "asyncio.AbstractEventLoop.call_at": 1,
    "asyncio.AbstractEventLoop.call_soon_threadsafe": 0,
    "asyncio.AbstractEventLoop.add_signal_handler": 1,
    "asyncio.Task.add_done_callback": 0,
    "asyncio.Future.add_done_callback": 0,
}
"""Functions that run another on the event loop, and the position of the argument that is it."""

PROPERTIES = frozenset({
    "builtins.property", "functools.cached_property", "django.utils.functional.cached_property", "abc.abstractproperty",
    "sqlalchemy.ext.hybrid.hybrid_property",
})  # fmt: skip
"""Decorators that make reading an attribute run the function."""

SYNC_SESSIONS = (
    "sqlalchemy.orm.Session",
    "sqlalchemy.orm.scoped_session",
    "sqlalchemy.orm.Query",
    "sqlalchemy.Connection",
    "sqlalchemy.Engine",
)
