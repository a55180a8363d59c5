"""Fills a developer's database: `python scripts/seed.py`."""

import asyncio
import os
import time
from datetime import date

from clinic.database import SessionFactory
from clinic.models import Patient

NUMBER = int(os.environ.get("SEED_NUMBER", "10"))


async def main() -> None:
    async with SessionFactory() as session:
        for number in range(NUMBER):
            session.add(Patient(name=f"Patient {number}", email=f"p{number}@example.com", birthday=date(1980, 1, 1)))
        await session.commit()
    time.sleep(0.1)


if __name__ == "__main__":
    asyncio.run(main())
