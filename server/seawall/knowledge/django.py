"""Django's ORM: what its calls give, which of them query the database, and which coroutines do the same."""

from __future__ import annotations

_AWAIT = "typing.Coroutine"
_MODELS = "django.db.models"
_QUERYSET = f"{_MODELS}.QuerySet"
_MANAGER = f"{_MODELS}.Manager"
_RELATED = f"{_MODELS}.RelatedManager"
_FIELD = f"{_MODELS}.ManyToManyField"
_PREFETCHED = f"{_MODELS}.PrefetchedQuerySet"
"""`related.all()`: asks nothing of the database if the objects were prefetched."""
_AUTH = "django.contrib.auth"

_LAZY = (
    "filter exclude order_by select_related prefetch_related annotate alias distinct using only defer none reverse "
    "select_for_update extra union intersection difference complex_filter"
)
_ONE = "get first last earliest latest create"
_QUERIES = f"{_ONE} count exists update delete bulk_create bulk_update get_or_create update_or_create aggregate in_bulk contains explain"
_PREFETCHABLE = "count exists contains first last"

EVALUATES: dict[str, str] = {
    **{f"{owner}.{name}": f"a{name}" for owner in (_MANAGER, _QUERYSET) for name in _QUERIES.split()},
    f"{_QUERYSET}.__iter__": "__aiter__",
    f"{_QUERYSET}.__getitem__": "",
    f"{_MODELS}.RawQuerySet.__iter__": "",
    **{f"{_RELATED}.{name}": f"a{name}" for name in ("add", "remove", "clear", "set")},
    **{f"{_MODELS}.Model.{name}": f"a{name}" for name in ("save", "delete", "refresh_from_db")},
    f"{_AUTH}.models.UserManager.create_user": "acreate_user",
    f"{_AUTH}.models.UserManager.create_superuser": "acreate_superuser",
    "django.shortcuts.get_object_or_404": "django.shortcuts.aget_object_or_404",
    "django.shortcuts.get_list_or_404": "django.shortcuts.aget_list_or_404",
    **{f"{_AUTH}.{name}": f"{_AUTH}.a{name}" for name in ("login", "logout", "authenticate", "get_user")},
    f"{_AUTH}.update_session_auth_hash": f"{_AUTH}.aupdate_session_auth_hash",
    "django.db.connection.cursor": "",
    "django.db.transaction.atomic": "",
}
"""What queries the database at once, and the coroutine that does the same: a method's name, or where to import it from."""

PREFETCHED = frozenset(
    {
        *(f"{owner}.{name}" for owner in (_PREFETCHED, _RELATED, _FIELD) for name in _PREFETCHABLE.split()),
        f"{_PREFETCHED}.__iter__",
        f"{_PREFETCHED}.__getitem__",
    }
)
"""What may be answered by objects that were prefetched."""

SINCE: dict[str, str] = {
    "asave": "4.2", "adelete": "4.2", "arefresh_from_db": "4.2", "aadd": "4.2", "aremove": "4.2", "aclear": "4.2",
    "aset": "4.2", "aget_object_or_404": "5.0", "aget_list_or_404": "5.0", "alogin": "5.0", "alogout": "5.0",
    "aauthenticate": "5.0", "aget_user": "5.0", "aupdate_session_auth_hash": "5.0", "acreate_user": "5.2",
    "acreate_superuser": "5.2",
}  # fmt: skip
"""The version that brought a coroutine; the others came with 4.1."""

SHAPES = frozenset({"builtins.list", "builtins.tuple", "builtins.set", "builtins.sorted", "builtins.dict", "builtins.sum",
                    "builtins.max", "builtins.min", "builtins.any", "builtins.all", "builtins.len",
                    "builtins.bool"})  # fmt: skip
"""Builtins that go through their first argument, or ask for its length."""

RESULTS: dict[str, str] = {
    **{f"{_MANAGER}.{name}": f"{_QUERYSET}[$0]" for name in f"{_LAZY} all get_queryset".split()},
    **{f"{_PREFETCHED}.{name}": f"{_QUERYSET}[$0]" for name in f"{_LAZY} iterator".split()},
    **{f"{_PREFETCHED}.{name}": "$0" for name in ("first", "last")},
    f"{_PREFETCHED}.all": "Self",
    f"{_RELATED}.all": f"{_PREFETCHED}[$0]",
    f"{_RELATED}.first": "$0",
    f"{_RELATED}.last": "$0",
    **{f"{owner}.{name}": "$0" for owner in (_MANAGER, _QUERYSET) for name in _ONE.split()},
    **{f"{owner}.a{name}": f"{_AWAIT}[$0]" for owner in (_MANAGER, _QUERYSET) for name in _ONE.split()},
    **{
        f"{owner}.a{name}": f"{_AWAIT}[?]"
        for owner in (_MANAGER, _QUERYSET)
        for name in _QUERIES.split()
        if name not in _ONE.split()
    },
    **{f"{owner}.{name}": _QUERYSET for owner in (_MANAGER, _QUERYSET) for name in ("values", "values_list", "dates")},
    **{f"{owner}.raw": f"{_MODELS}.RawQuerySet" for owner in (_MANAGER, _QUERYSET)},
    f"{_MANAGER}.iterator": f"{_QUERYSET}[$0]",
    f"{_QUERYSET}.as_manager": "Self",
    f"{_MANAGER}.from_queryset": "builtins.type[@]",
    "django.shortcuts.get_object_or_404": "@",
    "django.shortcuts.aget_object_or_404": f"{_AWAIT}[@]",
    f"{_AUTH}.get_user_model": f"builtins.type[{_AUTH}.models.AbstractUser]",
    **{f"{_MODELS}.Model.{name}": f"{_AWAIT}[?]" for name in ("asave", "adelete", "arefresh_from_db")},
}

CHAINS: dict[str, frozenset[str]] = {_QUERYSET: frozenset(f"{_LAZY} all iterator".split())}

CLASS_ATTRIBUTES: dict[str, str] = {
    f"{_MODELS}.Model.{name}": f"{_MANAGER}[Self]" for name in ("objects", "_default_manager", "_base_manager")
}

CLASS_METHODS = frozenset({f"{_QUERYSET}.as_manager", f"{_MANAGER}.from_queryset"})

ATTRIBUTES: dict[str, str] = {
    **{
        f"{_AUTH}.models.{name}.objects": f"{_AUTH}.models.UserManager[{_AUTH}.models.{name}]"
        for name in ("User", "AbstractUser")
    },
    **{
        f"{owner}.objects": f"{_MANAGER}[{owner}]"
        for owner in (
            f"{_AUTH}.models.Group",
            f"{_AUTH}.models.Permission",
            "django.contrib.contenttypes.models.ContentType",
            "django.contrib.sessions.models.Session",
            "django.contrib.sites.models.Site",
        )
    },
}
