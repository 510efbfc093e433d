#!/bin/sh
# Installs what tests need from the system: a PostgreSQL server for the store of memories. Without it, its tests are
# skipped and say so. Does nothing where the server is there, or where packages cannot be installed.
set -eu
if command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
    exit 0
fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "No PostgreSQL server was found, and no apt-get to install one: the tests of that store are skipped." >&2
    exit 0
fi
root=""
[ "$(id -u)" -eq 0 ] || root="sudo -n"
log=$(mktemp)
install_it() {
    # The package would start a cluster of its own, which no test uses.
    DEBIAN_FRONTEND=noninteractive $root apt-get install -y -q --no-install-recommends postgresql >"$log" 2>&1
}
if install_it || { $root apt-get update -q >"$log" 2>&1 && install_it; }; then
    echo "Installed a PostgreSQL server for the tests."
else
    tail -n 3 "$log" >&2
    echo "No PostgreSQL server could be installed: the tests of that store are skipped." >&2
fi
rm -f "$log"
