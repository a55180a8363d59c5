async def test_register_and_sign_in(client, customer, signed_in):
    response = await client.get("/customers/me", headers=signed_in)
    assert response.status_code == 200
    assert response.json()["email"] == customer["email"]
    assert set(response.json()) == {"id", "email", "full_name"}


async def test_email_is_unique(client, customer):
    assert (await client.post("/customers/", json=customer)).status_code == 409


async def test_wrong_password(client, customer):
    form = {"username": customer["email"], "password": "analytical engine"}
    assert (await client.post("/customers/login", data=form)).status_code == 401


async def test_unknown_customer(client):
    form = {"username": "nobody@paperlantern.example", "password": "analytical engine"}
    assert (await client.post("/customers/login", data=form)).status_code == 401


async def test_bad_token(client):
    assert (await client.get("/customers/me")).status_code == 401
    assert (await client.get("/customers/me", headers={"Authorization": "Bearer nonsense"})).status_code == 401


async def test_password_change_needs_the_old_one(client, customer, signed_in):
    change = {"old_password": "analytical engine", "new_password": "jacquard loom"}
    assert (await client.put("/customers/me/password", json=change, headers=signed_in)).status_code == 400
    change["old_password"] = customer["password"]
    assert (await client.put("/customers/me/password", json=change, headers=signed_in)).status_code == 204
    form = {"username": customer["email"], "password": customer["password"]}
    assert (await client.post("/customers/login", data=form)).status_code == 401
