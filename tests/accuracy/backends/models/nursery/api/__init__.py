from fastapi import APIRouter

from nursery.api import media, plants, users

api_router = APIRouter()
api_router.include_router(users.router)
api_router.include_router(users.till)
api_router.include_router(plants.router)
api_router.include_router(media.router)
