#!/bin/sh
# Installs what tests need from the system: a PostgreSQL server for the store of memories, a browser for screens with
# exact boxes. Without them, their tests are skipped and say so. Does nothing where they are there, or where packages
# cannot be installed.
set -eu
postgres=""
browser=""
command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || postgres="postgresql"
command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || browser="chromium fonts-liberation"
[ -n "$postgres$browser" ] || exit 0
if ! command -v apt-get >/dev/null 2>&1; then
    echo "No apt-get to install ${postgres:-a browser} $browser: their tests are skipped." >&2
    exit 0
fi
root=""
[ "$(id -u)" -eq 0 ] || root="sudo -n"
log=$(mktemp)
install_it() {
    # PostgreSQL's package would start a cluster of its own, which no test uses.
    DEBIAN_FRONTEND=noninteractive $root apt-get install -y -q --no-install-recommends "$@" >"$log" 2>&1
}
for packages in "$postgres" "$browser"; do
    [ -n "$packages" ] || continue
    # shellcheck disable=SC2086  # (a list of packages)
    if install_it $packages || { $root apt-get update -q >"$log" 2>&1 && install_it $packages; }; then
        echo "Installed $packages for the tests."
    else
        tail -n 3 "$log" >&2
        echo "$packages could not be installed: its tests are skipped." >&2
    fi
done
rm -f "$log"
