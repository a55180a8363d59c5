from .plants import PlantCrud
from .users import UserCrud, authenticate

__all__ = ["PlantCrud", "UserCrud", "authenticate"]
