async def test_health(client):
    assert (await client.get("/health")).json() == {"status": "ok"}


async def test_authors_are_listed_by_name(client, author):
    await client.post("/authors/", json={"name": "Jane Austen"})
    authors = (await client.get("/authors/")).json()
    assert [author["name"] for author in authors] == ["Jane Austen", "Mary Shelley"]


async def test_author_pages(client, author):
    for number in range(3):
        await client.post("/authors/", json={"name": f"Nobody {number}"})
    authors = (await client.get("/authors/", params={"skip": 1, "limit": 2})).json()
    assert [author["name"] for author in authors] == ["Nobody 0", "Nobody 1"]


async def test_author_names_are_unique(client, author):
    assert (await client.post("/authors/", json={"name": author["name"]})).status_code == 409


async def test_author_with_books(client, author, book):
    response = await client.get(f"/authors/{author['id']}")
    assert response.status_code == 200
    assert response.json()["books"] == [book]


async def test_author_without_books(client, author):
    assert (await client.get(f"/authors/{author['id']}")).json()["books"] == []


async def test_unknown_author(client):
    assert (await client.get("/authors/404")).status_code == 404


async def test_deleting_an_author_deletes_the_books(client, author, book):
    assert (await client.delete(f"/authors/{author['id']}")).status_code == 204
    assert (await client.get(f"/books/{book['id']}")).status_code == 404
    assert (await client.delete(f"/authors/{author['id']}")).status_code == 404


async def test_book(client, book):
    response = await client.get(f"/books/{book['id']}")
    assert response.status_code == 200
    assert response.json() == book
    assert book["price"] == "9.50"


async def test_book_needs_an_author(client):
    book = {"title": "Beowulf", "isbn": "978-0571203765", "price": "8.00", "author_id": 404}
    assert (await client.post("/books/", json=book)).status_code == 404


async def test_book_is_validated(client, author):
    book = {"title": "", "isbn": "1", "price": "-8.00", "author_id": author["id"]}
    assert (await client.post("/books/", json=book)).status_code == 422


async def test_isbn_is_unique(client, book):
    again = {"title": "Again", "isbn": book["isbn"], "price": "1.00", "author_id": book["author_id"]}
    assert (await client.post("/books/", json=again)).status_code == 409


async def test_search_by_title_and_author(client, author, book):
    other = {"title": "Matilda", "isbn": "978-0141439488", "price": "7.00", "author_id": author["id"]}
    await client.post("/books/", json=other)

    async def titles(**params):
        return [book["title"] for book in (await client.get("/books/", params=params)).json()]

    assert await titles() == ["Frankenstein", "Matilda"]
    assert await titles(search="franken") == ["Frankenstein"]
    assert await titles(search="shelley") == ["Frankenstein", "Matilda"]
    assert await titles(search="dracula") == []
    assert await titles(in_stock=True) == ["Frankenstein"]
    assert await titles(skip=1, limit=1) == ["Matilda"]


async def test_titles(client, book):
    response = await client.get("/books/titles", params={"q": "rank"})
    assert response.json() == [{"id": book["id"], "title": "Frankenstein"}]
    assert (await client.get("/books/titles", params={"q": "Dracula"})).json() == []


async def test_book_is_updated(client, book):
    response = await client.patch(f"/books/{book['id']}", json={"price": "12.00"})
    assert response.json() == {**book, "price": "12.00"}
    assert (await client.get(f"/books/{book['id']}")).json()["price"] == "12.00"
    assert (await client.patch("/books/404", json={"price": "12.00"})).status_code == 404


async def test_book_is_deleted(client, book):
    assert (await client.delete(f"/books/{book['id']}")).status_code == 204
    assert (await client.get(f"/books/{book['id']}")).status_code == 404


async def test_ordered_book_is_kept(client, book, order):
    assert (await client.delete(f"/books/{book['id']}")).status_code == 409


async def test_price_in_another_currency(client, book):
    response = await client.get(f"/books/{book['id']}/price", params={"currency": "USD"})
    assert response.json() == {"currency": "USD", "price": "14.25"}


async def test_currencies(client):
    assert (await client.get("/books/currencies")).json() == ["CHF", "EUR", "USD"]


async def test_terms(client):
    assert (await client.get("/books/terms")).json()["terms"].startswith("Orders leave our shop")


async def test_reviews(client, book):
    reviews = f"/books/{book['id']}/reviews"
    assert (await client.get(reviews)).json() == {"average": None, "reviews": []}
    response = await client.post(reviews, json={"rating": 5, "body": "Alive!"})
    assert response.status_code == 201
    assert response.json()["rating"] == 5
    assert (await client.post(reviews, json={"rating": 4})).json()["body"] == ""
    assert (await client.get(reviews)).json() == {
        "average": 4.5,
        "reviews": [{"rating": 5, "body": "Alive!"}, {"rating": 4, "body": ""}],
    }
    assert (await client.post("/books/404/reviews", json={"rating": 5})).status_code == 404
