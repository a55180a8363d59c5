from sqlalchemy import create_engine
from sqlalchemy.orm import declarative_base, sessionmaker

from orchard.config import DATABASE_URL


engine = create_engine(DATABASE_URL, pool_pre_ping=True)
SessionLocal = sessionmaker(bind=engine, autoflush=False)
Base = declarative_base()
