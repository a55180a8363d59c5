import smtplib
from dataclasses import dataclass
from email.message import EmailMessage
from functools import partial

import anyio.to_thread
import requests
import structlog

from clinic.settings import settings

log = structlog.get_logger()

GATEWAY = "https://sms.example/send"


@dataclass
class Mailbox:
    host: str = "localhost"
    user: str = ""
    password: str = ""


mailbox = Mailbox()
mailbox.user = "reminders"
mailbox.password = "Tourniquet-7-reed"  # expect: SW201


def send(number: str, text: str) -> bool:
    key = settings.sms_api_key
    if key is None:
        log.info("no sms without a key", number=number)
        return False
    response = requests.post(GATEWAY, json={"to": number, "text": text}, auth=("clinic", key.get_secret_value()), timeout=5)
    return response.ok


async def send_later(number: str, text: str) -> bool:
    return await anyio.to_thread.run_sync(send, number, text)


async def send_many(numbers: list[str], text: str) -> int:
    sent = 0
    for number in numbers:
        sent += await anyio.to_thread.run_sync(partial(send, number, text))
    return sent


def mail(to: str, subject: str, body: str) -> None:
    message = EmailMessage()
    message["To"], message["Subject"] = to, subject
    message.set_content(body)
    with smtplib.SMTP(mailbox.host) as server:
        server.login(mailbox.user, mailbox.password)
        server.send_message(message)
