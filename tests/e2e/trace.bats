#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# noclobber --trace: what no preload reaches is refused, and everything else goes on as without it.

# What is in single quotes is for the shell that noclobber starts.
# shellcheck disable=SC2016

load ../common

setup() {
  cd "$BATS_TEST_TMPDIR" || return 1
  LOG=$BATS_TEST_TMPDIR/log.jsonl
  "$NOCLOBBER" --trace -P -q --no-verify true || skip "$("$NOCLOBBER" --trace -P -q --no-verify true 2>&1)"
  mkdir dist
  echo old >dist/a
  echo new >new
}

traced() { # traced [OPTION…] [--] COMMAND…: with dist/ protected, no look afterwards, events to $LOG
  "$NOCLOBBER" --trace -q --no-verify --protect dist/ --log "$LOG" "$@"
}

by() { # by HOW SOURCE DESTINATION: what a rename by that instruction is told
  local status=0
  traced "$PROGRAMS/instruction" "$@" || status=$?
  echo "$status"
}

EEXIST=17

# ---- one call ----------------------------------------------------------------------------------

@test "every call of the family is refused where something is in the way, and goes through where nothing is" {
  for how in rename renameat renameat2; do
    [ "$(by $how new dist/a)" = $EEXIST ]
    [ "$(cat dist/a)" = old ] && [ "$(cat new)" = new ]
    [ "$(by $how new dist/b)" = 0 ]
    [ "$(cat dist/b)" = new ]
    mv dist/b new
  done
  [ "$(refusals)" = 3 ]
}

@test "int 0x80 and x32 are the same calls" {
  [ "$(uname -m)" = x86_64 ] || skip "x86-64 alone has these entries"
  [ "$(by i386 new dist/a)" = $EEXIST ]
  [ "$(cat dist/a)" = old ]
  [ "$(by i386 new dist/b)" = 0 ]
  [ "$(cat dist/b)" = new ]
  mv dist/b new
  # Kernels without x32 answer ENOSYS (38) to its numbers.
  [ "$(by x32 new dist/a)" = $EEXIST ] || [ "$(by x32 new dist/a)" = 38 ]
  [ "$(cat dist/a)" = old ]
}

@test "the program's own exclusive rename is told EEXIST and is no refusal; an exchange passes" {
  [ "$(by exclusive new dist/a)" = $EEXIST ]
  [ "$(by exchange new dist/a)" = 0 ]
  [ "$(cat dist/a)" = new ] && [ "$(cat new)" = old ]
  [ "$(refusals)" = 0 ]
}

@test "what is not protected is replaced, as ever" {
  echo old >other
  [ "$(by rename new other)" = 0 ]
  [ "$(cat other)" = new ]
  [ ! -e "$LOG" ]
}

@test "an event says who, what and where, with absolute paths" {
  traced sh -c 'echo $$ >pid; cd dist; exec "$@"' - "$PROGRAMS/instruction" rename ../new a || true
  [ "$(events 'e["verdict"], e["call"], e["source"], e["destination"]')" = \
    "('refused', 'rename', '$PWD/new', '$PWD/dist/a')" ]
  [ "$(events 'e["program"]')" = "$PROGRAMS/instruction" ]
  [ "$(events 'e["pid"]')" = "$(cat pid)" ]
}
