"""Views without Django's CSRF check."""

from __future__ import annotations

import pytest

from support.marked import assert_finds, assert_fixes, assert_silent

CODE = "SW605"
HEAD = """\
import json

from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.db import models
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST


class Boat(models.Model):
    name = models.CharField(max_length=50)


"""


@pytest.mark.parametrize(
    "text",
    [
        "@«csrf_exempt»\ndef rename(request):\n    boat = request.user.boat\n    boat.name = request.POST['name']\n    boat.save()\n",
        "@«csrf_exempt»\n@login_required\ndef sink(request):\n    Boat.objects.filter(owner=request.user).delete()\n",
        "@require_POST\n@«csrf_exempt»\ndef launch(request):\n    Boat.objects.create(name=json.loads(request.body)['name'])\n",
        "@«csrf_exempt»\n@require_http_methods(['POST'])\ndef paint(request):\n    Boat.objects.update(name='x')\n",
        "@«csrf_exempt»\nasync def launch(request):\n    await Boat.objects.acreate(name='x')\n",
        "@«csrf_exempt»\ndef enter(request):\n    login(request, find(request.POST))\n",
        "@«csrf_exempt»\ndef choose(request):\n    request.session['boat'] = request.POST['boat']\n    return HttpResponse()\n",
        "@«method_decorator(csrf_exempt, name='dispatch')»\nclass Boats(View):\n    def post(self, request):\n        Boat.objects.create()\n",
        "class Boats(View):\n    @«method_decorator(csrf_exempt)»\n    def dispatch(self, *args, **kwargs):\n"
        "        return super().dispatch(*args, **kwargs)\n\n    def delete(self, request):\n        request.user.boat.delete()\n",
        "class Boats(View):\n    @«csrf_exempt»\n    def post(self, request):\n        Boat(name='x').save()\n",
        "from django.views.decorators import csrf\n\n@«csrf.csrf_exempt»\ndef launch(request):\n    Boat.objects.get_or_create(name='x')\n",
        "def store(name):\n    Boat(name=name).save()\n\n@«csrf_exempt»\ndef launch(request):\n    store(request.POST['name'])\n",
    ],
)
def test_a_view_changes_something(text: str) -> None:
    assert_finds(CODE, HEAD + text)


@pytest.mark.parametrize(
    "text",
    [
        # what changes something stands two calls away, in another module
        """
        #- boats/__init__.py
        #- boats/services.py
        from boats.store import write

        def launch(name):
            write(name)
        #- boats/store.py
        from django.db import models

        class Boat(models.Model):
            pass

        def write(name):
            Boat.objects.create(name=name)
        #- boats/views.py
        from django.views.decorators.csrf import csrf_exempt

        from boats.services import launch

        @«csrf_exempt»
        def create(request):
            launch(request.POST["name"])
        """,
        # exempt in the URL configuration
        """
        #- boats/__init__.py
        #- boats/views.py
        from django.views import View

        def rename(request):
            request.user.boat.save()

        class Boats(View):
            def post(self, request):
                request.user.boat.delete()
        #- boats/urls.py
        from django.urls import path
        from django.views.decorators.csrf import csrf_exempt

        from boats import views
        from boats.views import Boats

        urlpatterns = [
            path("rename", «csrf_exempt»(views.rename)),
            path("boats", «csrf_exempt»(Boats.as_view())),
        ]
        """,
        # under another name
        """
        #- boats/__init__.py
        #- boats/decorators.py
        from django.views.decorators.csrf import csrf_exempt
        #- boats/views.py
        from boats.decorators import csrf_exempt

        @«csrf_exempt»
        def rename(request):
            request.user.boat.save()
        """,
    ],
)
def test_over_several_modules(text: str) -> None:
    assert_finds(CODE, text)


@pytest.mark.parametrize(
    "text",
    [
        "@csrf_exempt\ndef show(request):\n    return HttpResponse(Boat.objects.count())\n",
        "@csrf_exempt\n@require_GET\ndef visit(request):\n    Boat.objects.create()\n",
        "@csrf_exempt\n@require_http_methods(['GET', 'HEAD'])\ndef visit(request):\n    Boat.objects.create()\n",
        "@csrf_exempt\ndef launch(request):\n    if request.headers.get('X-Api-Key') != KEY:\n        raise PermissionDenied\n"
        "    Boat.objects.create()\n",
        "@csrf_exempt\ndef launch(request):\n    user = find(request.META['HTTP_AUTHORIZATION'])\n    Boat.objects.create(owner=user)\n",
        "import hmac\n\n@csrf_exempt\ndef launch(request):\n    hmac.compare_digest(request.headers['X-Sum'], total(request.body))\n"
        "    Boat.objects.create()\n",
        "@csrf_exempt\ndef payment_webhook(request):\n    Boat.objects.update(name='x')\n",
        "@csrf_exempt\ndef pay(request):\n    event = verify_signature(request)\n    Boat.objects.create(name=event)\n",
        "@csrf_exempt\n@authorize\ndef launch(request):\n    Boat.objects.create()\n",
        "@csrf_exempt\n@api_view(['POST'])\ndef launch(request):\n    Boat.objects.create()\n",
        "@csrf_exempt\ndef confirm(request, code):\n    Boat.objects.update(name='x')\n",
        "@csrf_exempt\ndef leave(request, signed_name):\n    unpack(signed_name).save()\n",
        "@method_decorator(csrf_exempt, name='dispatch')\nclass Boats(View):\n    def get(self, request):\n        Boat.objects.create()\n",
        "from rest_framework.views import APIView\n\n@method_decorator(csrf_exempt, name='dispatch')\nclass Boats(APIView):\n"
        "    def post(self, request):\n        Boat.objects.create()\n",
        "@csrf_exempt\ndef merge(request):\n    options = {}\n    options.update(request.POST)\n    return HttpResponse(str(options))\n",
        "def csrf_exempt(view):\n    return view\n\n@csrf_exempt\ndef rename(request):\n    request.user.boat.save()\n",
        "def rename(request):\n    request.user.boat.save()\n",
        "@csrf_exempt\ndef launch(request):\n    return handle(request)\n",
    ],
)
def test_views_that_change_nothing_or_ask_for_something_else(text: str) -> None:
    assert_silent(CODE, HEAD + text)


