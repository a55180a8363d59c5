import os

from django.http import HttpRequest, JsonResponse

NODE = os.environ.get("NODE_NAME", "")  # expect: SW606


async def health(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok", "node": NODE})
