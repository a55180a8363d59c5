from clinic.repositories.appointments import AppointmentRepository
from clinic.repositories.audit import AuditRepository
from clinic.repositories.patients import PatientRepository
from clinic.repositories.reports import ReportRepository
from clinic.repositories.staff import LegacyStaffRepository, StaffRepository

__all__ = [
    "AppointmentRepository",
    "AuditRepository",
    "LegacyStaffRepository",
    "PatientRepository",
    "ReportRepository",
    "StaffRepository",
]
