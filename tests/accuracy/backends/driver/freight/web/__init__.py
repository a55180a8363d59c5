from freight.web.accounts import router as accounts
from freight.web.parcels import routes as parcels
from freight.web.planning import Planning

__all__ = ["Planning", "accounts", "parcels"]
