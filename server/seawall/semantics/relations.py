"""Django's models: which a manager is of, and where they lead back to those whose fields lead to them (`related_name="lines"`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seawall.knowledge import names as known_names
from seawall.semantics.facts import ValueFact
from seawall.semantics.symbols import Annotation, Attr, Call, Constant, Ref, Symbol
from seawall.semantics.types import Instance, Named, Type

if TYPE_CHECKING:
    from seawall.semantics.index import Index

_VIEWS = ("rest_framework.", "django.views.generic.")


def leads_back(index: Index, model: str, name: str) -> str | None:
    """The model, by absolute name, whose objects the attribute of another gives; None if there is no such relation."""
    found = set()
    for field in index.relations(name):
        owner = field.rpartition(".")[0]
        fact = index.fact(*index.split(field))
        call = fact.value if isinstance(fact, ValueFact) else None
        if isinstance(call, Call) and index.is_subclass(owner, known_names.DJANGO_MODEL):
            target = call.args[0] if call.args else call.keyword("to")
            if _is(index, target, owner, model):
                found.add(owner)
    return found.pop() if len(found) == 1 else None


def _is(index: Index, target: Symbol | None, owner: str, model: str) -> bool:
    """Whether a field leads to the model, or to one that it derives from."""
    match target:
        case Constant("self"):
            return index.is_subclass(model, owner)
        case Constant(str(name)):
            return any(base.rpartition(".")[2] == name.rpartition(".")[2] for base in index.mro(model))
        case Ref() | Attr():
            found = index.named(target)
            return found is not None and index.is_subclass(model, found)
    return False


def object_of_view(index: Index, method: str, view: Instance) -> Type | None:
    """What `self.get_object()` gives in a class-based view: an object of the model that its `queryset` or `model` names."""
    if not method.endswith(".get_object") or not method.startswith(_VIEWS):
        return None
    queryset = index.type_of(Attr(Annotation(Ref(view.cls)), "queryset"))
    if isinstance(queryset, Instance):
        return next((one for one in queryset.args if isinstance(one, Instance)), None)
    model = index.type_of(Attr(Annotation(Ref(view.cls)), "model"))
    is_model = isinstance(model, Named) and index.is_subclass(model.name, known_names.DJANGO_MODEL)
    return Instance(model.name) if isinstance(model, Named) and is_model else None


def bound_manager(index: Index, type_: Type | None, name: str) -> Type | None:
    """A Django manager that stands in a model manages that model."""
    owner = name.rpartition(".")[0]
    if isinstance(type_, Instance) and not type_.args and index.is_subclass(type_.cls, *known_names.MANAGERS):
        is_related = index.is_subclass(type_.cls, "django.db.models.RelatedManager")
        if not is_related and index.is_subclass(owner, known_names.DJANGO_MODEL):
            return Instance(type_.cls, (Instance(owner),))
    return type_
