#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016 # the programs under test expand these
# The look at protected files afterwards: what no rename did is found, and counts for the exit status.

load ../common

# guarded [OPTION…] -- COMMAND…: runs it with dist/ protected; `report` has what was said on stderr, `status` the exit status.
guarded() {
  status=0
  "$NOCLOBBER" --protect dist/ "$@" 2>report || status=$?
}

# What the report says where a traced run would have refused the rename.
TRACE='if it was a rename by a static or Go program, --trace refuses it'

# found KIND NAME: the report says so of dist/NAME, and the exit status with it.
found() {
  [ "$status" = 17 ] || { echo "status $status" && cat report && false; }
  grep -q "$1.*$PWD/dist/$2\"" report || { cat report && false; }
}

quiet_about_changes() {
  if grep 'other means' report; then return 1; fi
}

# unchanged: nothing was said, and the command's own status is given.
unchanged() {
  [ "$status" = 0 ] || { echo "status $status" && cat report && false; }
  quiet_about_changes
}

put_dist() {
  mkdir -p dist/sub
  echo 'published' >dist/a
  echo 'published too' >dist/sub/b
  ln -s a dist/link
  echo 'a second build' >new
}

# static_mover: makes `mover`, a static program that renames its first argument to its second, which no preload sees.
static_mover() {
  need gcc
  printf '%s\n' '#include <stdio.h>' \
    'int main(int n, char **words) { return n != 3 || rename(words[1], words[2]) != 0; }' >mover.c
  gcc -static -o mover mover.c 2>/dev/null || skip "no static libc on this machine"
}

@test "cp over a protected file" {
  put_dist
  guarded -- cp new dist/a
  found changed a
  [ "$(grep -c "$TRACE" report)" = 0 ] # no tracer would have refused that
  guarded --trace -- cp new dist/sub/b
  [ "$status" = 125 ] || found changed sub/b # 125: no tracing here
}

@test "install over a protected file" {
  put_dist
  guarded -- install new dist/sub/b
  found replaced sub/b
}

@test "a redirection that truncates a protected file" {
  put_dist
  guarded -- sh -c ': >dist/a'
  found truncated a
}

@test "a redirection that appends to a protected file" {
  put_dist
  guarded -- sh -c 'echo more >>dist/a'
  found changed a
}

@test "rm of a protected file, and of the whole tree" {
  put_dist
  guarded -- rm dist/a
  found removed a
  guarded -- rm -r dist
  found removed sub/b
  found removed link
}

@test "a protected file moved away" {
  put_dist
  guarded -- mv dist/a elsewhere
  found removed a
}

@test "moved to a free name of the protected tree: nothing is lost" {
  put_dist
  guarded -- mv dist/a dist/c
  unchanged
}

@test "the command removes its working directory: a move is still one, and a removal too" {
  put_dist
  mkdir work
  run env -C work "$NOCLOBBER" -p "$PWD/dist/" -- sh -c "rm -r '$PWD/work'; mv '$PWD/dist/a' '$PWD/dist/c'"
  echo "$output"
  [ "$status" -eq 0 ]
  mkdir work
  run env -C work "$NOCLOBBER" -p "$PWD/dist/" -- sh -c "rm -r '$PWD/work' '$PWD/dist/c'"
  echo "$output"
  [ "$status" -eq 17 ]
  [[ $output == *removed*dist/c* ]]
}

@test "--protect-all guards destinations: what is moved away or removed is no change" {
  put_dist
  status=0
  "$NOCLOBBER" --protect-all -- sh -c 'mv new elsewhere && rm dist/a' 2>report || status=$?
  unchanged
  "$NOCLOBBER" --protect-all -- cp elsewhere dist/sub/b 2>report || status=$?
  found changed sub/b
}

@test "removed and made anew" {
  put_dist
  guarded -- sh -c 'rm dist/a && echo anew >dist/a'
  found 'replaced\|changed\|truncated' a
}

@test "ln -sf onto a protected link, which removes it first or is refused" {
  put_dist
  guarded -- sh -c 'rm dist/link && ln -s sub dist/link'
  found replaced link
}

@test "shutil.move, which copies after any error" {
  need python3
  put_dist
  guarded -- python3 -c 'import shutil; shutil.move("new", "dist/a")'
  found changed a
}

