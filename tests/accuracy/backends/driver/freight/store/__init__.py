from freight.store.accounts import Accounts
from freight.store.parcels import Parcels
from freight.store.pool import connection, create_pool
from freight.store.routes import Routes

__all__ = ["Accounts", "Parcels", "Routes", "connection", "create_pool"]
