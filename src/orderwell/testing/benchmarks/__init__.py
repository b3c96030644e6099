"""What `orderwell bench` measures: each figure beside a reference measured in the same run, taking turns.

`places.py` placement over HTTP, from one product, and in bulk; `imports.py` history import; `pages.py` the order list;
`memory.py` the idle program. `results.py` holds the targets, `suite.py` runs what was asked for.
"""
