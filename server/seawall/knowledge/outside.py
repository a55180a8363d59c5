"""Outside data that does not come as a web request: messages of queues, the command line, and what Flask keeps at module level.

How web requests are handed to handlers stands in `http_input.py`.
"""

from __future__ import annotations

from typing import NamedTuple

MODULE_NAMES = frozenset({"request", "sys", "argv"})
"""Module-level names that may hold outside data, and what they are: `flask.request`, `sys`, `sys.argv`."""

COMMAND_LINE = "the command line"
MESSAGE = "a message"
TASK = "a task's message"

CALLS = {
    "builtins.input": COMMAND_LINE,
    "getpass.getpass": COMMAND_LINE,
    "click.prompt": COMMAND_LINE,
    "typer.prompt": COMMAND_LINE,
    "argparse.ArgumentParser.parse_args": COMMAND_LINE,
    "argparse.ArgumentParser.parse_known_args": COMMAND_LINE,
    **{
        f"{module}.Redis.{method}": TASK
        for module in ("redis", "redis.asyncio", "redis.client", "redis.asyncio.client")
        for method in ("blpop", "brpop", "lpop", "rpop", "bzpopmin", "bzpopmax", "xread", "xreadgroup")
    },
}
"""Calls that give outside data."""

MESSAGE_SOURCES = frozenset({
    "aiokafka.AIOKafkaConsumer", "kafka.KafkaConsumer", "confluent_kafka.Consumer", "redis.client.PubSub",
    "redis.asyncio.client.PubSub", "redis.PubSub", "redis.asyncio.PubSub", "aio_pika.Queue", "aio_pika.abc.AbstractQueue",
    "aio_pika.queue.QueueIterator", "aio_pika.abc.AbstractQueueIterator", "aio_pika.abc.AbstractRobustQueue",
})  # fmt: skip
"""What hands out messages, ..."""

TEXT_SOURCES = (
    "websockets.ServerConnection", "websockets.ClientConnection", "websockets.WebSocketServerProtocol", "websockets.WebSocketClientProtocol",
    "websockets.asyncio.server.ServerConnection", "websockets.asyncio.client.ClientConnection",
    "websockets.server.WebSocketServerProtocol", "websockets.legacy.server.WebSocketServerProtocol",
    "websockets.client.WebSocketClientProtocol", "websockets.sync.server.ServerConnection", "websockets.sync.client.ClientConnection",
)  # fmt: skip
"""... what hands out messages that are nothing but their content, ..."""

MESSAGES = frozenset({
    "aio_pika.IncomingMessage", "aio_pika.Message", "aio_pika.abc.AbstractIncomingMessage", "aio_pika.message.IncomingMessage",
    "aiokafka.ConsumerRecord", "aiokafka.structs.ConsumerRecord", "kafka.consumer.fetcher.ConsumerRecord",
    "confluent_kafka.Message", "nats.aio.msg.Msg", "paho.mqtt.client.MQTTMessage", "faststream.kafka.KafkaMessage", "faststream.rabbit.RabbitMessage",
})  # fmt: skip
"""... messages themselves, ..."""

MESSAGE_PARTS = frozenset({"value", "body", "data", "key", "headers", "payload", "get_message", "listen"})
"""... and what of them was written by whoever sent them."""

QUEUES = (
    "asyncio.Queue",
    "asyncio.queues.Queue",
    "queue.Queue",
    "queue.SimpleQueue",
    "janus.Queue",
    "multiprocessing.Queue",
)
"""What the program hands things to itself with: they may be anything, ..."""

QUEUE_READS = frozenset({"get", "get_nowait"})
QUEUE_WRITES = ("put", "put_nowait")
"""... and it is known who puts them in."""

RECEIVERS = {
    "starlette.endpoints.WebSocketEndpoint.on_receive": ("data",),
    **{
        f"channels.generic.websocket.{cls}.{method}": parameters
        for cls in (
            "WebsocketConsumer",
            "AsyncWebsocketConsumer",
            "JsonWebsocketConsumer",
            "AsyncJsonWebsocketConsumer",
        )
        for method, parameters in (("receive", ("text_data", "bytes_data")), ("receive_json", ("content",)))
    },
}
"""Methods that a framework calls with what a client sends, and the parameters that hold it."""


class Callback(NamedTuple):
    """A function that is given to a call, which makes it be called with messages."""

    at: int
    """Where it is given, ..."""
    keyword: str
    """... or under which name."""
    position: int
    """Which of its parameters is the message, ..."""
    kind: str
    """... its content alone (`text`), or what hands out contents (`texts`)."""


