"""Removes what was delivered."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from parcels.database import SessionLocal  # noqa: E402
from parcels.models import Parcel  # noqa: E402


def main() -> None:
    with SessionLocal() as db:
        parcels = db.query(Parcel).filter_by(status="delivered").all()
        for parcel in parcels:
            db.delete(parcel)
        db.commit()
        print(len(parcels))


if __name__ == "__main__":
    main()
