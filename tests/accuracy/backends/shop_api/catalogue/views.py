from asgiref.sync import sync_to_async
from django import forms
from django.http import HttpRequest, JsonResponse
from django.shortcuts import aget_object_or_404, get_object_or_404
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response

from catalogue import services
from catalogue.models import Kiln, Pot


class ShelfPages(PageNumberPagination):
    page_size = 25
    page_size_query_param = "size"
    max_page_size = 100


class WholesalePages(PageNumberPagination):
    page_size = 25
    page_size_query_param = "size"  # expect: SW307


class SearchForm(forms.Form):
    q = forms.CharField(max_length=100)
    glaze = forms.CharField(required=False)


class PotSerializer(serializers.ModelSerializer):
    class Meta:
        model = Pot
        fields = ["id", "name", "glaze", "price", "stock"]


class PotViewSet(viewsets.ModelViewSet):
    queryset = Pot.objects.all()
    serializer_class = PotSerializer
    pagination_class = WholesalePages

    def get_queryset(self):
        pots = super().get_queryset()
        if self.request.query_params.get("cheap") == "1":
            pots = pots.filter(price__lt=20)
        return pots

    @action(detail=False)
    def glazed(self, request):
        return Response(services.glazed(request.query_params["glaze"]))  # expect: SW303

    @action(detail=False)
    def sorted(self, request):
        column = request.GET.get("column", "name")  # expect: SW303
        return Response(services.sorted_freely(column) + services.sorted_pots(column))

    @action(detail=True, methods=["post"])
    def copy(self, request, pk=None):
        values = request.data  # expect: SW303
        pot = Pot.objects.create(**values)  # expect: SW304
        return Response({"id": pot.pk})

    @action(detail=False, methods=["post"])
    def add(self, request):
        serializer = PotSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        pot = Pot.objects.create(**serializer.validated_data)
        return Response({"id": pot.pk})

    @action(detail=False, methods=["post"])
    def archived(self, request):
        words = request.data.getlist("word")  # expect: SW303
        return Response({"safe": services.in_archive(words), "quoted": services.in_archive_quoted(words)})

    @action(detail=False)
    def raw(self, request):
        glaze = SearchForm(request.GET)
        glaze.is_valid()
        pots = Pot.objects.raw("SELECT * FROM catalogue_pot WHERE glaze = '%s'" % glaze.cleaned_data["glaze"])  # expect: SW401
        return Response([pot.name for pot in pots])

    @action(detail=False)
    def raw_bound(self, request):
        form = SearchForm(request.GET)
        form.is_valid()
        pots = Pot.objects.raw("SELECT * FROM catalogue_pot WHERE glaze = %s", [form.cleaned_data["glaze"]])
        return Response([pot.name for pot in pots])


async def search(request: HttpRequest) -> JsonResponse:
    form = SearchForm(request.GET)
    if not form.is_valid():
        return JsonResponse(form.errors, status=422)
    pots = Pot.objects.filter(name__icontains=form.cleaned_data["q"])
    if form.cleaned_data["glaze"]:
        pots = pots.filter(glaze=form.cleaned_data["glaze"])
    return JsonResponse({"pots": [pot.name for pot in pots]})  # expect: SW108


async def search_asynchronously(request: HttpRequest) -> JsonResponse:
    pots = services.stock()[:10]
    return JsonResponse({"pots": [pot.name async for pot in pots]})


async def newest(request: HttpRequest) -> JsonResponse:
    rows = await sync_to_async(services.latest)(10)
    return JsonResponse({"rows": rows, "value": services.stock_value()})  # expect: SW108


async def recipe(request: HttpRequest, name: str) -> JsonResponse:
    text = services.recipe(name)  # expect: SW108
    return JsonResponse({"recipe": text, "again": await sync_to_async(services.recipe)(name)})


async def kiln(request: HttpRequest, pk: int) -> JsonResponse:
    kiln = get_object_or_404(Kiln, pk=pk)  # expect: SW108
    return JsonResponse({"name": kiln.name})


async def kiln_pots(request: HttpRequest, pk: int) -> JsonResponse:
    kiln = await aget_object_or_404(Kiln, pk=pk)
    names = kiln.pots.values_list("name", flat=True)
    return JsonResponse({"first": [name async for name in names], "empty": len(kiln.pots.filter(stock=0))})  # expect: SW108


async def pot(request: HttpRequest, pk: int) -> JsonResponse:
    pot = await Pot.objects.aget(pk=pk)
    return JsonResponse({"name": pot.name, "kiln": pot.kiln.name})  # expect: SW108


async def pot_with_kiln(request: HttpRequest, pk: int) -> JsonResponse:
    pot = await Pot.objects.select_related("kiln").aget(pk=pk)
    return JsonResponse({"name": pot.name, "kiln": pot.kiln.name})


async def left(request: HttpRequest) -> JsonResponse:
    count = services.stock().acount()  # expect: SW104
    return JsonResponse({"count": count, "pots": await services.stock().acount()})


def potters(request: HttpRequest, potter: str) -> JsonResponse:
    sold = services.annotated(potter)
    bound = services.annotated_bound(potter)
    return JsonResponse({"sold": [pot.sold for pot in sold], "bound": [pot.sold for pot in bound]})
