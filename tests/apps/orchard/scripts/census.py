"""Counts the trees; run by hand."""

from orchard.database import SessionLocal
from orchard.trees import Trees


def main() -> None:
    with SessionLocal() as session:
        print(f"{Trees(session).count()} trees")


if __name__ == "__main__":
    main()
