# SPDX-License-Identifier: MIT
# For ways.bats and programs.bats: each guard in turn, and what happened to the file.
# shellcheck shell=bash

# The columns of the table, in this order.
GUARDS=(library noclobber trace seal restore)

# lacks REASON: skips the case, and keeps its row of an earlier run.
lacks() {
  [ -z "${ROWS-}" ] || grep -F "| $TITLE |" "$ROOT/$PAGE" >>"$ROWS" || true
  skip "$1"
}

# wants TOOL…: skips the case if one is missing.
wants() {
  local tool
  for tool in "$@"; do
    command -v "$tool" >/dev/null || lacks "no $tool on this machine"
  done
}

# guard NAME: sets PREFIX to the words before a command that guard dist/ in this way.
guard() {
  case $1 in
  nothing) PREFIX=() ;;
  library) PREFIX=(env LD_PRELOAD="$SHIM" NOCLOBBER_PROTECT=dist/) ;;
  noclobber) PREFIX=("$NOCLOBBER" --protect dist/ --) ;;
  *) PREFIX=("$NOCLOBBER" "--$1" --protect dist/ --) ;;
  esac
}

# other_user: from here on, the case runs everything as an unprivileged user, with a noclobber of that user's.
other_user() {
  [ "$(id -u)" = 0 ] || lacks "needs root"
  wants setpriv
  mkdir tools
  cp "$ROOT/$BUILD/noclobber" "$SHIM" tools/
  NOCLOBBER=$PWD/tools/noclobber SHIM=$PWD/tools/${SHIM##*/}
  # Others may not be able to enter the folders above.
  chmod o+x "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_TEST_TMPDIR" 2>/dev/null || true
  AS=(setpriv --reuid=65534 --regid=65534 --clear-groups env "TMPDIR=$PWD/ground")
}
