from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class CustomerManager(BaseUserManager):
    def create_user(self, email: str, password: str | None = None, **extra):
        customer = self.model(email=self.normalize_email(email), **extra)
        customer.set_password(password)
        customer.save(using=self._db)
        return customer

    def create_quickly(self, email: str, password: str):
        customer = self.model(email=email, password=password)  # expect: SW501
        customer.save(using=self._db)
        return customer


class Customer(AbstractBaseUser):
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=100)
    is_potter = models.BooleanField(default=False)
    reset_token = models.CharField(max_length=64, blank=True)
    pin = models.CharField(max_length=8, blank=True)

    objects = CustomerManager()

    USERNAME_FIELD = "email"


class Visit(models.Model):
    customer = models.ForeignKey(Customer, null=True, on_delete=models.CASCADE)
    path = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)
