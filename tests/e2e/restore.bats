#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# noclobber --restore: what it puts back, that nothing is worse than without it, and what it says where it can't. Which ways to
# lose a file it undoes is in tests/bypass.

# Scripts for inner shells.
# shellcheck disable=SC2016

load ../common

setup() {
  cd "$BATS_TEST_TMPDIR" || return 1
  "$NOCLOBBER" --restore=require -P true || skip "$("$NOCLOBBER" --restore=require -P true 2>&1)"
  mkdir dist temporary
  export TMPDIR=$PWD/temporary
  echo old >dist/app
}

teardown() {
  [ ! -d small ] || umount small 2>/dev/null || true
}

# says TEXT: the last output has it.
says() {
  echo "$output"
  [[ $output == *"$1"* ]]
}

# as_nobody ARGUMENT…: runs noclobber with these as a user without rights, who may enter this directory.
as_nobody() {
  need_root
  need setpriv
  mkdir tools
  cp "$ROOT/$BUILD/noclobber" "$SHIM" tools/
  chmod o+x "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_TEST_TMPDIR" 2>/dev/null || true
  chmod 777 . temporary
  run setpriv --reuid=65534 --regid=65534 --clear-groups tools/noclobber "$@"
}

# restores WAY: under --restore, `lose WAY` leaves dist/app as it was and status 17.
restores() {
  echo new >new
  run "$NOCLOBBER" --restore -p dist/ -- "$PROGRAMS/lose" "$1" new dist/app
  echo "$output"
  [ "$status" -eq 17 ]
  [ "$(cat dist/app)" = old ]
  [[ $output == *", restored"* ]]
}

# other: what was under the name, by the name that the summary gives.
other() {
  cat "$(sed -n 's/.*other version: "\(.*\)"$/\1/p' <<<"$output")"
}

@test "written in place, truncated, mapped, appended to: the old bytes are back, the new ones beside" {
  for way in in-place truncating map append; do
    echo old >dist/app
    restores $way
    [[ "$(other)" == *new ]]
  done
  [ "$(ls "$TMPDIR")" = "" ]
}

@test "removed, replaced, moved away, moved with its directory" {
  for way in create away parent; do
    echo old >dist/app
    restores $way
    [ $way = away ] || [ "$(other)" = new ]
    rm -rf parent away
  done
  run "$NOCLOBBER" --restore -p dist/ -- rm -rf dist
  [ "$status" -eq 17 ]
  [ "$(cat dist/app)" = old ]
  [ "$(ls "$TMPDIR")" = "" ]
}

@test "symbolic links, and a file that became a directory" {
  ln -s app dist/link
  run "$NOCLOBBER" --restore -p dist/ -- sh -c 'rm dist/link dist/app; ln -s other dist/link; mkdir dist/app; echo x >dist/app/file'
  says "2 protected files"
  [ "$(readlink dist/link)" = app ]
  [ "$(cat dist/app)" = old ]
  [ "$(cat dist/app.noclobber-*/file)" = x ]
}

@test "mode, times and attributes are as they were; owner too, as root" {
  chmod 4751 dist/app
  touch -d '2001-02-03 04:05:06.789' dist/app
  ! command -v setfattr >/dev/null || setfattr -n user.kept -v value dist/app 2>/dev/null || true
  if [ "$(id -u)" = 0 ]; then chown 1:2 dist/app && chmod 4751 dist/app; fi
  look() { stat -c '%a %u %g %y %s' dist/app; ! command -v getfattr >/dev/null || getfattr -d dist/app; }
  look >before
  run "$NOCLOBBER" --restore -p dist/ -- sh -c 'rm dist/app; echo new >dist/app'
  says "restored; other version"
  look >after
  diff before after
}

