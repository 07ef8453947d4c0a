#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The loop breaker: programs that try again for as long as they are told EEXIST come to an end, and nobody else notices.

load ../common

# backup COMMAND…: makes a backup of ./dst, whose name is taken, and must fail at once with everything as it was.
backup() {
  echo new >src
  echo old >dst
  echo backup >dst~
  run shim timeout 300 "$@"
  echo "$output"
  [ "$status" -eq 1 ]
  [ "$(cat src dst dst~ | tr '\n' ' ')" = "new old backup " ]
  [ "$(events 'e["destination"].split("/")[-1]' | sort -u)" = "dst~" ]
  [ "$(wc -l <"$LOG")" -le 4 ]
}

# within_a_second COMMAND…: runs one of the program's ways that are about what happens within a second, and leaves in $LOG
# the events of the round that was fast enough.
within_a_second() {
  local round
  run "$@"
  echo "$output"
  [ "$status" -ne 77 ] || skip "$output"
  [ "$status" -eq 0 ]
  [ -e "$LOG" ] || return 0
  round=$(printf '%s\n' round.* | tail -n 1)
  grep "/$round/" "$LOG" >last
  mv last "$LOG"
}

# told NAME: how many refusals onto NAME the log tells of.
told() {
  events "1 + e.get('repeated', 0) if e['destination'].endswith('/$1') else 0" | awk '{ n += $1 } END { print n }'
}

@test "cp -b onto a backup that exists ends" {
  backup cp -b src dst
}

@test "mv -b onto a backup that exists ends" {
  backup mv -b src dst
}

@test "install -b onto a backup that exists ends" {
  backup install -b src dst
}

@test "the same pair again and again becomes EBUSY, and other pairs do not" {
  within_a_second shim "$PROGRAMS/loop" tight
  # The first of the loop, and the one that made it a loop; and the two other pairs.
  [ "$(events 'e.get("repeated", 0)' | tr '\n' ' ')" = "0 30 0 0 " ]
}

@test "a loop is logged in a few lines, which add up to what the program was told" {
  within_a_second shim "$PROGRAMS/loop" slow
  # Of `busy`: all 31 + 20 before the pause, and the one after it. Of `old`: all 20 before the pause, and the first after
  # it; the rest would be told by the next.
  [ "$(told busy)" -eq 52 ]
  [ "$(told old)" -eq 21 ]
  [ "$(wc -l <"$LOG")" -eq 5 ]
}

@test "many pairs are no loop, nor are the same names in many directories" {
  shim "$PROGRAMS/loop" pairs
  [ "$(refusals)" -eq 1000 ]
}

@test "without a log a loop ends all the same" {
  within_a_second env LD_PRELOAD="$SHIM" "$PROGRAMS/loop" tight
}
