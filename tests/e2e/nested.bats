#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016,SC2030,SC2031 # the programs under test expand these; a case is a process of its own
# A noclobber inside another one: what the outer run protects stays protected, and both know what happened. Everything that an inner
# run can say is tried, for an outer run that guards by the library and one that traces.

load ../common

setup() {
  cd "$BATS_TEST_TMPDIR" || return 1
  mkdir dist other tmp
  echo published >dist/a
  echo mine >other/a
  echo 'a second build' >new
  export TMPDIR=$PWD/tmp
}

# traces: skips where this machine can't trace.
traces() {
  "$NOCLOBBER" --trace --quiet --no-verify -P -- true 2>/dev/null || skip "no tracing on this machine"
}

# outer [OPTION…] -- COMMAND…: runs it with dist/ protected. `status` is its exit status, `said` what went to stderr.
outer() {
  status=0
  "$NOCLOBBER" -p dist/ "$@" 2>said || status=$?
}

# kept: dist/a is what it was, and the outer run says that a rename was refused.
kept() {
  [ "$(cat dist/a)" = published ] || { cat said && false; }
  [ "$status" = 17 ] || { echo "status $status" && cat said && false; }
  grep -q "^noclobber: refused 1 rename onto 1 destination" said || { cat said && false; }
}

# each_inner CHECK OUTER…: what an inner run may say, each in a fresh outer run with the options OUTER.
each_inner() {
  local check=$1 inner
  shift
  for inner in '-p other/ -a dist/' '-p other/ --audit' '-p other/ -i same,symlink,empty' '-P -a dist/a' '-p other/ --no-verify' \
    '-p other/ -f refuse' '-p other/ -l inner.log' '--audit -P -a dist/'; do
    outer "$@" -- sh -c '"$NOCLOBBER" -q $0 mv -f new dist/a; true' "$inner"
    "$check" || { echo "inner: $inner" && false; }
  done
}

@test "nothing that an inner run says opens what the outer run protects" {
  each_inner kept
}

@test "nor what an outer run protects that traces" {
  traces
  each_inner kept --trace
}

@test "nor an inner run that traces" {
  traces
  for inner in '-a dist/ -p other/' '--audit -p other/' '-p other/'; do
    outer -- sh -c '"$NOCLOBBER" -q --trace $0 mv -f new dist/a; true' "$inner"
    kept || { echo "inner: $inner" && false; }
  done
}

@test "three deep, each with a tree of its own" {
  mkdir third
  echo third >third/a
  outer -- sh -c '"$NOCLOBBER" -p other/ -a dist/ sh -c '\''"$NOCLOBBER" -p third/ -a "**/a" sh -c "
    for tree in dist other third; do cp new one; mv -f one \$tree/a; done; true"'\''; exit 0'
  [ "$status" = 17 ]
  [ "$(cat dist/a)" = published ]
  [ "$(cat other/a)" = mine ]
  [ "$(cat third/a)" = 'a second build' ]
}

@test "an inner run adds: what it alone protects is refused, and both say so" {
  outer -- sh -c '"$NOCLOBBER" -p other/ mv new other/a'
  [ "$status" = 17 ] || [ "$status" = 1 ]
  [ "$(cat other/a)" = mine ]
  [ "$(grep -c '^noclobber: refused 1 rename' said)" = 2 ]
}

@test "inside --protect-all, an inner run looks at what it names" {
  status=0
  "$NOCLOBBER" -q -P -- "$NOCLOBBER" -q -p dist/ -- rm dist/a || status=$?
  [ "$status" = 17 ]
}

@test "the log of the outer run has what happens inside, once, whatever log the inner run has" {
  outer -l out.log -- "$NOCLOBBER" -q -p other/ -l in.log -- sh -c 'mv new dist/a; true'
  [ "$(grep -c '"verdict":"refused"' out.log)" = 1 ]
  [ "$(grep -c '"verdict":"refused"' in.log)" = 1 ]
  rm out.log
  outer -l out.log -- "$NOCLOBBER" -q -p other/ -- sh -c 'mv new dist/a; true'
  [ "$(grep -c '"verdict":"refused"' out.log)" = 1 ]
}

@test "an inner run that is killed hides nothing" {
  outer -- sh -c '"$NOCLOBBER" -q -p other/ -- sh -c "mv new dist/a; kill -KILL \$PPID; exec sleep 30"; pkill -P $$; true'
  kept
}

@test "a background job that outlives the inner run hides nothing" {
  mkfifo go gone
  outer -- sh -c '
    "$NOCLOBBER" -q -p other/ -- sh -c "(read x <go; mv new dist/a; echo >gone) </dev/null >/dev/null 2>&1 &"
    echo >go; read x <gone; true'
  kept
}

@test "inside --trace, what an inner library refuses is told outside" {
  traces
  status=0
  "$NOCLOBBER" --trace -p nothing/ -- sh -c '"$NOCLOBBER" -q -p dist/ mv new dist/a; true' 2>said || status=$?
  kept
}

@test "what an inner exception lets through that only the inner run protects is no refusal" {
  outer -- sh -c 'ln -s x l && ln -s y other/l && "$NOCLOBBER" -p other/ -i symlink -- mv -T l other/l'
  [ "$status" = 0 ] || { cat said && false; }
}

@test "inside eight others it does not start" {
  for i in 1 2 3 4 5 6 7 8; do export NOCLOBBER_${i}_REPORT=/nowhere; done
  NOCLOBBER_REPORT=/nowhere outer -- touch ran
  [ "$status" = 125 ]
  [ ! -e ran ]
}

@test "the outer log may grow where the inner run protects it" {
  : >dist/out.log
  : >other/in.log
  status=0
  "$NOCLOBBER" -q -p dist/a -l dist/out.log -- "$NOCLOBBER" -p other/ -p dist/ -i empty -l other/in.log -- sh -c ': >x; : >other/e; mv x other/e' 2>said || status=$?
  [ "$status" = 0 ] || { cat said && false; }
  [ "$(grep -c '"verdict":"allowed"' dist/out.log)" = 1 ]
}
