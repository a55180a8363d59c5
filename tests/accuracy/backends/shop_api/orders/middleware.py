import time

from django.utils.decorators import sync_and_async_middleware
from inspect import iscoroutinefunction

from accounts.models import Visit


@sync_and_async_middleware
def VisitMiddleware(get_response):
    if iscoroutinefunction(get_response):

        async def middleware(request):
            response = await get_response(request)
            visit = Visit(path=request.path)
            visit.save()  # expect: SW108
            return response

    else:

        def middleware(request):
            response = get_response(request)
            Visit(path=request.path).save()
            return response

    return middleware


class Slow:
    async_capable = True
    sync_capable = False

    def __init__(self, get_response):
        self.get_response = get_response

    async def __call__(self, request):
        if request.path.startswith("/api/orders"):
            time.sleep(0.05)  # expect: SW101
        return await self.get_response(request)
