from django.contrib.auth.models import AbstractUser
from django.db import models


class Member(AbstractUser):
    card = models.CharField(max_length=20, unique=True)
    pin_hash = models.CharField(max_length=128, blank=True)
    api_token = models.CharField(max_length=64, blank=True)
    last_seen = models.DateTimeField(null=True)


class Guest(models.Model):
    email = models.EmailField(unique=True)
    password = models.CharField(max_length=128)
    name = models.CharField(max_length=100, blank=True)
