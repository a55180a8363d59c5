import asyncio


async def test_order(client, book, order, signed_in):
    assert order["status"] == "new"
    assert order["created_at"]
    assert order["items"] == [{"quantity": 2, "unit_price": "9.50", "book": {**book, "stock": 3}}]
    response = await client.get(f"/orders/{order['id']}", headers=signed_in)
    assert response.status_code == 200
    assert response.json() == order


async def test_orders_of_a_customer(client, book, order, signed_in):
    items = {"items": [{"book_id": book["id"], "quantity": 1}]}
    second = (await client.post("/orders/", json=items, headers=signed_in)).json()
    orders = (await client.get("/orders/", headers=signed_in)).json()
    assert [order["id"] for order in orders] == [second["id"], order["id"]]
    assert (await client.get("/orders/", params={"status": "paid"}, headers=signed_in)).json() == []
    assert (await client.get("/orders/summary", headers=signed_in)).json() == {"orders": 2, "spent": "28.50"}


async def test_orders_are_private(client, order):
    assert (await client.get("/orders/")).status_code == 401
    other = {"email": "charles@paperlantern.example", "full_name": "Charles Babbage", "password": "analytical engine"}
    await client.post("/customers/", json=other)
    form = {"username": other["email"], "password": other["password"]}
    token = (await client.post("/customers/login", data=form)).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert (await client.get(f"/orders/{order['id']}", headers=headers)).status_code == 404
    assert (await client.get("/orders/summary", headers=headers)).json()["orders"] == 0


async def test_order_of_several_books(client, author, book, signed_in):
    other = {"title": "Matilda", "isbn": "978-0141439488", "price": "7.00", "stock": 1, "author_id": author["id"]}
    other = (await client.post("/books/", json=other)).json()
    items = {"items": [{"book_id": book["id"], "quantity": 1}, {"book_id": other["id"], "quantity": 1}]}
    response = await client.post("/orders/", json=items, headers=signed_in)
    assert response.status_code == 201
    assert sorted(item["book"]["title"] for item in response.json()["items"]) == ["Frankenstein", "Matilda"]


async def test_failed_order_changes_nothing(client, book, signed_in):
    items = {"items": [{"book_id": book["id"], "quantity": 1}, {"book_id": 404, "quantity": 1}]}
    assert (await client.post("/orders/", json=items, headers=signed_in)).status_code == 404
    assert (await client.get(f"/books/{book['id']}")).json()["stock"] == 5
    assert (await client.get("/orders/", headers=signed_in)).json() == []


async def test_stock_is_limited(client, book, signed_in):
    items = {"items": [{"book_id": book["id"], "quantity": 6}]}
    assert (await client.post("/orders/", json=items, headers=signed_in)).status_code == 409


async def test_order_is_validated(client, signed_in):
    assert (await client.post("/orders/", json={"items": []}, headers=signed_in)).status_code == 422


async def test_cancel(client, book, order, signed_in):
    response = await client.post(f"/orders/{order['id']}/cancel", headers=signed_in)
    assert response.status_code == 200
    assert response.json()["status"] == "cancelled"
    assert response.json()["items"][0]["book"]["stock"] == 5
    assert (await client.get(f"/books/{book['id']}")).json()["stock"] == 5
    assert (await client.post(f"/orders/{order['id']}/cancel", headers=signed_in)).status_code == 409
    assert (await client.post("/orders/404/cancel", headers=signed_in)).status_code == 404


async def test_payment(client, order, signed_in):
    response = await client.post("/payments/callback", json={"order_id": order["id"], "paid": True})
    assert response.status_code == 200
    assert response.json() == {"order_id": order["id"], "status": "paid"}
    assert (await client.get(f"/orders/{order['id']}", headers=signed_in)).json()["status"] == "paid"
    assert (await client.post("/payments/callback", json={"order_id": 404, "paid": True})).status_code == 404


async def test_many_requests_at_once(client, book, order, signed_in):
    responses = await asyncio.gather(
        *(client.get("/books/") for _ in range(5)),
        *(client.get(f"/orders/{order['id']}", headers=signed_in) for _ in range(5)),
    )
    assert {response.status_code for response in responses} == {200}
