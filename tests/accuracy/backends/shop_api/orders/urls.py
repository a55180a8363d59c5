from django.urls import path

from orders import views

urlpatterns = [
    path("<int:pk>/", views.Basket.as_view()),
    path("<int:pk>/notes/", views.notes),
    path("<int:pk>/pots/", views.pots),
    path("<int:pk>/tracking/", views.tracking),
    path("voucher/", views.Voucher.as_view()),
    path("paid/", views.payment_webhook),
    path("sent/", views.courier_webhook),
]
