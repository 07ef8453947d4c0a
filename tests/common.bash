# SPDX-License-Identifier: MIT
# What every bats file loads: `load ../common`. Each case runs in a fresh folder, $BATS_TEST_TMPDIR, without any NOCLOBBER_
# variable, and with nothing preloaded until it says so.
# shellcheck shell=bash

ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
SHIM=$ROOT/build/libnoclobber.so
NOCLOBBER=$ROOT/build/noclobber
PROGRAMS=$ROOT/build/tests/programs
export ROOT SHIM NOCLOBBER PROGRAMS
unset "${!NOCLOBBER_@}" LD_PRELOAD

setup() {
  cd "$BATS_TEST_TMPDIR" || return 1
  LOG=$BATS_TEST_TMPDIR/log.jsonl
}

# shim [NAME=VALUE…] COMMAND [ARGUMENT…]: runs a command under the library, events to $LOG.
shim() {
  env LD_PRELOAD="$SHIM" NOCLOBBER_LOG="$LOG" "$@"
}

# events EXPRESSION: prints, for each event in $LOG, what the Python expression over its fields (e["verdict"] …) gives.
events() {
  [ -e "$LOG" ] || return 0
  python3 -c '
import json, sys
for line in open(sys.argv[1], "rb"):
    e = json.loads(line.decode("utf-8"))
    sys.stdout.buffer.write(str(eval(sys.argv[2])).encode("utf-8", "surrogateescape") + b"\n")
' "$LOG" "$1"
}

# refusals: how many events of verdict "refused" $LOG holds.
refusals() {
  events 'e["verdict"]' | grep -c '^refused$' || true
}

# need TOOL…: skips the case, with the reason, where a tool is missing.
need() {
  local tool
  for tool in "$@"; do
    command -v "$tool" >/dev/null || skip "no $tool on this machine"
  done
}

# need_root: skips the case where it does not run as root.
need_root() {
  [ "$(id -u)" = 0 ] || skip "needs root"
}
