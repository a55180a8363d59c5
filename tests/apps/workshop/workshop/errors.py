class NotFound(Exception):
    def __init__(self, what: str) -> None:
        super().__init__(f"No such {what}")


class Conflict(Exception):
    pass
