#!/bin/sh
# Pin every package to one version and its hashes, for every platform at once. Run by `make lock`, after a change of
# pyproject.toml or to take in new releases (`make lock UPGRADE=--upgrade`).
set -eu
cd "$(dirname "$0")/.."
# An index is a matter of the machine that installs, so none is recorded.
compile() {
    .venv/bin/uv pip compile --quiet --no-header --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links "$@"
}
compile ${UPGRADE:-} pyproject.toml --group dev -o requirements-dev.lock
# The program runs on the versions that the tests ran on.
compile pyproject.toml --group build -c requirements-dev.lock -o requirements.lock
compile ${UPGRADE:-} --group node -o requirements-node.lock
