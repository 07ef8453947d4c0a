#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Built by gcc and by clang, without optimisation and with all of it, in a path with blanks, by an ordinary user: the same
# behaviour. `scripts/matrix` runs all tests in each of these ways; this is what CI has time for.

load ../common
load behaviour

# built CC CFLAGS [LINKS]: the library, the command and what `behaves` needs, without a warning.
built() {
  need "$1"
  TREE="$BATS_TEST_TMPDIR/a tree"
  mkdir "$TREE"
  tar -C "$ROOT" -cf - Makefile shim scripts tests/programs | tar -C "$TREE" -xf -
  env -u MAKEFLAGS -u MAKELEVEL make -s -C "$TREE" ${CI:+WERROR=1} CC="$1" CFLAGS="$2" all "${BEHAVIOUR[@]/#/build/tests/programs/}"
  cp "$TREE/build/libnoclobber.so" "$BATS_TEST_TMPDIR/" # ld.so takes no blank
}

# hosted …: for behaviour.bash.
hosted() {
  local variables=("NOCLOBBER_LOG=$LOG" "LD_PRELOAD=$BATS_TEST_TMPDIR/libnoclobber.so")
  while [[ $1 == *=* ]]; do
    variables+=("$1")
    shift
  done
  env "${variables[@]}" "$TREE/build/tests/programs/$1" "${@:2}"
}

# command_works: the command that was built keeps a file from being replaced.
command_works() {
  afresh
  run env NOCLOBBER_LIBRARY="$BATS_TEST_TMPDIR/libnoclobber.so" "$TREE/build/noclobber" -q --protect-all -- sh -c 'mv new old; exit 0'
  [ "$status" -eq 17 ]
  [ "$(cat old)" = old ]
}

@test "gcc -O0" {
  built gcc -O0
  behaves
  command_works
}

@test "gcc -O3 -flto" {
  built gcc '-O3 -flto'
  behaves
  command_works
}

@test "clang -O0" {
  built clang -O0
  behaves
}

@test "clang -O2, as it is by default" {
  built clang -O2
  behaves
  command_works
}

@test "clang -O3 -flto" {
  need clang
  echo 'int main(void) { return 0; }' >main.c
  clang -flto -o main main.c 2>/dev/null || skip "this clang does not link at link time: it needs lld or LLVMgold.so"
  built clang '-O3 -flto'
  behaves
}