@pytest.mark.parametrize(
    "text",
    [
        """
        #- boats/__init__.py
        #- boats/auth.py
        def api_key_required(view):
            return view
        #- boats/views.py
        from django.views.decorators.csrf import csrf_exempt

        from boats.auth import api_key_required

        @csrf_exempt
        @api_key_required
        def rename(request):
            request.boat.save()
        """,
        """
        #- boats/__init__.py
        #- boats/auth.py
        def check_signature(request): ...
        #- boats/views.py
        from boats.auth import check_signature

        def rename(request):
            check_signature(request)
            request.user.boat.save()
        #- boats/urls.py
        from django.urls import path
        from django.views.decorators.csrf import csrf_exempt

        from boats.views import rename

        urlpatterns = [path("rename", csrf_exempt(rename))]
        """,
        """
        #- boats/__init__.py
        #- boats/urls.py
        from django.urls import path
        from django.views.decorators.csrf import csrf_exempt
        from graphene_django.views import GraphQLView

        urlpatterns = [path("graphql", csrf_exempt(GraphQLView.as_view()))]
        """,
        """
        #- boats/__init__.py
        #- boats/views.py
        def show(request):
            return render(request)
        #- boats/urls.py
        from django.urls import path
        from django.views.decorators.csrf import csrf_exempt

        from boats.views import show

        urlpatterns = [path("show", csrf_exempt(show))]
        """,
        """
        #- boats/__init__.py
        #- boats/services.py
        from boats.trust import ensure

        def launch(request):
            ensure(request)
            request.user.boat.save()
        #- boats/trust.py
        def ensure(request):
            check_hmac(request.body)
        #- boats/views.py
        from django.views.decorators.csrf import csrf_exempt

        from boats.services import launch

        @csrf_exempt
        def create(request):
            launch(request)
        """,
        """
        #- tests/urls.py
        from django.views.decorators.csrf import csrf_exempt

        @csrf_exempt
        def rename(request):
            request.user.boat.save()
        """,
    ],
)
def test_proofs_in_other_modules(text: str) -> None:
    assert_silent(CODE, text)


def test_the_decorator_goes_and_its_import_too() -> None:
    assert_fixes(
        CODE,
        """
        from django.utils.decorators import method_decorator
        from django.views import View
        from django.views.decorators.csrf import csrf_exempt
        from django.views.decorators.http import require_POST


        @require_POST
        @«csrf_exempt»  # until the form is there
        def rename(request):
            request.user.boat.save()


        @«method_decorator(csrf_exempt, name="dispatch")»
        class Boats(View):
            def post(self, request):
                request.user.boat.delete()
        """,
        """
        from django.views import View
        from django.views.decorators.http import require_POST


        @require_POST
        # until the form is there
        def rename(request):
            request.user.boat.save()


        class Boats(View):
            def post(self, request):
                request.user.boat.delete()
        """,
    )


def test_the_view_is_unwrapped() -> None:
    views = "#- boats/__init__.py\n#- boats/views.py\ndef rename(request):\n    request.user.boat.save()\n"
    assert_fixes(
        CODE,
        f"{views}#- boats/urls.py\nfrom django.urls import path\nfrom django.views.decorators.csrf import csrf_exempt\n\n"
        'from boats.views import rename\n\nurlpatterns = [path("rename", «csrf_exempt»(rename))]\n',
        "#- boats/urls.py\nfrom django.urls import path\n\nfrom boats.views import rename\n\n"
        'urlpatterns = [path("rename", rename)]\n',
    )


QUEUED = """
from celery import shared_task
from django.views.decorators.csrf import csrf_exempt


@shared_task
def cancel(voucher): ...


{}
def view(request):
    {}
"""


def test_what_hands_work_to_a_queue_changes_something() -> None:
    assert_finds("SW605", QUEUED.format("@«csrf_exempt»", "cancel.delay(request.POST['voucher'])"))
    assert_finds("SW605", QUEUED.format("@«csrf_exempt»", "cancel.apply_async([request.POST['voucher']])"))
    assert_silent("SW605", QUEUED.format("@csrf_exempt", "return cancel.name"))
