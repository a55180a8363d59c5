import json
import logging

from django.contrib.auth import authenticate, login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.generics import CreateAPIView
from rest_framework.permissions import AllowAny
from rest_framework.response import Response

from accounts import tokens
from accounts.models import Customer
from accounts.serializers import CustomerDetailSerializer, CustomerSerializer, PasswordSerializer, SignUpSerializer

logger = logging.getLogger(__name__)


class SignUp(CreateAPIView):
    serializer_class = SignUpSerializer
    permission_classes = [AllowAny]


class CustomerViewSet(mixins.RetrieveModelMixin, mixins.ListModelMixin, viewsets.GenericViewSet):
    queryset = Customer.objects.all()
    serializer_class = CustomerSerializer

    @action(detail=True, methods=["post"])
    def rename(self, request, pk=None):
        customer = self.get_object()
        customer.name = request.data["name"]  # expect: SW303
        customer.save()
        return Response(self.get_serializer(customer).data)

    @action(detail=True)
    def details(self, request, pk=None):
        return Response(CustomerDetailSerializer(self.get_object()).data)

    @action(detail=True, methods=["post"])
    def change(self, request, pk=None):
        serializer = self.get_serializer(self.get_object(), data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        serializer.save()
        return Response(serializer.data)

    @action(detail=True, methods=["post"])
    def change_all(self, request, pk=None):
        customer = self.get_object()
        values = request.data  # expect: SW303
        for name in values:
            setattr(customer, name, values[name])  # expect: SW304
        customer.save()
        return Response(status=204)


@require_POST
def log_in(request: HttpRequest) -> HttpResponse:
    email, password = request.POST["email"], request.POST["password"]
    customer = authenticate(request, username=email, password=password)
    if customer is None:
        logger.warning("login failed: %s %s", email, password)  # expect: SW207
        return HttpResponse(status=401)
    login(request, customer)
    return HttpResponse(status=204)


def guest_login(request: HttpRequest) -> JsonResponse:
    body = json.loads(request.body)
    customer = Customer.objects.filter(email=body["email"]).first()
    if customer is None or customer.password != body["password"]:  # expect: SW502
        return JsonResponse({}, status=401)
    login(request, customer)
    return JsonResponse({"token": tokens.issue(customer)})


@csrf_exempt
def exchange(request: HttpRequest) -> JsonResponse:
    """Only reads."""
    if request.method != "GET":
        return JsonResponse({}, status=405)
    return JsonResponse({"customer": tokens.read(request.headers["Authorization"])})


class ChangePassword(View):
    def post(self, request: HttpRequest) -> HttpResponse:
        serializer = PasswordSerializer(data=json.loads(request.body))
        serializer.is_valid(raise_exception=True)
        if request.user.check_password(serializer.validated_data["old"]):
            request.user.set_password(serializer.validated_data["new"])
            request.user.save()
        return HttpResponse(status=204)