@test "attributes that a write takes away, or that a new file of the directory gets" {
  need_root
  need setfacl setcap getcap setfattr getfattr
  setcap cap_net_raw+ep dist/app || skip "no capabilities of files here"
  setfacl -m u:1:r dist/app || skip "no access lists here"
  echo old >dist/plain
  setfacl -d -m u:1:rwx dist
  look() { getcap dist/app && getfattr -dm - dist/app dist/plain && stat -c %a dist/*[pn]; }
  look >before
  run "$NOCLOBBER" --restore -p dist/ -- sh -c 'echo new >dist/app; setfattr -n user.new -v 1 dist/app; rm dist/plain'
  says "2 protected files"
  rm dist/app.*
  look >after
  diff before after
}

@test "the command removes the directory of the copies, before and after it writes" {
  echo old2 >dist/before
  run "$NOCLOBBER" --restore -p dist/ -- sh -c 'echo new >dist/before; rm -r temporary; echo new >dist/app'
  says "2 protected files"
  [ "$(cat dist/app dist/before)" = $'old\nold2' ]
  mkdir -p temporary
  run "$NOCLOBBER" --restore -p dist/ -- sh -c 'echo new >dist/app; rm -r temporary dist; echo file >dist'
  says "a directory of its path is a symbolic link or a file now"
  [ "$(cat "$(sed -n 's/.*app", not restored; original: "\(.*\)"$/\1/p' <<<"$output")")" = old ]
  rm -rf "$(sed -n 's/.*app", not restored; original: "\(.*\)\/[0-9]*"$/\1/p' <<<"$output")"
}

@test "a further hard link stays with the other bytes, which is told" {
  ln dist/app link
  run "$NOCLOBBER" --restore -p dist/ -- sh -c 'echo new >link'
  says "except for owner, attributes or a hard link"
  [ "$(cat dist/app)" = old ]
  [ "$(cat link)" = new ]
}

@test "who opens a file and writes nothing changes nothing; what an exception lets through stays" {
  : >dist/empty
  run "$NOCLOBBER" --restore -p dist/ -i empty -- sh -c ': >>dist/app; echo full >full; mv full dist/empty'
  [ "$status" -eq 0 ]
  [ "$(cat dist/app dist/empty)" = $'old\nfull' ]
  [ "$(ls dist)" = $'app\nempty' ]
  [ "$(ls "$TMPDIR")" = "" ]
}

@test "the library still refuses, and --no-verify and --quiet do not keep files from being put back" {
  run "$NOCLOBBER" --restore --no-verify -q -p dist/ -- sh -c 'echo new >new; mv new dist/app; rm dist/app'
  [ "$status" -eq 17 ]
  [ "$(cat dist/app)" = old ]
}

@test "the report for programs" {
  run "$NOCLOBBER" --restore -p dist/ --format json -- sh -c 'echo new >dist/app'
  says '"restored":true,"beside":"'"$PWD/dist/app.noclobber-"
}

@test "GitHub is told where the other bytes are, too" {
  export GITHUB_STEP_SUMMARY=$PWD/summary GITHUB_WORKSPACE=$PWD
  run "$NOCLOBBER" --restore -p dist/ --format github -- sh -c ': >dist/app'
  says "::dist/app was truncated, restored; other version: dist/app.noclobber-"
  cat summary
  grep -q '^| truncated by other means, restored; other version: <code>dist/app.noclobber-......</code> | <code>dist/app</code> |' summary
}

@test "together with --trace, --seal and another noclobber" {
  "$NOCLOBBER" --trace -Pq true || skip "no tracing here"
  run "$NOCLOBBER" --restore --trace -p dist/ -- sh -c 'echo new >dist/app'
  [ "$status" -eq 17 ]
  [ "$(cat dist/app)" = old ]
  run "$NOCLOBBER" --restore -p dist/ -- "$NOCLOBBER" --restore -p dist/ -- sh -c 'echo new >dist/app'
  [ "$status" -eq 17 ]
  [ "$(cat dist/app)" = old ]
  ! "$NOCLOBBER" --seal -Pq true || {
    run "$NOCLOBBER" --seal --restore -p dist/ -- mv dist elsewhere
    says ", restored"
    [ "$(cat dist/app elsewhere/app)" = $'old\nold' ]
  }
}

@test "under a profile like Docker's" {
  run "$PROGRAMS/filter" unshare=EPERM,setns=EPERM,mount=EPERM,umount2=EPERM,open_tree=EPERM,move_mount=EPERM,mount_setattr=EPERM \
    "$NOCLOBBER" --restore -p dist/ -- sh -c 'echo new >dist/app'
  says ", restored"
  [ "$(cat dist/app)" = old ]
}

@test "on an overlay" {
  need_root
  run unshare -m bash -c 'mkdir lower small over && echo old >lower/app && mount -t tmpfs tmpfs small && mkdir small/upper small/work &&
    mount -t overlay overlay -o lowerdir=lower,upperdir=small/upper,workdir=small/work over || exit 77
    "$0" --restore -p over/ -- sh -c "echo new >over/app"; cat over/app' "$NOCLOBBER"
  [ "$status" -ne 77 ] || skip "no overlay can be mounted here"
  says $'\nold'
}

@test "a file with a hole of a terabyte" {
  truncate -s 1T dist/app 2>/dev/null || skip "no such files here"
  run "$NOCLOBBER" --restore -p dist/ -- sh -c 'echo new >>dist/app'
  says ", restored"
  [ "$(stat -c '%s' dist/app)" = 1099511627776 ]
  [ "$(stat -c '%b' dist/app)" -lt 1000 ]
  [ "$(head -c 4 dist/app)" = old ]
}

@test "a directory that became a symbolic link: nothing is changed behind it, and the bytes are kept" {
  mkdir elsewhere
  echo mine >elsewhere/app
  run "$NOCLOBBER" --restore -p dist/ -- sh -c 'rm -r dist; ln -s elsewhere dist'
  says "not restored; original: "
  [ "$(cat elsewhere/app)" = mine ]
  [ "$(ls elsewhere)" = app ]
  [ "$(cat "$(sed -n 's/.*original: "\(.*\)"$/\1/p' <<<"$output")")" = old ]
}

@test "without exclusive renames: a removed file is back, of a written one the original is beside" {
  echo old2 >dist/removed
  run "$PROGRAMS/filter" renameat2=ENOSYS "$NOCLOBBER" --restore -p dist/ -- sh -c 'echo new >dist/app; rm dist/removed'
  says "not restored; original: "
  [ "$status" -eq 17 ]
  [ "$(cat dist/app dist/removed)" = $'new\nold2' ]
  [ "$(cat "$(sed -n 's/.*original: "\(.*\)"$/\1/p' <<<"$output")")" = old ]
}

# ---- what it can't keep ----

@test "a file that is open for writing, and another user's: told before the run; require starts nothing" {
  exec 7>>dist/app
  run "$NOCLOBBER" --restore -p dist/ -- touch started
  says "--restore: 1 of 1 files can't be kept; '$PWD/dist/app': it is open for writing"
  [ -e started ]
  rm started
  run "$NOCLOBBER" --restore=require -p dist/ -- touch started
  says "it is open for writing"
  [ "$status" -eq 125 ]
  [ ! -e started ]
  exec 7>&-
  as_nobody --restore=require -p dist/ -- touch started
  says "it belongs to another user"
  [ "$status" -eq 125 ]
}

@test "more files than descriptors: nothing is started, and both numbers are told" {
  touch dist/{1..200}
  run bash -c 'ulimit -n 100 && "$0" --restore -p dist/ -- touch started' "$NOCLOBBER"
  says "201 files are too many: a process may have 100 open here, 32 of them for itself"
  [ "$status" -eq 125 ]
  [ ! -e started ]
  run bash -c 'ulimit -Sn 100 && "$0" --restore=require -p dist/ -- rm -r dist' "$NOCLOBBER"
  says "201 protected files"
  [ "$(find dist -type f | wc -l)" = 201 ]
}

@test "where nobody would tell of a writer nothing is kept, and nothing is started" {
  run timeout 300 "$PROGRAMS/filter" signalfd4=ENOSYS "$NOCLOBBER" --restore -p dist/ -- touch started
  says "--restore: nothing can be kept: Function not implemented"
  [ "$status" -eq 125 ]
  [ ! -e started ]
}

@test "an open that does not wait fails, and the file stays" {
  run "$NOCLOBBER" --restore -p dist/ -- truncate -s 0 dist/app
  says "Resource temporarily unavailable"
  [ "$(cat dist/app)" = old ]
}

@test "a full disk is told at once, and the new bytes stay" {
  need_root
  mkdir small
  mount -t tmpfs -o size=64k tmpfs small || skip "no tmpfs can be mounted here"
  head -c 300000 /dev/zero >dist/app
  TMPDIR=$PWD/small run "$NOCLOBBER" --restore -p dist/ -- sh -c 'echo new >dist/app'
  says "--restore can't keep it any longer: No space left on device"
  says "not restored"
  [ "$status" -eq 17 ]
  [ "$(cat dist/app)" = new ]
}

@test "a directory that cannot be written to: the copy stays, and is named" {
  need_root
  need chattr
  mkdir small
  mount -t tmpfs tmpfs small || skip "no tmpfs can be mounted here"
  echo old >small/app
  run "$NOCLOBBER" --restore -p small/ -- sh -c 'echo new >small/app; mount -o remount,ro small'
  says "not restored; original: "
  [ "$status" -eq 17 ]
  [ "$(cat small/app)" = new ]
  [ "$(cat "$(sed -n 's/.*original: "\(.*\)"$/\1/p' <<<"$output")")" = old ]
}

@test "directories that cannot be made again: the first error is told" {
  need_root
  mkdir -p dist/a/b
  echo old >dist/a/b/app
  chown -R 65534:65534 dist
  as_nobody --restore -p dist/a/ -- sh -c 'rm -r dist/a; chmod a-w dist'
  says "Permission denied"
  [ "$status" -eq 17 ]
  [ "$(cat "$(sed -n 's/.*original: "\(.*\)"$/\1/p' <<<"$output")")" = old ]
}

@test "a symbolic link that cannot be put back: its target is kept, and named" {
  ln -s releases/42 dist/link
  run "$NOCLOBBER" --restore -p dist/link -- sh -c 'rm -r dist; echo x >dist'
  says "not restored; original: "
  [ "$status" -eq 17 ]
  [ "$(readlink "$(sed -n 's/.*original: "\(.*\)"$/\1/p' <<<"$output")")" = releases/42 ]
}

# ---- killed ----

# has TEXT: some file here holds it.
has() {
  grep -rqsx "$1" dist temporary
}

@test "noclobber is killed: what was lost until then is left with its name" {
  echo old2 >dist/removed
  echo old3 >dist/replaced
  bash -c '"$0" --restore -p dist/ -- sh -c "echo new >dist/app; rm dist/removed; rm dist/replaced; echo new3 >dist/replaced; kill -9 \$PPID"; true' \
    "$NOCLOBBER" 2>&1 | cat >said # which waits for the keeper
  cat said
  grep -q 'noclobber was killed; this directory has the original versions' said
  for text in old old2 old3 new new3; do has $text; done
  for link in temporary/.noclobber-kept.*/*.of; do
    [ "$(cat "${link%.of}")" = "$(case $(readlink "$link") in *removed) echo old2 ;; *replaced) echo old3 ;; *) echo old ;; esac)" ]
  done
}

@test "noclobber is killed: the target of a removed link is left, too" {
  ln -s releases/42 dist/link
  bash -c '"$0" --restore -p dist/ -- sh -c "rm dist/link; kill -9 \$PPID"; true' "$NOCLOBBER" 2>&1 | cat >said
  cat said
  grep -q 'noclobber was killed; this directory has the original versions' said
  link=$(echo temporary/.noclobber-kept.*/*.of)
  [[ $(readlink "$link") = */dist/link ]]
  [ "$(readlink "${link%.of}")" = releases/42 ]
}

@test "the keeper is killed before any step of putting back: neither the old nor the new bytes are lost" {
  need strace
  strace -o /dev/null true || skip "strace does not work here"
  local call step way
  for way in truncating create; do
    for call in fchown:1 utimensat:1 fsync:1 renameat2:1 renameat2:2 sendto:2; do
      rm -rf dist temporary/.noclobber*
      mkdir dist
      echo old >dist/app
      step=${call#*:} call=${call%:*}
      strace -f -o trace -e trace="$call" -e inject="$call:signal=KILL:when=$step" \
        "$NOCLOBBER" --restore -p dist/ -- "$PROGRAMS/lose" $way new dist/app 2>said || true
      echo "$way $call $step"
      cat said trace
      grep -q 'killed by SIGKILL' trace
      has new
      # What was removed is in the keeper alone until the new file is complete.
      has old
      [ -e dist/app ]
    done
  done
}
