import logging

from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_save
from django.dispatch import receiver

from accounts.models import Customer, Visit

logger = logging.getLogger(__name__)


@receiver(user_logged_in)
async def note_login(sender, request, user, **kwargs):
    Visit.objects.create(customer=user, path=request.path)  # expect: SW108
    await Visit.objects.filter(customer=user, path="").adelete()


@receiver(post_save, sender=Customer)
def welcome(sender, instance, created, **kwargs):
    if created:
        Visit.objects.create(customer=instance, path="/welcome/")
        logger.info("welcome, %s", instance.email)
