from django.conf import settings
from django.db import models

from catalogue.models import Pot


class Order(models.Model):
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    state = models.CharField(max_length=10, default="open")
    note = models.TextField(blank=True)
    voucher = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)


class Line(models.Model):
    order = models.ForeignKey(Order, related_name="lines", on_delete=models.CASCADE)
    pot = models.ForeignKey(Pot, on_delete=models.PROTECT)
    count = models.PositiveIntegerField(default=1)
