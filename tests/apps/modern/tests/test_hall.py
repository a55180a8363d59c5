import secrets

from httpx import AsyncClient

EVENING = {"title": "Chamber Music", "starts_at": "2031-05-04T19:30:00Z", "seats": 1}


async def test_health(client: AsyncClient) -> None:
    assert (await client.get("/health")).json() == {"status": "ok"}


async def test_accounts(signed_in: AsyncClient, account: dict[str, str]) -> None:
    me = (await signed_in.get("/accounts/me")).json()
    assert me == {"id": me["id"], "email": account["email"]}
    assert (await signed_in.post("/accounts/register", json=account)).status_code == 409


async def test_wrong_password(signed_in: AsyncClient, account: dict[str, str]) -> None:
    form = {"username": account["email"], "password": secrets.token_urlsafe(16)}
    assert (await signed_in.post("/accounts/token", data=form)).status_code == 401


async def test_strangers_are_refused(client: AsyncClient) -> None:
    assert (await client.get("/accounts/me")).status_code == 401
    assert (await client.get("/accounts/me", headers={"Authorization": "Bearer x"})).status_code == 401
    assert (await client.post("/evenings", json=EVENING)).status_code == 401


async def test_booking(signed_in: AsyncClient) -> None:
    evening = (await signed_in.post("/evenings", json=EVENING)).json()
    booked = await signed_in.post(f"/evenings/{evening['id']}/bookings")
    assert booked.status_code == 201
    assert booked.json()["evening"]["title"] == "Chamber Music"
    assert [booking["id"] for booking in (await signed_in.get("/bookings")).json()] == [booked.json()["id"]]
    assert [evening["seats"] for evening in (await signed_in.get("/evenings")).json()] == [0]


async def test_sold_out(signed_in: AsyncClient) -> None:
    evening = (await signed_in.post("/evenings", json=EVENING)).json()
    await signed_in.post(f"/evenings/{evening['id']}/bookings")
    refused = await signed_in.post(f"/evenings/{evening['id']}/bookings")
    assert refused.status_code == 409
    assert refused.json() == {"detail": "The evening is sold out"}


async def test_one_seat_each(signed_in: AsyncClient) -> None:
    evening = (await signed_in.post("/evenings", json={**EVENING, "seats": 2})).json()
    await signed_in.post(f"/evenings/{evening['id']}/bookings")
    refused = await signed_in.post(f"/evenings/{evening['id']}/bookings")
    assert refused.json() == {"detail": "You have a seat already"}
    assert [evening["seats"] for evening in (await signed_in.get("/evenings")).json()] == [1]


async def test_unknown_evening(signed_in: AsyncClient) -> None:
    assert (await signed_in.post("/evenings/404/bookings")).status_code == 404


async def test_search(signed_in: AsyncClient) -> None:
    await signed_in.post("/evenings", json=EVENING)
    found = await signed_in.get("/evenings/search", params={"words": "chamber"})
    assert [evening["title"] for evening in found.json()] == ["Chamber Music"]
    assert (await signed_in.get("/evenings/search", params={"words": "' OR 1=1 --"})).json() == []


async def test_limits(client: AsyncClient) -> None:
    assert (await client.get("/evenings", params={"limit": 101})).status_code == 422
