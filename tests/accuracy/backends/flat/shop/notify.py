import logging
import smtplib
import subprocess

import requests

log = logging.getLogger(__name__)

CHAT = "https://chat.shop.example/hooks/workshop"
SMTP_PASSWORD = "Lamp-3-Dynamo-71"  # expect: SW201


def tell_workshop(ticket_id: int) -> None:
    requests.post(CHAT, json={"ticket": ticket_id}, timeout=5)


def _mail(to: str, body: str) -> None:
    with smtplib.SMTP("mail.shop.example") as server:
        server.login("shop", SMTP_PASSWORD)
        server.sendmail("shop@example.com", [to], body)


def tell_customer(ticket_id: int) -> None:
    _mail("customer@example.com", f"ticket {ticket_id} has news")


def print_label(ticket_id: int) -> int:
    return subprocess.run(["lp", f"/tmp/{ticket_id}.pdf"], check=False).returncode
