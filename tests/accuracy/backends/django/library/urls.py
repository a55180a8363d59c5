from django.urls import include, path

from library.views import health

urlpatterns = [
    path("health", health),
    path("catalog/", include("catalog.urls")),
    path("members/", include("members.urls")),
    path("api/", include("api.urls")),
]
