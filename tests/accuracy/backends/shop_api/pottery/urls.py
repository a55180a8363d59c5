from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from rest_framework.routers import DefaultRouter

from accounts import views as accounts
from catalogue import views as catalogue
from orders import views as orders

router = DefaultRouter()
router.register("pots", catalogue.PotViewSet)
router.register("orders", orders.OrderViewSet, basename="order")
router.register("customers", accounts.CustomerViewSet)

urlpatterns = [
    path("api/", include(router.urls)),
    path("api/sign-up/", accounts.SignUp.as_view()),
    path("login/", accounts.log_in),
    path("guest/", csrf_exempt(accounts.guest_login)),  # expect: SW605
    path("token/", accounts.exchange),
    path("password/", accounts.ChangePassword.as_view()),
    path("basket/", include("orders.urls")),
    path("pots/search/", catalogue.search),
    path("pots/stock/", catalogue.search_asynchronously),
    path("pots/new/", catalogue.newest),
    path("pots/left/", catalogue.left),
    path("pots/<int:pk>/", catalogue.pot),
    path("pots/<int:pk>/kiln/", catalogue.pot_with_kiln),
    path("potters/<str:potter>/", catalogue.potters),
    path("recipes/<str:name>/", catalogue.recipe),
    path("kilns/<int:pk>/", catalogue.kiln),
    path("kilns/<int:pk>/pots/", catalogue.kiln_pots),
]
