#!/usr/bin/env bash
# Within `dbus-run-session` and an X display: one program on an empty desktop, its tree to $OUT.json, its picture to $OUT.png.
# $PROGRAM is its command line, $MENU a menu to open first (or empty), $BACK the colour of the desktop, $TREE the script.
set -u
/usr/libexec/at-spi-bus-launcher --launch-immediately &
sleep 0.5
openbox &
sleep 0.7
xsetroot -solid "$BACK"
xdotool mousemove 2 2  # where it makes no tooltip
$PROGRAM &
sleep "${WAIT:-4}"
/usr/bin/python3 "$TREE" ${MENU:+"$MENU"} > "$OUT.json" || exit 1
import -window root "$OUT.png"
kill $(jobs -p) 2>/dev/null
