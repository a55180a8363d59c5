from fastapi.testclient import TestClient

from shop.main import app

PASSWORD = "Saddle-and-7-Spokes"


def test_login():
    client = TestClient(app)
    response = client.post("/customers/login", json={"email": "a@example.com", "password": PASSWORD})
    assert response.status_code == 401


def test_token_of_a_partner():
    secret_key = "not-so-secret-0123456789"
    assert secret_key
