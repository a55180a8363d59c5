from alembic import context
from sqlalchemy import create_engine, pool

from orchard.config import DATABASE_URL
from orchard.models import Base

connectable = create_engine(DATABASE_URL, poolclass=pool.NullPool)

with connectable.connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata)
    with context.begin_transaction():
        context.run_migrations()
