from django.db import models


class Kiln(models.Model):
    name = models.CharField(max_length=50)


class Pot(models.Model):
    name = models.CharField(max_length=100)
    glaze = models.CharField(max_length=50)
    price = models.DecimalField(max_digits=8, decimal_places=2)
    stock = models.PositiveIntegerField(default=0)
    kiln = models.ForeignKey(Kiln, null=True, related_name="pots", on_delete=models.SET_NULL)


class Glaze(models.Model):
    name = models.CharField(max_length=50, unique=True)
    recipe = models.TextField()
