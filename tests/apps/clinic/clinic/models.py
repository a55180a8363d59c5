from sqlalchemy import Column, DateTime, ForeignKey, Integer, String, func
from sqlalchemy.orm import relationship

from clinic.db import Base


class Doctor(Base):
    __tablename__ = "doctors"

    id = Column(Integer, primary_key=True)
    name = Column(String, nullable=False, unique=True)
    visits = relationship("Visit", back_populates="doctor", order_by="Visit.id")


class Visit(Base):
    __tablename__ = "visits"

    id = Column(Integer, primary_key=True)
    patient = Column(String, nullable=False)
    booked_at = Column(DateTime, server_default=func.now())
    doctor_id = Column(ForeignKey("doctors.id"), index=True, nullable=False)
    doctor = relationship("Doctor", back_populates="visits")
