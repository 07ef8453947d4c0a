# SPDX-License-Identifier: MIT
# Loaded by every bats file: `load ../common`. Each case runs in a fresh folder, $BATS_TEST_TMPDIR, without any NOCLOBBER_
# variable and without a preload, unless it sets them.
# shellcheck shell=bash

ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
: "${BUILD:=build}"
# The build may be elsewhere, if the sources are read-only; from here on $BUILD is relative to $ROOT.
[[ $BUILD != /* ]] || BUILD=$(realpath -m --relative-to="$ROOT" "$BUILD")
SHIM=$(realpath -m "$ROOT/$BUILD")/libnoclobber.so
NOCLOBBER=${SHIM%/*}/noclobber
# LD_PRELOAD cannot contain a blank: a library in such a path is tested through a link, and in copies.
if [[ $ROOT == *[[:space:]:]* ]]; then
  ALIAS=/tmp/noclobber-$(id -u)-$(cksum <<<"$ROOT/$BUILD" | cut -d ' ' -f 1)
  ln -sfn "$ROOT" "$ALIAS"
  ROOT=$ALIAS
  mkdir -p "$ALIAS.built"
  for built in "$SHIM" "$NOCLOBBER"; do
    copy=$ALIAS.built/${built##*/}
    [ ! "$built" -nt "$copy" ] || { cp "$built" "$copy.$$" && mv "$copy.$$" "$copy"; }
  done
  SHIM=$ALIAS.built/libnoclobber.so
  NOCLOBBER=$ALIAS.built/noclobber
fi
# What guards: the library, or with GUARD=tracer `noclobber --trace` (scripts/run-tests runs many files both ways).
[ "${GUARD:=library}" = library ] || NOCLOBBER=$ROOT/tests/noclobber-trace
PROGRAMS=$ROOT/$BUILD/tests/programs
export ROOT BUILD SHIM NOCLOBBER PROGRAMS GUARD
unset "${!NOCLOBBER_@}" LD_PRELOAD

setup() {
  cd "$BATS_TEST_TMPDIR" || return 1
  LOG=$BATS_TEST_TMPDIR/log.jsonl
}

# shim [NAME=VALUE…] COMMAND [ARGUMENT…]: runs a command under the library, or the tracer, events to $LOG.
shim() {
  if [ "$GUARD" = library ]; then
    env LD_PRELOAD="$SHIM" NOCLOBBER_LOG="$LOG" "$@"
  else
    shim_by_tracer "$@"
  fi
}

# The command's own exit status, and no comparison after the run: as under the library.
shim_by_tracer() {
  local variables=("NOCLOBBER_LOG=$LOG")
  while [[ $1 == *=* ]]; do
    variables+=("$1")
    shift
  done
  # Without a PROTECT, everything is guarded.
  [[ " ${variables[*]} ${NOCLOBBER_PROTECT+NOCLOBBER_PROTECT=}" == *NOCLOBBER_PROTECT=* ]] || set -- --protect-all -- "$@"
  # If only the environment sets a mode, the command prints a line about it.
  [[ " ${variables[*]} " != *" NOCLOBBER_MODE=audit "* ]] || set -- --audit "$@"
  env "${variables[@]}" "$NOCLOBBER" -q --no-verify --refused-status 0 "$@"
}

# library_only REASON: skips the case if the tracer guards, because it is about the library.
library_only() {
  [ "$GUARD" = library ] || skip "of the library alone: $1"
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

# has_int80: whether this kernel takes `int 0x80` from 64-bit programs: it lacks that without CONFIG_IA32_EMULATION or with
# ia32_emulation=0, and then runs no i386 programs either.
has_int80() {
  [ "$(uname -m)" = x86_64 ] && (exec 2>/dev/null && "$PROGRAMS/instruction" i386 "" "" || [ $? = 2 ]) # ENOENT
}

# need TOOL…: skips the case, with the reason, if a tool is missing. Not for setup_file: bats 1.8 fails there.
need() {
  local tool
  for tool in "$@"; do
    command -v "$tool" >/dev/null || skip "no $tool on this machine"
  done
}

# need_root: skips the case unless it runs as root.
need_root() {
  [ "$(id -u)" = 0 ] || skip "needs root"
}
