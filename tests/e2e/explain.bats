#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# --explain foresees what a rename then comes to: random trees, policies, paths and sources; on this filesystem, on one without
# exclusive rename, on one without links either.

load ../common

setup() {
  cd "$BATS_TEST_TMPDIR" || return 1
  need perl
}

# foresees FIRST LAST [FILTER…]: right for each seed.
foresees() {
  "$ROOT/tests/e2e/explain-random" "$NOCLOBBER" "$@"
}

@test "explain foresees renames" {
  foresees 1 150
}

@test "explain foresees renames where there is no exclusive one" {
  foresees 151 250 "$PROGRAMS/filter" renameat2=EINVAL
}

@test "explain foresees renames where there are no links either" {
  foresees 251 350 "$PROGRAMS/filter" renameat2=EINVAL,linkat=EPERM
}

@test "explain foresees renames for a user who may not write everywhere" {
  local user=()
  if [ "$(id -u)" = 0 ]; then
    need setpriv
    user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    "${user[@]}" test -x "$NOCLOBBER" || skip "another user cannot get at the build"
  fi
  mkdir shut
  echo old >shut/there
  chmod 555 shut
  chmod 777 .
  for path in shut/there shut/new; do
    echo new >source
    chmod 666 source
    for policy in -P "-p x"; do
      # shellcheck disable=SC2086 # two words
      "${user[@]}" "$NOCLOBBER" $policy --explain $path >said
      # shellcheck disable=SC2016,SC2086 # words
      came=$("${user[@]}" "$NOCLOBBER" -q --no-verify --refused-status 0 $policy -- perl -e 'rename("source", $ARGV[0]) or print $!' $path)
      cat said
      echo "$came"
      [ "$came" = "File exists" ] && grep -q 'of a file onto it is refused: EEXIST' said ||
        grep -qE "(a rename|of a file) onto it fails: $came" said
    done
  done
  chmod 755 shut
}

@test "explain foresees a filesystem that may only be read" {
  need_root
  mkdir shut
  # shellcheck disable=SC2016 # for the other shell
  unshare -m sh -c 'mount -t tmpfs none shut && echo old >shut/there && mount -o remount,ro shut && exec "$@"' - \
    "$NOCLOBBER" -P --explain shut/there shut/new >said 2>&1 || skip "nothing can be mounted here"
  cat said
  [ "$(grep -c 'a rename onto it fails: Read-only file system' said)" -eq 2 ]
}

@test "an audit says beforehand what would be refused for want of an exclusive rename" {
  echo old >source
  run "$PROGRAMS/filter" renameat2=EINVAL,linkat=EPERM "$NOCLOBBER" -n -p dist/ --no-verify -- true
  echo "$output"
  [ "$status" -eq 0 ]
  [[ $output == *"is on a filesystem without exclusive rename: without --audit"* ]]
  run "$PROGRAMS/filter" renameat2=EINVAL "$NOCLOBBER" -n -p dist/ -p '*.x' -P --no-verify -- true
  [ -z "$output" ]
  run "$PROGRAMS/filter" renameat2=EINVAL "$NOCLOBBER" -n -P --fallback refuse --no-verify -- true
  [[ $output == *"without exclusive rename"* ]]
  [ -z "$(find . -name '.noclobber*')" ]
}

@test "a directory onto one that is not empty: what is foreseen is what happens, with each condition" {
  mkdir -p dist/full new
  touch dist/full/file
  for condition in same symlink empty; do
    run --separate-stderr "$NOCLOBBER" -p dist/ --allow-if $condition --explain dist/full
    foreseen=$(sed -n 's/.*of a directory onto it fails: //p' <<<"$output")
    run "$NOCLOBBER" -p dist/ --allow-if $condition -- python3 -c 'import os; os.rename("new", "dist/full")'
    echo "$condition: '$foreseen', $output"
    [ -n "$foreseen" ]
    [[ $output == *"] $foreseen:"* ]]
  done
}
