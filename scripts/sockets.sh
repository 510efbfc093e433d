#!/usr/bin/env bash
# Tests tamis against the real packages that it plugs into: `scripts/sockets.sh [NAME...] [-- PYTEST ARGUMENTS]`.
# Each socket has an environment of its own, .venv-sockets/NAME: tamis, the group `socket-NAME` of pyproject.toml, and
# nothing else. What is installed is pinned by tests/sockets/NAME.txt; `--pin NAME` installs afresh and rewrites that.
# PYTHON: an interpreter with pip 25.1 or newer, which makes the environments.
set -euo pipefail
cd "$(dirname "$0")/.."
PYTHON=${PYTHON:-.venv/bin/python}

pin=no names=() arguments=()
while [ $# -gt 0 ]; do
    case $1 in
        --pin) pin=yes ;;
        --) shift; arguments=("$@"); break ;;
        *) names+=("$1") ;;
    esac
    shift
done
if [ ${#names[@]} -eq 0 ]; then
    for file in tests/sockets/test_*.py; do
        name=${file##*/test_}
        names+=("${name%.py}")
    done
fi

install() {  # NAME PINS...
    "$PYTHON" -m pip --python ".venv-sockets/$1/bin/python" install --quiet --disable-pip-version-check --no-compile \
        -e . --group "socket-$1" "${@:2}"
}

environment() {  # NAME: a second run with the same inputs is instant
    local home=.venv-sockets/$1 pins=tests/sockets/$1.txt inputs
    [ -f "$pins" ] || [ $pin = yes ] || { echo "no pins: scripts/sockets.sh --pin $1" >&2; exit 2; }
    inputs=$([ $pin = yes ] || cat pyproject.toml "$pins" | cksum)
    if [ $pin = no ] && [ "$(cat "$home/.stamp" 2>/dev/null)" = "$inputs" ]; then
        return
    fi
    [ $pin = no ] || rm -rf "$home"
    "$PYTHON" -m venv --without-pip "$home"
    if [ $pin = no ]; then
        install "$1" -c "$pins"
    else
        install "$1" -c constraints.txt
        "$PYTHON" -m pip --python "$home/bin/python" freeze --disable-pip-version-check --exclude-editable \
            | sed 's/$/ ; python_version >= "3.11"/' >"$pins"
        inputs=$(cat pyproject.toml "$pins" | cksum)
    fi
    echo "$inputs" >"$home/.stamp"
}

for name in "${names[@]}"; do
    [ -f "tests/sockets/test_$name.py" ] || { echo "no such socket: $name (tests/sockets/test_$name.py)" >&2; exit 2; }
    echo "-- $name"
    environment "$name"
    # warnings of other packages are no errors here, as they are in the suite
    TAMIS_SOCKET=$name ".venv-sockets/$name/bin/python" -m pytest -q -W default --disable-warnings "tests/sockets/test_$name.py" "${arguments[@]}"
done