@test "a static program that renames onto a protected file" {
  put_dist
  static_mover
  guarded -- sh -c './mover new dist/a'
  found replaced a
  grep -q "$TRACE" report
  guarded --trace -- true
  [ "$status" = 0 ] || return 0 # no tracing here
  rm -r dist
  put_dist
  guarded --trace -- sh -c './mover new dist/a || true'
  [ "$status" = 17 ] && grep -q '^noclobber: refused 1 rename' report && [ "$(grep -c "$TRACE" report)" = 0 ]
  [ "$(cat dist/a)" = published ]
}

@test "a Go program that renames onto a protected file" {
  need go
  put_dist
  printf '%s\n' 'package main' 'import "os"' \
    'func main() { if os.Rename(os.Args[1], os.Args[2]) != nil { os.Exit(1) } }' >mover.go
  GOCACHE=$PWD/cache GO111MODULE=off go build -o gomover mover.go
  guarded -- sh -c './gomover new dist/a'
  found replaced a
  grep -q "$TRACE" report
}

@test "new files are fine, and so are chmod and a further link" {
  put_dist
  guarded -- sh -c 'cp new dist/c && mkdir dist/d && mv new dist/d/e && chmod 600 dist/a && ln dist/a dist/f'
  unchanged
}

@test "the log may grow, by whatever name it is given" {
  put_dist
  ln -s dist elsewhere
  : >dist/events
  cp dist/a dist/b
  for log in dist/events elsewhere/events "$PWD/elsewhere/events"; do
    guarded --log "$log" --allow dist/b -- sh -c 'cp new newer; mv newer dist/b'
    unchanged
  done
  [ "$(wc -l <dist/events)" -eq 3 ]
}

@test "a file that the caller's output goes to may change; one that it is only read from may not" {
  put_dist
  "$NOCLOBBER" -p dist/ -- sh -c 'echo built; echo done' >dist/a 2>report
  [ "$(cat dist/a)" = $'built\ndone' ]
  status=0
  "$NOCLOBBER" -p dist/ -- sh -c 'echo bad >dist/a' 1<dist/a 2>report || status=$?
  [ "$status" -eq 17 ]
}

@test "what is not protected may change" {
  put_dist
  guarded -- sh -c 'echo x >new && rm new && echo y >other'
  unchanged
}

@test "what --allow excepts may change" {
  put_dist
  guarded --allow 'dist/sub/' -- sh -c 'echo x >dist/sub/b'
  unchanged
}

@test "a change that an exception or an audit explains is none by other means" {
  put_dist
  ln -s sub next
  guarded --allow-if symlink -- mv -T next dist/link
  unchanged
  guarded --audit -- mv new dist/a
  quiet_about_changes
  grep -q 'a second build' dist/a
}

@test "--no-verify does not look" {
  put_dist
  guarded --no-verify -- sh -c ': >dist/a'
  unchanged
  [ ! -s dist/a ]
}

# Reproducible builds: two files of one size and one time.
put_alike() {
  rm -rf dist
  put_dist
  printf 'PUBLISHED\n' >alike
  touch -d @1000000000 dist/a alike
}

@test "other bytes of one size and time, by cp, install, tar, rsync and a redirection" {
  for by in 'cp -p alike dist/a' 'cp -p --remove-destination alike dist/a' 'install -p alike dist/a' 'cat alike >dist/a; touch -r alike dist/a' \
    'mkdir t; cp -p alike t/a; tar -cf t.tar -C t a; tar -xf t.tar -C dist'; do
    put_alike
    rm -rf t
    guarded -- sh -c "$by"
    grep -q 'PUBLISHED' dist/a
    found 'changed\|replaced' a || { echo "$by" && false; }
  done
  type rsync || return 0
  put_alike
  guarded -- rsync -a --inplace --checksum alike dist/a
  found changed a
}

@test "a ctime that moves alone is no change: chmod, chown, a link that comes and goes, a move to and fro" {
  for by in 'chmod -R u+rwX dist' 'chmod 600 dist/a' 'ln dist/a l; rm l' 'mv dist/a x; mv x dist/a' 'chown -R "$(id -u)" dist' 'touch -r dist/a dist/a'; do
    rm -rf dist
    put_dist
    guarded -- sh -c "$by"
    unchanged || { echo "$by" && false; }
  done
}

