from sqlmodel import Session, select

from nursery.core.security import hash_password, verify_password
from nursery.crud.base import Crud
from nursery.models import User, UserCreate


class UserCrud(Crud[User]):
    def __init__(self, session: Session) -> None:
        super().__init__(session, User)

    def by_email(self, email: str) -> User | None:
        return self.session.exec(select(User).where(User.email == email)).first()

    def register(self, data: UserCreate) -> User:
        user = User.model_validate(data, update={"hashed_password": hash_password(data.password)})
        return self.create(user)

    def invite(self, data: UserCreate) -> User:
        user = User(email=data.email, name=data.name, hashed_password=data.password)  # expect: SW501
        return self.create(user)

    def set_password(self, user: User, password: str) -> User:
        user.hashed_password = hash_password(password)
        return self.create(user)


def authenticate(session: Session, email: str, password: str) -> User | None:
    user = UserCrud(session).by_email(email)
    if user is None or not verify_password(password, user.hashed_password):
        return None
    return user


def authenticate_till(session: Session, email: str, password: str) -> User | None:
    user = UserCrud(session).by_email(email)
    if user is not None and user.hashed_password == password:  # expect: SW502
        return user
    return None
