"""Stands in for a task queue: what is sent runs elsewhere, without an event loop."""

from collections.abc import Callable


class Task:
    def __init__(self, function: Callable[..., None]) -> None:
        self.function = function

    def delay(self, *arguments: object) -> None:
        sent.append((self, arguments))


class Queue:
    def task(self, function: Callable[..., None]) -> Task:
        return Task(function)


sent: list[tuple[Task, tuple[object, ...]]] = []


def work() -> None:
    while sent:
        task, arguments = sent.pop(0)
        task.function(*arguments)
