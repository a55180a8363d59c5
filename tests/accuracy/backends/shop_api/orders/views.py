import hmac
import json

from asgiref.sync import sync_to_async
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from rest_framework import serializers, viewsets

from accounts.tokens import webhook_signature
from orders import services
from orders.models import Line, Order
from orders.tasks import cancel_with_voucher


class LineSerializer(serializers.Serializer):
    pot_id = serializers.IntegerField(min_value=1)
    count = serializers.IntegerField(min_value=1, max_value=20)


class OrderSerializer(serializers.ModelSerializer):
    class Meta:
        model = Order
        fields = ["id", "state", "note"]


class OrderViewSet(viewsets.ModelViewSet):
    serializer_class = OrderSerializer

    def get_queryset(self):
        return Order.objects.filter(customer=self.request.user)

    def perform_create(self, serializer):
        serializer.save(customer=self.request.user)


class Basket(View):
    async def get(self, request: HttpRequest, pk: int) -> JsonResponse:
        order = await Order.objects.aget(pk=pk)
        return JsonResponse({"state": order.state, "total": services.total(order)})  # expect: SW108

    async def post(self, request: HttpRequest, pk: int) -> JsonResponse:
        order = await Order.objects.aget(pk=pk)
        serializer = LineSerializer(data=json.loads(request.body))
        serializer.is_valid(raise_exception=True)
        line = await Line.objects.acreate(order=order, **serializer.validated_data)
        total = await sync_to_async(services.total)(order)
        return JsonResponse({"line": line.pk, "total": total})

    async def delete(self, request: HttpRequest, pk: int) -> HttpResponse:
        with transaction.atomic():  # expect: SW108
            await Line.objects.filter(order_id=pk).adelete()
        return HttpResponse(status=204)


async def notes(request: HttpRequest, pk: int) -> HttpResponse:
    order = await Order.objects.filter(pk=pk).afirst()
    if order is None:
        return HttpResponse(status=404)
    order.note = request.POST["note"]
    await order.asave(update_fields=["note"])
    return HttpResponse(status=204)


async def pots(request: HttpRequest, pk: int) -> JsonResponse:
    order = await Order.objects.aget(pk=pk)
    names = []
    for line in order.lines.select_related("pot"):  # expect: SW108
        names.append(line.pot.name)
    if not await services.paid_in_thread(order):
        names.append("unpaid")
    return JsonResponse({"names": names})


@method_decorator(csrf_exempt, name="dispatch")  # expect: SW605
class Voucher(View):
    def post(self, request: HttpRequest) -> HttpResponse:
        voucher = request.POST.get("voucher", "")  # expect: SW303
        cancel_with_voucher.delay(voucher)
        return HttpResponse(status=202)


@csrf_exempt
@require_safe
def tracking(request: HttpRequest, pk: int) -> JsonResponse:
    page = request.GET.get("page", "1")
    try:
        number = int(page)
    except ValueError:
        number = 1
    return JsonResponse({"order": pk, "page": number})


@csrf_exempt
def payment_webhook(request: HttpRequest) -> HttpResponse:
    """The provider signs what it sends."""
    given = request.headers.get("X-Signature", "")
    if not hmac.compare_digest(webhook_signature(request.body), given):
        return HttpResponse(status=403)
    serializer = OrderSerializer(data=json.loads(request.body))
    serializer.is_valid(raise_exception=True)
    return HttpResponse(status=204)


@csrf_exempt
def courier_webhook(request: HttpRequest) -> HttpResponse:
    given = request.headers.get("X-Courier-Signature", "")
    if given != webhook_signature(request.body):  # expect: SW506
        return HttpResponse(status=403)
    Order.objects.filter(pk=request.headers["X-Order"]).update(state="sent")
    return HttpResponse(status=204)
