"""What the handlers do with the database."""

from sqlalchemy import desc, func, select

from clinic.db import db
from clinic.models import Doctor, Visit


def find_doctor(name):
    return db.query(Doctor).filter_by(name=name).first()


def hire(name):
    doctor = Doctor(name=name)
    db.add(doctor)
    db.flush()
    return doctor


def book(doctor, patient):
    visit = Visit(doctor=doctor, patient=patient)
    with db.begin_nested():
        db.add(visit)
    return visit


def busiest():
    row = (
        db.query(Doctor.name, func.count(Visit.id).label("visits"))
        .join(Visit)
        .group_by(Doctor.name)
        .order_by(desc("visits"), Doctor.name)
        .first()
    )
    return row and {"name": row.name, "visits": row.visits}


def patients_of(doctor):
    return [patient for patient in db.scalars(select(Visit.patient).where(Visit.doctor_id == doctor.id))]


def cancel(id):
    visit = db.get(Visit, id)
    if visit is None:
        return None
    db.delete(visit)
    return visit.doctor.name


def import_patients(doctor, names):
    db.bulk_save_objects([Visit(patient=name, doctor_id=doctor.id) for name in names])
    return db.query(Visit).filter(Visit.doctor_id == doctor.id).count()