@test "one of two names removed, both protected" {
  put_dist
  ln dist/a dist/b
  guarded -- rm dist/a
  found removed a
  guarded -- mv dist/b dist/c
  unchanged
}

@test "what an exception let through explains that rename, and not what follows" {
  put_dist
  for by in 'cp new dist/a' 'rm dist/a' 'cp -p new dist/a; touch -r old dist/a'; do
    cp -p dist/a same
    cp -p dist/a old
    guarded --allow-if same -- sh -c "mv -f same dist/a; $by"
    found 'changed\|removed\|replaced' a || { echo "$by" && false; }
    echo published >dist/a
  done
  guarded --audit -- sh -c 'mv -f new dist/a; echo more >>dist/a'
  found 'changed\|replaced' a
}

@test "a pattern that floats: moved to a guarded name outside of the directory, and not" {
  mkdir build out
  echo d >build/x.deb
  status=0
  (cd build && exec "$NOCLOBBER" -p '*.deb' -- mv x.deb ../out/x.deb) 2>report || status=$?
  unchanged
  echo d >build/x.deb
  (cd build && exec "$NOCLOBBER" -p '*.deb' -- mv x.deb ../out/x) 2>report || status=$?
  [ "$status" = 17 ]
}

@test "--verify=hash is of files that were moved, too" {
  put_alike
  guarded --verify=hash -- sh -c 'mv dist/a dist/c && cat alike >dist/c && touch -r alike dist/c'
  found removed a
}

@test "holes are not read, and are equal to zeros" {
  need fallocate
  mkdir dist
  truncate -s 1T dist/big 2>/dev/null || skip "no such files here"
  run timeout 300 "$NOCLOBBER" -p dist/ -- true # just written: it is read
  [ "$status" -eq 0 ]
  touch -d @1000000000 dist/big
  run timeout 300 "$NOCLOBBER" --verify hash -p dist/ -- sh -c \
    'printf x | dd of=dist/big conv=notrunc bs=1 seek=700000000001 2>/dev/null; touch -d @1000000000 dist/big'
  [ "$status" -eq 17 ]
  head -c 1000000 /dev/zero >dist/big
  printf y >>dist/big
  touch -d @1000000000 dist/big
  run "$NOCLOBBER" --verify hash -p dist/ -- sh -c 'fallocate -d dist/big; touch -d @1000000000 dist/big'
  [ "$status" -eq 0 ]
}

@test "the command's own failure stays its own status" {
  put_dist
  guarded -- sh -c ': >dist/a; exit 3'
  [ "$status" = 3 ]
  grep -q truncated report
}

@test "--refused-status counts for changes too" {
  put_dist
  guarded --refused-status 40 -- sh -c ': >dist/a'
  [ "$status" = 40 ]
}

@test "any name is reported, on one line" {
  put_dist
  printf 'x\n' >"dist/new"$'\n'"line \"quoted\" *"
  guarded -- sh -c ': >"$1"' sh "dist/new"$'\n'"line \"quoted\" *"
  [ "$status" = 17 ]
  grep -q 'truncated.*dist/new\\u000aline' report
}

@test "an absolute pattern is looked after from anywhere" {
  put_dist
  mkdir elsewhere
  here=$PWD
  status=0
  (cd elsewhere && "$NOCLOBBER" --protect "$here/dist/*" -- sh -c ": >'$here/dist/a'") 2>report || status=$?
  found truncated a
}

@test "ten thousand files, of which some change" {
  need python3
  put_dist
  python3 -c '
import os
for d in range(50):
    os.makedirs(f"dist/d{d}")
    for f in range(200):
        open(f"dist/d{d}/f{f}", "w").write("content")'
  guarded -- sh -c 'for d in 3 17 49; do : >dist/d$d/f7; rm dist/d$d/f199; done'
  [ "$status" = 17 ]
  [ "$(grep -c 'truncated.*dist/d[0-9]*/f7"' report)" = 3 ]
  [ "$(grep -c 'removed.*dist/d[0-9]*/f199"' report)" = 3 ]
  grep -q '6 protected files' report
}
