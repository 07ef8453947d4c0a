#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What of the costs can be held to a number on any machine, and that what is published is what was measured.

load ../common

bench=$ROOT/tests/bench

# default_build: the figures are of a library that was built as it is by default, small.
default_build() {
  need readelf
  "$ROOT/scripts/check-library" --small "$SHIM" || skip "the library was built with other flags than the figures are of"
}

@test "instructions added by a rename, a refusal, a decision and a start have not drifted; decisions grow in line" {
  need valgrind
  default_build
  run "$bench/counts"
  echo "$output"
  [ "$status" -eq 0 ]
}

@test "the count of instructions tells when one is over its measure" {
  need valgrind
  default_build
  sed 's/"refusal": [0-9]*/"refusal": 1/' "$bench/counts.json" >strict.json
  run "$bench/counts" --baseline strict.json
  echo "$output"
  [ "$status" -eq 1 ]
  [ "$(grep -c '^over' <<<"$output")" = 1 ]
  [[ "$output" == *"over  refusal:"* ]]
}

@test "the tables and the plot are what results.json holds" {
  mkdir -p copy/tests copy/scripts
  cp -r "$bench" copy/tests/
  cp "$ROOT/tests/README.md" copy/tests/
  cp "$ROOT/README.md" copy/
  cp "$ROOT/scripts/results" copy/scripts/
  copy/tests/bench/run --publish none
  diff "$ROOT/README.md" copy/README.md
  diff "$ROOT/tests/README.md" copy/tests/README.md
  diff "$bench/results.svg" copy/tests/bench/results.svg
}

@test "every comparison can be measured, and says what this machine lacks" {
  run "$bench/run" --rounds 1 start free overwrite refused
  echo "$output"
  [ "$status" -eq 0 ]
  [[ "$output" == *"Rename, nothing in the way"*"libnoclobber"*"Overwrite refused"* ]]
  for tool in eatmydata fakeroot fakechroot strace; do
    if command -v "$tool" >/dev/null; then
      [[ "$output" == *"  $tool "* ]]
    else
      [[ "$output" == *"skipped $tool: not here"* ]]
    fi
  done
}

@test "the least of tracers and the busy neighbours pass a command's status on, and no neighbour outlives it" {
  for before in floor "beside idle 20" "beside busy 2" "beside apart 2"; do
    # shellcheck disable=SC2086 # a command and its arguments
    run "$ROOT/$BUILD/tests/bench/"$before sh -c 'echo said; exit 3'
    [ "$status" -eq 3 ] && [ "$output" = said ]
  done
  for _ in {1..500}; do
    pgrep -f "$ROOT/$BUILD/tests/bench/beside" >/dev/null || return 0
  done
  false
}
