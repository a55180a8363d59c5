class HallError(Exception):
    """A request that the hall cannot grant."""

    status_code = 400


class NotFoundError(HallError):
    status_code = 404


class ConflictError(HallError):
    status_code = 409


class CredentialsError(HallError):
    status_code = 401
