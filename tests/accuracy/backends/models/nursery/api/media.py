"""Photos: kept in a bucket."""

import asyncio
import time
from pathlib import Path

import aiofiles
import boto3
import httpx
from fastapi import APIRouter, BackgroundTasks, Depends, UploadFile
from pydantic import BaseModel, parse_obj_as

from nursery.api.deps import get_current_user
from nursery.core.config import settings

router = APIRouter(prefix="/media", dependencies=[Depends(get_current_user)])
s3 = boto3.client(
    "s3",
    aws_access_key_id="AKIAQ4NURSERY7TESTX2",  # expect: SW201
    aws_secret_access_key="mB7/kelpTidePot+91hWzQeRtYuIoPaSdFgHjKl0",  # expect: SW201
)
public_s3 = boto3.client("s3", region_name="eu-north-1")
EXAMPLE_KEY_ID = "AKIAIOSFODNN7EXAMPLE"


class Stored(BaseModel):
    key: str
    size: int = 0


def retry(times: int):
    def wrap(function):
        def inner(*args, **kwargs):
            for attempt in range(times):
                try:
                    return function(*args, **kwargs)
                except ConnectionError:
                    time.sleep(attempt)
            raise ConnectionError

        return inner

    return wrap


@retry(3)
def upload(key: str, data: bytes) -> None:
    s3.put_object(Bucket=settings.media_bucket, Key=key, Body=data)


def thumbnail(path: Path) -> Path:
    target = path.with_suffix(".small")
    target.write_bytes(path.read_bytes()[:1024])
    return target


@router.post("/")
async def store(file: UploadFile) -> Stored:
    data = await file.read()
    await asyncio.to_thread(upload, file.filename, data)
    return Stored(key=file.filename, size=len(data))


@router.post("/direct")
async def store_direct(file: UploadFile) -> Stored:
    data = await file.read()
    s3.put_object(Bucket=settings.media_bucket, Key=file.filename, Body=data)  # expect: SW101
    return Stored(key=file.filename, size=len(data))


@router.post("/later")
async def store_later(file: UploadFile, tasks: BackgroundTasks) -> Stored:
    data = await file.read()
    tasks.add_task(upload, file.filename, data)
    return Stored(key=file.filename, size=len(data))


@router.get("/remote")
async def remote(url: str) -> int:
    return len(httpx.get(url).content)  # expect: SW101


@router.get("/remote/async")
async def remote_async(url: str) -> int:
    async with httpx.AsyncClient() as client:
        response = await client.get(url)
    return len(response.content)


@router.get("/small/{name}")
async def small(name: str) -> str:
    return thumbnail(Path("/srv/media") / name).name  # expect: SW103


@router.get("/text/{name}")
async def text(name: str) -> str:
    async with aiofiles.open(f"/srv/media/{name}.txt") as file:
        return await file.read()


@router.get("/listed")
def listed() -> list[Stored]:
    found = public_s3.list_objects_v2(Bucket=settings.media_bucket)
    return parse_obj_as(list[Stored], [{"key": one["Key"]} for one in found["Contents"]])  # expect: SW309


def clean_up() -> None:
    time.sleep(5)
    public_s3.delete_object(Bucket=settings.media_bucket, Key="old")


async def clean_up_async() -> None:
    await asyncio.sleep(5)
    clean_up()  # expect: SW103


@router.delete("/old", status_code=204)
async def remove_old(tasks: BackgroundTasks) -> None:
    tasks.add_task(clean_up)
    tasks.add_task(clean_up_async)
