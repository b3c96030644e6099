"""The demo company: Shunhe Living, which sells things for the home from three warehouses through four channels.

Everything in it goes through the same services as real work, with `now` in the past; only names and chances are made up.
"""
