#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The unit tests on a 32-bit processor with 64-bit sizes of files, and on a big-endian one; with UNITS="NAME…" on others. Their
# libcheck comes from Debian's mirror, and riscv64 has none in this release.

load ../common
load architecture

# What no emulator of today can show: names below /proc as the program sees them, the ids of mounts, limits of memory, what is executed. And what takes it long:
# the patterns, which know of no processor.
EMULATED_NOT='test_(alias|doctor|path|run|view|workers|pattern)$'

# unit_tests NAME: builds all of them, and runs all, or those that an emulator can show.
unit_tests() {
  architecture "$1"
  local debian=$1 release check=$BATS_TEST_TMPDIR/check-$1 test failed=()
  case $1 in aarch64) debian=arm64 ;; ppc64le) debian=ppc64el ;; esac
  release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
  run "$BATS_TEST_DIRNAME/fetch" "$check" "$release" "$debian" check libsubunit-dev
  [ "$status" -ne 77 ] || skip "no libcheck for $1: $output"
  [ "$status" -eq 0 ]
  port libnoclobber.so
  # shellcheck disable=SC2034 # port passes it to make
  local MORE=(WERROR=0 CFLAGS="-O0 -isystem $check/usr/include"
    CHECK_LIBS="$(echo "$check"/usr/lib/*/libcheck.a "$check"/usr/lib/*/libsubunit.a) -lrt -lm -pthread")
  local tests=("$ROOT"/tests/unit/test_*.c)
  tests=("${tests[@]#"$ROOT/"}")
  port_programs "${tests[@]%.c}"
  for test in "$PORT"/tests/unit/test_*; do
    [[ $test != *.d ]] || continue
    # The programs of this machine are none of the architecture's.
    [[ $test != */test_probe ]] || continue
    is_native || [[ ! $test =~ $EMULATED_NOT ]] || continue
    on_it CK_VERBOSITY=normal "$test" || failed+=("$test")
  done
  [ ${#failed[@]} -eq 0 ]
}

@test "i386: the unit tests" { unit_tests i386; }

@test "s390x: the unit tests that an emulator can show" { unit_tests s390x; }

@test "the unit tests on what UNITS names" {
  [ -n "${UNITS:-}" ] || skip "UNITS names no architecture"
  for architecture in $UNITS; do
    unit_tests "$architecture"
  done
}
