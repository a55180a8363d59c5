import json
import logging

from asgiref.sync import sync_to_async
from django.contrib.auth import aauthenticate, alogin, login
from django.contrib.auth.decorators import login_required
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from pydantic import BaseModel, TypeAdapter

from members.forms import GuestForm, ProfileForm
from members.models import Guest, Member
from members.security import (
    card_is_genuine,
    card_password_digest,
    check_pin,
    hash_pin,
    kiosk_claims,
    kiosk_claims_of_old_readers,
)

log = logging.getLogger(__name__)


class Pin(BaseModel):
    card: str
    pin: str


CARDS = TypeAdapter(list[str])


@require_POST
async def sign_in(request: HttpRequest) -> JsonResponse:
    data = Pin.model_validate_json(request.body)
    user = await aauthenticate(request, username=data.card, password=data.pin)
    if user is None:
        log.info("could not sign in %s", data.card)
        return JsonResponse({}, status=401)
    await alogin(request, user)
    return JsonResponse({"card": data.card})


@require_POST
async def sign_in_old(request: HttpRequest) -> JsonResponse:
    data = Pin.model_validate_json(request.body)
    member = await Member.objects.filter(card=data.card).afirst()
    if member is None or not check_pin(data.pin, member.pin_hash):
        return JsonResponse({}, status=401)
    login(request, member)  # expect: SW108
    return JsonResponse({"card": data.card})


@require_POST
def register(request: HttpRequest) -> HttpResponse:
    form = GuestForm(request.POST)
    if not form.is_valid():
        return JsonResponse(form.errors, status=422)
    Guest.objects.create(email=form.cleaned_data["email"], password=make_password(form.cleaned_data["password"]))
    return HttpResponse(status=201)


@require_POST
def register_at_desk(request: HttpRequest) -> HttpResponse:
    form = GuestForm(request.POST)
    if form.is_valid():
        Guest.objects.create(
            email=form.cleaned_data["email"],
            password=form.cleaned_data["password"],  # expect: SW501
        )
    return HttpResponse(status=201)


@require_POST
def register_by_script(request: HttpRequest) -> HttpResponse:
    data = json.loads(request.body)  # expect: SW303
    Guest.objects.create(**data)  # expect: SW304
    return HttpResponse(status=201)


@require_POST
@login_required
def change_pin(request: HttpRequest, pin: str) -> HttpResponse:
    request.user.pin_hash = hash_pin(pin)
    request.user.set_password(pin)
    request.user.save()
    return HttpResponse(status=204)


@require_POST
def guest_login(request: HttpRequest) -> HttpResponse:
    form = GuestForm(request.POST)
    form.is_valid()
    guest = Guest.objects.get(email=form.cleaned_data["email"])
    if guest.password == form.cleaned_data["password"]:  # expect: SW502
        return HttpResponse(status=204)
    log.info("guest login with %r", form.cleaned_data["password"])  # expect: SW207
    return HttpResponse(status=401)


@login_required
def profile(request: HttpRequest, pk: int) -> HttpResponse:
    guest = Guest.objects.get(pk=pk)
    form = ProfileForm(request.POST, instance=guest)
    if form.is_valid():
        form.save()
    return HttpResponse(status=204)


@login_required
def profile_quickly(request: HttpRequest, pk: int) -> HttpResponse:
    guest = Guest.objects.get(pk=pk)
    for name, value in request.POST.items():  # expect: SW303
        setattr(guest, name, value)  # expect: SW304
    guest.save()
    return HttpResponse(status=204)


@login_required
def cards(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"count": len(CARDS.validate_json(request.body))})


@login_required
def fine(request: HttpRequest, card: str) -> JsonResponse:
    days = int(request.POST["days"])  # expect: SW303
    return JsonResponse({"card": card, "fine": days * 10})


@csrf_exempt  # expect: SW605
def move(request: HttpRequest, pk: int, card: str) -> HttpResponse:
    if request.method == "POST":
        Member.objects.filter(pk=pk).update(card=card)
    return HttpResponse(status=204)


@csrf_exempt
@require_POST
def reader(request: HttpRequest, card: str) -> JsonResponse:
    """Readers are no browsers: they send a signature and have no cookies."""
    if not card_is_genuine(card, request.headers.get("X-Signature", "")):
        return JsonResponse({}, status=403)
    Member.objects.filter(card=card).update(is_active=True)
    return JsonResponse({"card": card})


@csrf_exempt
@require_POST
def kiosk(request: HttpRequest) -> JsonResponse:
    """A kiosk brings a bearer token, which no other site can send for it."""
    claims = kiosk_claims(request.headers["Authorization"].removeprefix("Bearer "))
    Member.objects.filter(card=claims["sub"]).update(is_active=True)
    return JsonResponse({"card": claims["sub"]})


@method_decorator(csrf_exempt, name="dispatch")  # expect: SW605
class Preferences(View):
    def post(self, request: HttpRequest) -> HttpResponse:
        request.session["theme"] = "dark" if "dark" in request.POST else "light"
        return HttpResponse(status=204)


class Old(View):
    def get(self, request: HttpRequest) -> JsonResponse:
        claims = kiosk_claims_of_old_readers(request.headers["Authorization"])
        return JsonResponse({"card": claims["sub"]})


async def digest(request: HttpRequest, password: str) -> JsonResponse:
    guest = await Guest.objects.afirst()
    stored = await sync_to_async(card_password_digest)(password)
    return JsonResponse({"digest": stored, "guest": guest.name if guest else None})
