from sqlalchemy import create_engine
from sqlalchemy.orm import declarative_base, sessionmaker

from orchard.config import DATABASE_URL


def connect(url):
    engine = create_engine(url, pool_pre_ping=True)
    return engine, sessionmaker(bind=engine, autoflush=False)


engine, SessionLocal = connect(DATABASE_URL)
Base = declarative_base()
