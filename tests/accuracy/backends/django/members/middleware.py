from collections.abc import Awaitable, Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from members.models import Member


class LastSeen:
    async_capable = True
    sync_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], Awaitable[HttpResponse]]) -> None:
        self.get_response = get_response

    async def __call__(self, request: HttpRequest) -> HttpResponse:
        user = await request.auser()
        if user.is_authenticated:
            Member.objects.filter(pk=user.pk).update(last_seen=timezone.now())  # expect: SW108
        return await self.get_response(request)
