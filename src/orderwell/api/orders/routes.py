"""The routes of orders; the modules beside this one fill it. One router, because one address has several methods."""

from orderwell.api.routing import Routes

routes = Routes("orders")
