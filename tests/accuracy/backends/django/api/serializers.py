from rest_framework import serializers

from catalog.models import Book, Review
from members.models import Guest, Member


class BookSerializer(serializers.ModelSerializer):
    class Meta:
        model = Book
        fields = ["id", "title", "isbn", "year"]


class ReviewSerializer(serializers.ModelSerializer):
    class Meta:
        model = Review
        fields = ["stars", "text"]


class MemberSerializer(serializers.ModelSerializer):
    class Meta:
        model = Member
        fields = ["id", "username", "card"]


class GuestSerializer(serializers.ModelSerializer):
    class Meta:
        model = Guest
        fields = ["email", "name", "password"]
        extra_kwargs = {"password": {"write_only": True}}


class GuestDumpSerializer(serializers.ModelSerializer):
    class Meta:
        model = Guest
        fields = ["id", "email", "password"]  # expect: SW504
