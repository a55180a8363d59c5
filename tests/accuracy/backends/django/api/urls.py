from django.urls import path

from api import views

urlpatterns = [
    path("books", views.BookList.as_view()),
    path("books/<int:pk>/reviews", views.ReviewView.as_view()),
    path("members/<int:pk>", views.MemberDetail.as_view()),
    path("guests", views.GuestList.as_view()),
    path("guests/add", views.add_guest),
    path("guests/add/quickly", views.add_guest_quickly),
    path("shelf", views.shelf),
    path("shelf/<str:name>", views.shelf_bound),
    path("forget/<str:token>", views.forget),
    path("loans/<str:state>", views.loans),
]
