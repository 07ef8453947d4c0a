#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Each fuzz target replays its corpus and goes on for some seconds. `scripts/fuzz SECONDS` goes on for longer.

load ../common

setup_file() {
  "$BATS_TEST_DIRNAME/../../scripts/build" asan fuzz-programs || [ $? -eq 77 ]
}

fuzz() { # fuzz TARGET
  [ -x "$ROOT/build/asan/tests/fuzz/$1" ] || skip "no clang with libFuzzer on this machine"
  mkdir new
  "$ROOT/scripts/corpus" unpack "$ROOT/tests/fuzz/corpus/$1" corpus
  "$ROOT/build/asan/tests/fuzz/$1" -max_total_time=2 -timeout=300 "$PWD/new" "$PWD/corpus"
}

@test "patterns match what the obvious matcher says" {
  fuzz pattern
}

@test "whatever the environment says is a policy, or a strict one" {
  fuzz policy
}

@test "an event is one line, and gives the exact bytes back" {
  fuzz event
}

@test "what others write into a log costs no event and makes none" {
  fuzz records
}

@test "a path resolves as realpath says" {
  fuzz path
}

@test "a policy file says what the obvious reader says" {
  fuzz policy_file
}

@test "an anchored pattern guards what was named, and what is guarded is looked at" {
  fuzz anchor
}

@test "suggested patterns match what was seen, and no tree holds a bound" {
  fuzz fold
}

@test "a command line is taken apart, and the command's own words are left alone" {
  fuzz options
}

@test "each target has a case here and a corpus" {
  for source in "$ROOT"/tests/fuzz/*.c; do
    target=$(basename "$source" .c)
    [ "$target" != fuzz ] || continue
    grep -qx "  fuzz $target" "$BATS_TEST_FILENAME"
    [ -s "$ROOT/tests/fuzz/corpus/$target" ]
  done
}

@test "a corpus, unpacked and packed again, is the same; so are inputs of any bytes" {
  for corpus in "$ROOT"/tests/fuzz/corpus/*; do
    "$ROOT/scripts/corpus" unpack "$corpus" "${corpus##*/}"
    [ "$(find "${corpus##*/}" -type f | wc -l)" -eq "$(wc -l <"$corpus")" ]
    "$ROOT/scripts/corpus" pack "${corpus##*/}" packed
    cmp packed "$corpus"
  done
  mkdir any
  printf 'a\tb\n\\x41\r\0\377\n' >any/bytes
  : >any/empty
  "$ROOT/scripts/corpus" pack any packed
  "$ROOT/scripts/corpus" unpack packed again
  diff -r any again
}
