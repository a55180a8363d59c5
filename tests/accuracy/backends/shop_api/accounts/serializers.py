from rest_framework import serializers

from accounts.models import Customer


class CustomerSerializer(serializers.ModelSerializer):
    class Meta:
        model = Customer
        fields = ["id", "email", "name"]


class CustomerDetailSerializer(CustomerSerializer):
    class Meta(CustomerSerializer.Meta):
        fields = CustomerSerializer.Meta.fields + ["is_potter", "password"]  # expect: SW504


class SignUpSerializer(serializers.ModelSerializer):
    class Meta:
        model = Customer
        fields = ["email", "name", "password"]
        extra_kwargs = {"password": {"write_only": True, "min_length": 10}}

    def create(self, validated_data):
        return Customer.objects.create_user(**validated_data)


class PotterSerializer(serializers.ModelSerializer):
    password = serializers.CharField(write_only=True)

    class Meta:
        model = Customer
        fields = ["email", "name", "password"]

    def create(self, validated_data):
        potter = Customer(email=validated_data["email"], name=validated_data["name"], is_potter=True)
        potter.password = validated_data["password"]  # expect: SW501
        potter.save()
        return potter


class PasswordSerializer(serializers.Serializer):
    old = serializers.CharField()
    new = serializers.CharField(min_length=10)
