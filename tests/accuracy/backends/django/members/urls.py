from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from members import views

urlpatterns = [
    path("login", views.sign_in),
    path("login/old", views.sign_in_old),
    path("register", views.register),
    path("register/desk", views.register_at_desk),
    path("register/script", views.register_by_script),
    path("guest/login", views.guest_login),
    path("pin/<str:pin>", views.change_pin),
    path("profile/<int:pk>", views.profile),
    path("profile/<int:pk>/quickly", csrf_exempt(views.profile_quickly)),  # expect: SW605
    path("cards", views.cards),
    path("fine/<str:card>", views.fine),
    path("move/<int:pk>/<str:card>", views.move),
    path("reader/<str:card>", views.reader),
    path("kiosk", views.kiosk),
    path("preferences", views.Preferences.as_view()),
    path("old", views.Old.as_view()),
    path("digest/<str:password>", views.digest),
]
