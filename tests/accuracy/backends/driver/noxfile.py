import nox


@nox.session
def tests(session: nox.Session) -> None:
    session.install("-e", ".", "pytest")
    session.run("pytest")
