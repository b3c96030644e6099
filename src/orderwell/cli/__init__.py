"""The command line: each command translates arguments into one call and the result into text or JSON.

A module here registers its commands with `@command("group verb")` from `frame`; `app` finds the modules by itself.
"""
