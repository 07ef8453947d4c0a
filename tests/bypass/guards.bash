# SPDX-License-Identifier: MIT
# Guards, side by side, and what became of a file: for ways.bats and programs.bats.
# shellcheck shell=bash

# The columns of the table, in this order.
GUARDS=(library noclobber trace seal restore)

# lacks REASON: skips the case; a row of an earlier run stays.
lacks() {
  [ -z "${ROWS-}" ] || grep -F "| $TITLE |" "$ROOT/$PAGE" >>"$ROWS" || true
  skip "$1"
}

# wants TOOL…: skips the case where one is missing.
wants() {
  local tool
  for tool in "$@"; do
    command -v "$tool" >/dev/null || lacks "no $tool on this machine"
  done
}

# guard NAME: sets PREFIX, what stands before a command to guard dist/ so.
guard() {
  case $1 in
  nothing) PREFIX=() ;;
  library) PREFIX=(env LD_PRELOAD="$SHIM" NOCLOBBER_PROTECT=dist/) ;;
  noclobber) PREFIX=("$NOCLOBBER" --protect dist/ --) ;;
  *) PREFIX=("$NOCLOBBER" "--$1" --protect dist/ --) ;;
  esac
}

# other_user: what the case runs is an unprivileged user's from here on, with a noclobber of its own.
other_user() {
  [ "$(id -u)" = 0 ] || lacks "needs root"
  wants setpriv
  mkdir tools
  cp "$ROOT/$BUILD/noclobber" "$SHIM" tools/
  NOCLOBBER=$PWD/tools/noclobber SHIM=$PWD/tools/${SHIM##*/}
  # The folders above may be root's alone.
  chmod o+x "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_TEST_TMPDIR" 2>/dev/null || true
  AS=(setpriv --reuid=65534 --regid=65534 --clear-groups env "TMPDIR=$PWD/ground")
}
