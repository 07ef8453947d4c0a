#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What a contributor types: the names that run-tests and lint take, and what install-deps says when it cannot install.

load ../common

# tests NAME…: runs these from the project's root; prints all.
tests() {
  run env -C "$ROOT" BUILD="$BUILD" scripts/run-tests "$@"
  echo "$output"
}

@test "run-tests: a unit test by its source, its name or its program gives one line of counts at the end" {
  local name
  for name in tests/unit/test_utf8.c test_utf8 utf8 unit/test_utf8.c "$BUILD/tests/unit/test_utf8" "$ROOT/tests/unit/test_utf8.c"; do
    echo "$name"
    tests "$name"
    [ "$status" -eq 0 ]
    [[ ${lines[-1]} =~ ^[0-9]+\ passed,\ 0\ failed,\ 0\ skipped$ ]]
  done
  tests test_utf8 "$BUILD/tests/unit/test_utf8"
  [ "$(grep -c '^# ' <<<"$output")" -eq 1 ]
}

# sample: a tree with run-tests in it and one bats file of a case that passes, one that fails and one that is skipped.
sample() {
  mkdir -p tree/tests/e2e tree/scripts tree/b
  cp "$ROOT/scripts/run-tests" tree/scripts
  printf '#!/bin/sh\nexit 1\n' >tree/tests/noclobber-trace
  chmod +x tree/tests/noclobber-trace
  printf '@test "%s" { %s; }\n' right true wrong false absent 'skip "no such tool"' asks "[ \"\${ALL-}\" = 1 ] || skip unasked" \
    >tree/tests/e2e/sample.bats
}

@test "run-tests: a bats file by any of its names; failures and skips with their reasons; the status" {
  local name
  sample
  for name in tests/e2e/sample.bats e2e/sample sample sample.bats e2e/sample.bats; do
    echo "$name"
    run tree/scripts/run-tests "$name"
    echo "$output"
    [ "$status" -eq 1 ]
    [[ $output == *'not ok 2 wrong'*'ok 3 absent # skip no such tool'* ]]
    [ "${lines[-1]}" = "2 passed, 1 failed, 1 skipped" ]
  done
  cd tree/tests/e2e
  run ../../scripts/run-tests sample.bats
  [ "${lines[-1]}" = "2 passed, 1 failed, 1 skipped" ]
}

@test "run-tests: a test that does not exist, or is not built, is one line and status 2" {
  tests no_such_test
  [ "$status" -eq 2 ]
  [ "$output" = "run-tests: no test 'no_such_test'; name a bats file or a unit test, such as e2e/run or test_utf8" ]
  run env -C "$ROOT" BUILD="$PWD/empty" scripts/run-tests test_utf8
  [ "$status" -eq 2 ]
  [ "$output" = "run-tests: test_utf8 is not built: make check T=test_utf8" ]
}

@test "lint: one file alone, without git, and nothing to lint is an error" {
  mkdir -p tree/tests
  cp -r "$ROOT/scripts" tree
  # shellcheck disable=SC2016 # what shellcheck finds
  echo 'rm $1' >>tree/scripts/try
  run tree/scripts/lint scripts/test
  [ "$status" -eq 0 ]
  run tree/scripts/lint scripts/none
  [ "$status" -eq 2 ]
  [ "$output" = "lint: no file scripts/none" ]
  need shellcheck
  run tree/scripts/lint scripts/try
  echo "$output"
  [ "$status" -eq 1 ]
  [[ $output == *SC2086* ]]
}

# machine STATUS WORDS: this one, without a compiler, its apt-get saying WORDS and ending with STATUS, its user being an ordinary one.
machine() {
  local tool
  mkdir -p bin
  for tool in sh env cat grep sed head tail xargs echo dirname nproc mktemp rm; do
    ln -sf "$(type -P "$tool")" bin/
  done
  printf '#!/bin/sh\necho 1000\n' >bin/id
  printf '#!/bin/sh\nexit 1\n' | tee bin/apt-cache >bin/dpkg-query
  printf '#!/bin/sh\necho "%s" >&2\nexit %d\n' "$2" "$1" >bin/apt-get
  chmod +x bin/{id,apt-cache,dpkg-query,apt-get}
}

# fails_by SCRIPT WORDS: it ends at once, with a line that has these words; no compiler was called.
fails_by() {
  local words=$2
  run env -u BUILD PATH="$PWD/bin" "$ROOT/scripts/$1" </dev/null
  echo "$output"
  [ "$status" -ne 0 ]
  [[ $output == *"$words"* ]]
  [[ $output != *"not found"* ]]
  [ "${#lines[@]}" -eq 1 ]
}

@test "try and test without a compiler say why they cannot install one: no sudo, its refusal, no network" {
  machine 0 ''
  fails_by try 'not root, and no sudo here'
  fails_by test 'not root, and no sudo here'
  printf '#!/bin/sh\necho "sudo: a password is required" >&2\nexit 1\n' >bin/sudo
  chmod +x bin/sudo
  fails_by try 'sudo: a password is required'
  # shellcheck disable=SC2016 # for that shell
  printf '#!/bin/sh\n[ "$1" != -n ] || shift\nexec "$@"\n' >bin/sudo
  machine 0 "W: Failed to fetch http://mirror.example/dists/stable/InRelease  Could not resolve 'mirror.example'"
  fails_by try "Could not resolve 'mirror.example'"
  machine 100 'E: Could not open lock file /var/lib/apt/lists/lock'
  fails_by try 'E: Could not open lock file'
}
