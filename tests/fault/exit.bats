#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# NOCLOBBER_ON_REFUSAL=exit: the only thing that stops a program which copies over the destination after any error.

load ../common

pair() {
  echo new >new
  echo old >old
}

# ended COMMAND…: runs it under ON_REFUSAL=exit; it must end with 17 and that one line.
ended() {
  local status=0
  shim NOCLOBBER_ON_REFUSAL=exit "$@" >out 2>err || status=$?
  cat err
  [ "$status" -eq 17 ]
  [ "$(cat err)" = "libnoclobber: refused to replace '$(pwd -P)/old'; ending the process with status 17 \
(NOCLOBBER_ON_REFUSAL=exit)" ]
  [ "$(cat old)" = old ]
  [ "$(refusals)" -eq 1 ]
}

@test "a refusal ends the process at once: no atexit handler, no buffered output" {
  pair
  ended "$PROGRAMS/exit"
  [ ! -e handler.ran ] && [ ! -e went.on ] && [ ! -s out ]
}

@test "a refusal in a thread ends the whole process" {
  pair
  ended "$PROGRAMS/exit" thread
  [ ! -e handler.ran ] && [ ! -e went.on ] && [ ! -s out ]
}

@test "a refusal in a vfork child ends the child, and its parent goes on" {
  shim NOCLOBBER_ON_REFUSAL=exit NOCLOBBER_ALLOW=free/ "$PROGRAMS/vfork_child" 17 2>err
  [ "$(grep -c 'ending the process' err)" -eq 3 ]
}

@test "what is no refusal ends nothing: no collision, nothing to lose, the program's own NOREPLACE, audit" {
  pair
  mkdir directory
  shim NOCLOBBER_ON_REFUSAL=exit "$PROGRAMS/call" 0 rename new vacant 0 rename vacant vacant EISDIR rename vacant directory \
    EEXIST noreplace vacant old EBUSY rename vacant .
  shim NOCLOBBER_ON_REFUSAL=exit NOCLOBBER_MODE=audit "$PROGRAMS/call" 0 rename vacant old
}

@test "an unparsable policy keeps ON_REFUSAL=exit" {
  library_only 'noclobber starts nothing under a policy that is wrong'
  pair
  run shim NOCLOBBER_ON_REFUSAL=exit NOCLOBBER_MODE=typo "$PROGRAMS/call" 0 rename new old
  [ "$status" -eq 17 ]
  [ "$(cat old)" = old ]
}

@test "Python's shutil.move copies over the destination after EEXIST, and only the end of the process stops it" {
  local move='import shutil; shutil.move("new", "old")'
  pair
  shim python3 -c "$move"
  [ "$(cat old)" = new ] # what README says of `error`
  [ "$(refusals)" -eq 1 ]
  rm "$LOG"
  pair
  ended python3 -c "$move"
  [ "$(cat new)" = new ]
}

@test "Perl's File::Copy::move copies over the destination after EEXIST, and only the end of the process stops it" {
  local move='use File::Copy; move("new", "old") or die $!'
  need perl
  pair
  shim perl -e "$move"
  [ "$(cat old)" = new ]
  [ "$(refusals)" -eq 1 ]
  rm "$LOG"
  pair
  ended perl -e "$move"
  [ "$(cat new)" = new ]
}
