import secrets

from django.core.management.base import BaseCommand
from django.db import connection

from accounts.models import Customer

DEFAULT_PASSWORD = "Throwing-Wheel-2031"


class Command(BaseCommand):
    help = "Adds potters, and removes visits that nobody needs"

    def add_arguments(self, parser):
        parser.add_argument("emails", nargs="*")
        parser.add_argument("--older-than", type=int, default=30)
        parser.add_argument("--path", default="")

    def handle(self, *args, **options):
        for email in options["emails"]:
            Customer.objects.create_user(email, secrets.token_urlsafe(12), is_potter=True)
        for email in options["emails"]:
            if not Customer.objects.filter(email=email).exists():
                Customer.objects.create_user(email, DEFAULT_PASSWORD)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM accounts_visit WHERE at < now() - interval '%d days'" % options["older_than"])
            if options["path"]:
                cursor.execute(f"DELETE FROM accounts_visit WHERE path = '{options['path']}'")  # expect: SW402
