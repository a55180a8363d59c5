from django.contrib.auth.hashers import make_password
from django.db import connection
from rest_framework import generics, status
from rest_framework.decorators import api_view
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.serializers import (
    BookSerializer,
    GuestDumpSerializer,
    GuestSerializer,
    MemberSerializer,
    ReviewSerializer,
)
from catalog.models import Book, Review
from catalog.services import average
from members.models import Guest, Member


class BookList(generics.ListCreateAPIView):
    queryset = Book.objects.all()
    serializer_class = BookSerializer
    permission_classes = [IsAuthenticated]


class MemberDetail(generics.RetrieveAPIView):
    queryset = Member.objects.all()
    serializer_class = MemberSerializer
    permission_classes = [IsAuthenticated]


class GuestList(generics.ListAPIView):
    queryset = Guest.objects.all()
    serializer_class = GuestDumpSerializer
    permission_classes = [IsAuthenticated]


class ReviewView(APIView):
    permission_classes = [IsAuthenticated]

    def get(self, request: Request, pk: int) -> Response:
        return Response({"average": average(Book.objects.get(pk=pk))})

    def post(self, request: Request, pk: int) -> Response:
        serializer = ReviewSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        serializer.save(book_id=pk, member=request.user)
        return Response(status=status.HTTP_201_CREATED)

    def put(self, request: Request, pk: int) -> Response:
        stars = request.data["stars"]  # expect: SW303
        Review.objects.filter(book_id=pk, member=request.user).update(stars=stars)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def patch(self, request: Request, pk: int) -> Response:
        Review.objects.filter(book_id=pk, member=request.user).update(**request.data)  # expect: SW303, SW304
        return Response(status=status.HTTP_204_NO_CONTENT)


@api_view(["POST"])
def add_guest(request: Request) -> Response:
    serializer = GuestSerializer(data=request.data)
    serializer.is_valid(raise_exception=True)
    serializer.save(password=make_password(serializer.validated_data["password"]))
    return Response(serializer.data)


@api_view(["POST"])
def add_guest_quickly(request: Request) -> Response:
    guest = Guest(email="guest@example.com")
    guest.password = request.data["password"]  # expect: SW303, SW501
    guest.save()
    return Response({"id": guest.pk})


@api_view(["GET"])
def shelf(request: Request) -> Response:
    name = request.query_params.get("name", "")  # expect: SW303
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM shelf WHERE name = '{}'".format(name))  # expect: SW401
        return Response(cursor.fetchall())


@api_view(["GET"])
def shelf_bound(request: Request, name: str) -> Response:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM shelf WHERE name = %s", (name,))
        return Response(cursor.fetchall())


@api_view(["DELETE"])
def forget(request: Request, token: str) -> Response:
    member = Member.objects.exclude(api_token="").filter(api_token=token).first()
    if member is None:
        return Response(status=status.HTTP_404_NOT_FOUND)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM loans WHERE member_id = %s" % member.pk)
    return Response(status=status.HTTP_204_NO_CONTENT)


@api_view(["GET"])
def loans(request: Request, state: str) -> Response:
    with connection.cursor() as cursor:
        sql = "SELECT id FROM loans"
        sql = f"{sql} WHERE state = '{state}'"  # expect: SW401
        cursor.execute(sql)
        return Response(cursor.fetchall())
