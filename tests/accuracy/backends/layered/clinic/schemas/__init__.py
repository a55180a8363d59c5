"""What goes over the wire; names are re-exported for the routers."""

from clinic.schemas.appointments import AppointmentIn, AppointmentOut, AppointmentPatch, Sorting
from clinic.schemas.patients import ImportedPatient, PatientIn, PatientOut, PatientPatch
from clinic.schemas.staff import PasswordChange, StaffExport, StaffIn, StaffOut, Token

__all__ = [
    "AppointmentIn",
    "AppointmentOut",
    "AppointmentPatch",
    "ImportedPatient",
    "PasswordChange",
    "PatientIn",
    "PatientOut",
    "PatientPatch",
    "Sorting",
    "StaffExport",
    "StaffIn",
    "StaffOut",
    "Token",
]
