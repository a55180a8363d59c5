from django.db import models


class Author(models.Model):
    name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name


class BookQuerySet(models.QuerySet["Book"]):
    def lendable(self) -> "BookQuerySet":
        return self.filter(copies__gt=0)

    def newest(self) -> "Book | None":
        return self.order_by("-year").first()


class Book(models.Model):
    title = models.CharField(max_length=300)
    isbn = models.CharField(max_length=13, unique=True)
    year = models.PositiveSmallIntegerField()
    copies = models.PositiveIntegerField(default=1)
    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="books")

    objects = BookQuerySet.as_manager()

    def __str__(self) -> str:
        return self.title

    def lend(self) -> None:
        self.copies -= 1
        self.save(update_fields=["copies"])

    @property
    def is_lendable(self) -> bool:
        return self.copies > 0


class Review(models.Model):
    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="reviews")
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE)
    stars = models.PositiveSmallIntegerField()
    text = models.TextField(blank=True)
