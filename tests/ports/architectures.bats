#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The library and the command on processors that this machine is not: 32-bit and big-endian ones, and such that have no `rename`
# among their system calls. On this one the other rooms have shown it already. Their unit tests are in units.bats.

load ../common
load behaviour
load architecture

# library NAME: the library of that architecture keeps its promises (scripts/check-library, which make runs), and does in its
# programs what it does in others.
library() {
  architecture "$1"
  port libnoclobber.so
  port_programs "${BEHAVIOUR[@]/#/tests/programs/}"
  # Only CI knows which compiler it has.
  # shellcheck disable=SC2046 # an option or nothing
  "$ROOT/scripts/check-library" --small $([ -n "${CI-}" ] || echo --warn) "$PORT/libnoclobber.so"
  behaves
}

@test "i386: the library" { library i386; }

@test "aarch64: the library" { library aarch64; }

@test "armhf: the library" { library armhf; }

@test "riscv64: the library" { library riscv64; }

@test "ppc64le: the library" { library ppc64le; }

@test "s390x: the library" { library s390x; }

# command_of NAME: it builds, answers, and keeps files of that architecture's programs from being replaced.
command_of() {
  architecture "$1"
  [ -e "$PORT/libnoclobber.so" ] || port libnoclobber.so
  port_programs noclobber tests/programs/call
  [[ $(on_it "$PORT/noclobber" --version) == "noclobber "* ]]
  afresh
  on_it "$PORT/noclobber" --protect-all --explain old >said
  grep -q 'a rename of a file onto it is refused: EEXIST' said
}

@test "aarch64: the command, with the tracer for it" {
  command_of aarch64
  "$TRIPLET-nm" "$PORT/noclobber" | grep -q ' T registers_replace'
}

@test "riscv64: the command, which says that it can't trace there" {
  command_of riscv64
  run on_it "$PORT/noclobber" --trace --protect-all -- "$PORT/tests/programs/call" EEXIST rename new old
  echo "$output"
  [ "$status" -eq 125 ]
  [[ $output == *"--trace does not know this architecture; it runs on x86-64 and aarch64" ]]
}