CALLBACKS = {
    **dict.fromkeys(
        (
            "websockets.serve",
            "websockets.server.serve",
            "websockets.asyncio.server.serve",
            "websockets.sync.server.serve",
        ),
        Callback(0, "handler", 0, "texts"),
    ),
    **dict.fromkeys(
        ("aio_pika.Queue.consume", "aio_pika.abc.AbstractQueue.consume", "aio_pika.abc.AbstractRobustQueue.consume"),
        Callback(0, "callback", 0, "message"),
    ),
    **dict.fromkeys(
        ("pika.channel.Channel.basic_consume", "pika.adapters.blocking_connection.BlockingChannel.basic_consume"),
        Callback(1, "on_message_callback", 3, "text"),
    ),
    "nats.aio.client.Client.subscribe": Callback(2, "cb", 0, "message"),
}
CALLBACK_NAMES = tuple(dict.fromkeys(name.rpartition(".")[2] for name in CALLBACKS))

TASKS = frozenset({
    "celery.shared_task", "celery.Celery.task", "celery.app.base.Celery.task", "dramatiq.actor", "huey.Huey.task", "huey.RedisHuey.task",
    "rq.decorators.job", "taskiq.AsyncBroker.task", "taskiq.InMemoryBroker.task", "taskiq_redis.ListQueueBroker.task",
    "taskiq_aio_pika.AioPikaBroker.task", "procrastinate.App.task", "django_rq.job",
})  # fmt: skip
"""Decorators of functions that a worker calls with what the program itself has put into a queue."""

ENQUEUES = frozenset(
    {"delay", "apply_async", "send", "send_with_options", "kiq", "enqueue", "defer", "defer_async", "s", "si"}
)
"""Methods of such a function that put its arguments into the queue."""

HANDOVERS = {
    "to_thread": 0, "run_in_threadpool": 0, "run_sync": 0, "run_in_executor": 1, "submit": 0, "add_task": 0, "call_soon": 0,
    "call_soon_threadsafe": 0, "call_later": 1,
}  # fmt: skip
"""Calls that call another function, with the arguments that follow it, and where it stands."""

WRAPPERS = frozenset({
    "asgiref.sync.sync_to_async", "asgiref.sync.async_to_sync", "channels.db.database_sync_to_async", "asyncer.asyncify", "asyncer.syncify",
})  # fmt: skip
"""Calls that make of a function one with the same arguments."""

SUBSCRIBERS = frozenset({
    f"faststream.{broker}.subscriber"
    for broker in ("kafka.KafkaBroker", "rabbit.RabbitBroker", "redis.RedisBroker", "nats.NatsBroker")
})  # fmt: skip
"""Decorators of functions that are called with a message's content."""

COMMANDS = frozenset({
    "click.command", "click.Group.command", "click.core.Group.command", "typer.Typer.command", "typer.Typer.callback",
    "click.group", "flask.cli.AppGroup.command", "cyclopts.App.command",
})  # fmt: skip
"""Decorators of functions that are called with the command line's arguments."""

SOURCE_NAMES = frozenset(
    {name.rpartition(".")[2] for name in (*CALLS, *MESSAGE_SOURCES)}
    | {"get_message", "listen", "poll", "getone", "pubsub", "iterator", "getmany", "consume", "recv", *QUEUE_READS}
)
"""The last part of calls that may bring outside data without being given anything."""

HANDS_ON = frozenset({
    "json.loads", "orjson.loads", "ujson.loads", "msgspec.json.decode", "yaml.safe_load", "base64.b64decode",
    "urllib.parse.unquote", "urllib.parse.unquote_plus", "urllib.parse.parse_qs", "markupsafe.escape", "markupsafe.Markup",
})  # fmt: skip
"""Library functions whose result holds the characters of their first argument."""

VALIDATES_INTO = frozenset(
    {"model_validate", "model_validate_json", "parse_obj", "parse_raw", "validate_python", "validate_json"}
)
"""Methods of a model that give an instance made of their first argument."""

QUOTES = (
    "quote",
    "escape",
    "sanit",
    "clean",
    "safe",
    "ident",
    "slug",
    "valid",
    "allow",
    "whitelist",
    "check",
    "hash",
    "encrypt",
)
"""What is said by the name of a function that gives back something harmless."""
