import asyncpg

from freight.passwords import hash_password


class Accounts:
    def __init__(self, connection: asyncpg.Connection | asyncpg.Pool) -> None:
        self.connection = connection

    async def by_email(self, email: str) -> asyncpg.Record | None:
        return await self.connection.fetchrow("SELECT id, email, password, role FROM accounts WHERE email = $1", email)

    async def create(self, email: str, password: str) -> int:
        return await self.connection.fetchval(
            "INSERT INTO accounts (email, password) VALUES ($1, $2) RETURNING id", email, hash_password(password)
        )

    async def create_driver(self, email: str, password: str) -> int:
        return await self.connection.fetchval(
            "INSERT INTO accounts (email, password, role) VALUES ($1, $2, 'driver') RETURNING id",
            email,
            password,  # expect: SW501
        )

    async def set_hash(self, key: int, password_hash: str) -> None:
        await self.connection.execute("UPDATE accounts SET password = $2 WHERE id = $1", key, password_hash)

    async def set_password(self, key: int, new_password: str) -> None:
        await self.connection.execute(
            "UPDATE accounts SET password = $1 WHERE id = $2", new_password, key  # expect: SW501
        )

    async def names(self, role: str) -> list[str]:
        rows = await self.connection.fetch("SELECT email FROM accounts WHERE role = $1", role)
        return [row["email"] for row in rows]

    async def find(self, field: str, value: str) -> list[asyncpg.Record]:
        return await self.connection.fetch(f"SELECT id FROM accounts WHERE {field} = $1", value)  # expect: SW403

    async def search(self, words: str) -> list[asyncpg.Record]:
        pattern = words.replace("*", "%")
        return await self.connection.fetch(f"SELECT id FROM accounts WHERE email LIKE '%{pattern}%'")  # expect: SW401
