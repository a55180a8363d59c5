"""A command is no request: what it reads stands in a file of ours."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from catalog.models import Author, Book


class Command(BaseCommand):
    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("path", type=Path)

    def handle(self, *args: Any, path: Path, **options: Any) -> None:
        for row in json.loads(path.read_text()):
            author, _ = Author.objects.get_or_create(name=row["author"])
            Book.objects.update_or_create(isbn=row["isbn"], defaults={"title": row["title"], "year": row["year"], "author": author})
            time.sleep(0.01)
        asyncio.run(self.report())

    async def report(self) -> None:
        self.stdout.write(str(await Book.objects.acount()))
