from __future__ import annotations

import json
import os
import subprocess
import sys

# In a process of its own: a thread that was placed stays where it is.
PROGRAM = """
import json, os, threading
from orderwell.platform import cores

said = {}

def says(name):
    said[name] = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []

def run(name, *before):
    def work():
        for step in before:
            step()
        says(name)
        child = threading.Thread(target=says, args=(name + ", started by it",))
        child.start()
        child.join()
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

says("all")
go_on, there = threading.Event(), threading.Thread(target=lambda: (go_on.wait(), says("was there before")))
there.start()
run("before", cores.go_anywhere)
cores.keep_together()
go_on.set()
there.join()
says("loop")
run("started by it")
run("page", cores.go_anywhere)
run("gate", cores.go_anywhere, cores.come_home)
print(json.dumps(said))
"""


def test_what_hands_orders_over_stays_on_one_core_and_the_rest_runs_anywhere():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    everywhere, home = said.pop("all"), said["loop"]
    together = ("was there before", "loop", "started by it", "gate")
    free = ("before", "page")
    assert all(said[name] == home and said.get(f"{name}, started by it", home) == home for name in together)
    assert all(said[name] == said[f"{name}, started by it"] == everywhere for name in free)
    assert len(home) == min(len(everywhere), 1)
    assert set(home) <= set(everywhere)


def test_where_threads_cannot_be_placed_nothing_happens(monkeypatch):
    from orderwell.platform import cores

    monkeypatch.delattr(os, "sched_setaffinity", raising=False)
    cores.keep_together()
    assert cores._home == frozenset()
