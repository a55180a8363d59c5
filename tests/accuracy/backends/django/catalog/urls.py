from django.urls import path

from catalog import views

urlpatterns = [
    path("", views.book_list),
    path("old", views.book_list_old),
    path("sync", views.book_list_sync),
    path("newest", views.newest),
    path("newest/thread", views.newest_in_thread),
    path("counts", views.counts),
    path("top", views.top),
    path("top/old", views.top_old),
    path("search", views.search),
    path("search/quickly", views.search_quickly),
    path("flags", views.flags),
    path("isbn/<str:isbn>", views.isbn),
    path("isbn/<str:isbn>/known", views.exists),
    path("ordered/<str:order>", views.ordered),
    path("cover/<str:isbn>", views.cover_of),
    path("covers/<str:isbn>", views.Cover.as_view()),
    path("<int:pk>", views.book),
    path("<int:pk>/old", views.book_old),
    path("<int:pk>/author", views.author_of),
    path("<int:pk>/author/thread", views.author_of_in_thread),
    path("<int:pk>/lend", views.lend),
    path("<int:pk>/lend/safely", views.lend_in_transaction),
    path("<int:pk>/back", views.give_back),
    path("<int:pk>/review", views.review),
    path("<int:pk>/review/quickly", views.review_quickly),
]
