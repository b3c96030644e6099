"""Warehouses, stock, and what moves it."""
