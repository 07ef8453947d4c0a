#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The tracer on aarch64, as far as another machine can tell: its code builds there without a warning, and its unit tests of what
# is pure (filter, system-call numbers, registers, shifted arguments; 64-bit and 32-bit ARM) pass in an emulator. qemu-user
# emulates no ptrace(2), so whether a rename is stopped shows on a real machine alone: `make check` there, tests/e2e/trace.bats.

load ../common

setup_file() {
  local compiler=aarch64-linux-gnu-gcc
  cd "$BATS_FILE_TMPDIR" || return 1
  command -v $compiler >/dev/null || return 0
  $compiler -c -static -pthread -std=gnu11 -D_GNU_SOURCE -I"$BATS_TEST_DIRNAME" -I"$ROOT/shim" -I"$ROOT/tests" \
    -Wall -Wextra -Wconversion -Wshadow -Werror \
    "$ROOT"/shim/{core,engine,tracer}/*.c "$BATS_TEST_DIRNAME/run.c" "$ROOT/tests/unit/bpf.c" || return
  for name in filter registers; do
    $compiler -static -pthread -std=gnu11 -D_GNU_SOURCE -I"$BATS_TEST_DIRNAME" -I"$ROOT/shim" -I"$ROOT/tests" \
      -Wall -Wextra -Wconversion -Wshadow -Werror -o test_$name "$ROOT/tests/unit/test_$name.c" ./*.o || return
  done
}

# emulated NAME: the unit test of that name passes.
emulated() {
  local emulator
  need aarch64-linux-gnu-gcc
  for emulator in qemu-aarch64 qemu-aarch64-static; do
    if command -v $emulator; then
      run $emulator "$BATS_FILE_TMPDIR/test_$1"
      echo "$output"
      [ "$status" -eq 0 ]
      [[ $output == "$1: "*" passed" ]]
      return
    fi
  done
  skip "no qemu-aarch64 on this machine"
}

@test "aarch64: the filter answers each call of both ABIs as it should" {
  emulated filter
}

@test "aarch64: numbers, arguments and registers, of 32-bit programs too" {
  emulated registers
}
