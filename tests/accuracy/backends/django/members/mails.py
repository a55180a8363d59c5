"""Mails to members."""

import os
import smtplib
import string
from email.message import EmailMessage

SENDER = "library@example.com"
SERVER = os.getenv("MAIL_SERVER", "mail.internal")  # expect: SW606
RESET_TEXT = "Somebody asked for a new password for your card. Your token: {token}"
ARCHIVE = "smtp://clerk:Stamp-and-Pad-3@archive.internal:25"  # expect: SW203
CHAT_HOOK = "https://hooks.slack.com/services/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"  # expect: SW202
ALPHABET = string.ascii_letters + string.digits


def server(password: str = "") -> smtplib.SMTP:
    one = smtplib.SMTP(SERVER)
    if password:
        one.login(SENDER, password)
    return one


def new_password(to: str, password: str) -> EmailMessage:
    message = EmailMessage()
    message["To"], message["Subject"] = to, "Your new password"
    message.set_content(f"It was changed, and has {len(password)} characters")
    return message


def archive_password() -> str:
    return os.environ.get("ARCHIVE_PASSWORD", "Stamp-and-Pad-4")  # expect: SW204


def announce(token: str) -> None:
    print(f"sending reset token {token}")  # expect: SW207
    print(f"sending a reset token of {len(token)} characters")
