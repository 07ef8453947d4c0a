#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# noclobber --seal: what it keeps, what goes on as usual, where it works, and what it says where it does not. Which ways to
# lose a file it stops, and which programs, is in tests/bypass.

# Scripts for inner shells, and cases in a folder of their own.
# shellcheck disable=SC2016,SC2103

load ../common

setup() {
  cd "$BATS_TEST_TMPDIR" || return 1
  LOG=$BATS_TEST_TMPDIR/log.jsonl
  "$NOCLOBBER" --seal -Pq true || skip "$("$NOCLOBBER" --seal -Pq true 2>&1)"
  mkdir dist
  echo old >dist/app
}

teardown() {
  [ -z "${MANY-}" ] || rm -rf "$MANY"
}

# as_user COMMAND…: runs it as an ordinary user, who gets all that is here, under a noclobber that this user can read.
as_user() {
  if [ "$(id -u)" != 0 ]; then
    "$@"
    return
  fi
  need setpriv
  mkdir -p "$BATS_TEST_TMPDIR/tools"
  cp "$ROOT/$BUILD/noclobber" "$SHIM" "$BATS_TEST_TMPDIR/tools/"
  chown -R 65534:65534 "$BATS_TEST_TMPDIR"
  chmod o+x "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_TEST_TMPDIR" 2>/dev/null || true
  NOCLOBBER="$BATS_TEST_TMPDIR/tools/noclobber" setpriv --reuid=65534 --regid=65534 --clear-groups \
    env "TMPDIR=$BATS_TEST_TMPDIR" "PATH=$BATS_TEST_TMPDIR/tools:$PATH" "$@"
}

# says TEXT: the last output has it.
says() {
  echo "$output"
  [[ $output == *"$1"* ]]
}

@test "what is there stays, what is new is made and guarded, and the status is the command's own" {
  run "$NOCLOBBER" --seal -p dist/ --log "$LOG" -- sh -c '
    ! (echo x >dist/app) && ! rm -f dist/app && ! mv dist/app away && ! truncate -s 0 dist/app && ! chmod +x dist/app
    echo one >dist/new && mv dist/new dist/moved && ln -s moved dist/link && mkdir dist/folder && echo two >dist/folder/file'
  says "noclobber: sealed 1 file"
  [ "$status" -eq 0 ]
  [ "$(cat dist/app dist/moved dist/link dist/folder/file)" = $'old\none\none\ntwo' ]
  [ "$(refusals)" = 0 ]
}

@test "a rename onto a sealed file, or onto one that appeared meanwhile, is refused and recorded as usual" {
  run "$NOCLOBBER" --seal -p dist/ --log "$LOG" -- sh -c '
    echo x >dist/one; echo y >dist/two; mv dist/one dist/app; mv dist/one dist/two; exit 0'
  says "refused 2 renames onto 2 destinations"
  [ "$status" -eq 17 ]
  [ "$(cat dist/app dist/one dist/two)" = $'old\nx\ny' ]
  [ "$(refusals)" = 2 ]
}

@test "an ordinary user" {
  as_user env bash -c '"$NOCLOBBER" --seal -p dist/ -- sh -c "! (echo x >dist/app) && ! umount dist/app 2>/dev/null && ! mv dist/app a && id -u"' \
    2>said >user
  cat said
  [ "$(cat user)" = "$(if [ "$(id -u)" = 0 ]; then echo 65534; else id -u; fi)" ]
  [ "$(cat dist/app)" = old ]
  grep -q 'sealed 1 file' said
}

@test "together with --trace" {
  "$NOCLOBBER" --trace -Pq true || skip "$("$NOCLOBBER" --trace -Pq true 2>&1)"
  run "$NOCLOBBER" --seal --trace -p dist/ --log "$LOG" -- env -i "PATH=$PATH" sh -c '
    ! (echo x >dist/app) && echo x >dist/one; echo y >dist/two; mv dist/one dist/two; mv dist/one dist/app; exit 0'
  says "refused 2 renames"
  [ "$status" -eq 17 ]
  [ "$(cat dist/app dist/one dist/two)" = $'old\nx\ny' ]
}

@test "a user under --trace as well" {
  as_user env bash -c '"$NOCLOBBER" --trace -Pq true && "$NOCLOBBER" --seal --trace -p dist/ -- sh -c "! (echo x >dist/app); echo x >new; mv new dist/app"' ||
    [ $? = 1 ]
  [ "$(cat dist/app new)" = $'old\nx' ]
}

@test "what ALLOW excepts is not sealed, nor what an exception lets be replaced" {
  echo latest >dist/latest
  : >dist/empty
  ln -s app dist/link
  run "$NOCLOBBER" --seal -p dist/ -a dist/latest -i symlink,empty -- sh -ec '
    echo newest >dist/latest
    echo full >dist/empty
    ln -sfn other dist/link
    ! (echo x >dist/app)'
  says "sealed 1 file, left 2 unsealed for --allow-if"
  [ "$status" -eq 17 ] # because a file without bytes was written in place, which is not what `empty` is about
  [ "$(cat dist/latest dist/empty dist/app)" = $'newest\nfull\nold' ]
  [ "$(readlink dist/link)" = other ]
  run "$NOCLOBBER" --seal -p dist/ -i same -- touch started
  says "can't be combined with --allow-if=same"
  [ "$status" -eq 125 ] && [ ! -e started ]
}

@test "symbolic links are sealed themselves, not what they point to" {
  echo target >target
  ln -s ../target dist/link
  run "$NOCLOBBER" --seal -p dist/ -- sh -c '! rm dist/link && ! ln -sfT other dist/link && echo more >>dist/link'
  [ "$(readlink dist/link)" = ../target ]
  [ "$(cat target)" = $'target\nmore' ]
}

@test "any bytes in a name, and a path of 4095 bytes" {
  need python3
  python3 - <<'END'
import os
for name in (b"a\nb", b" ", b"\xff\xfe", b"-rf", b"*", b"\\", b"a:b", b"\"'", b"\x01", b"n" * 255):
    open(b"dist/" + name, "w").write("old")
os.chdir("dist")
while len(os.getcwd()) + 202 < 4095:
    os.mkdir("d" * 200)
    os.chdir("d" * 200)
rest = 4095 - len(os.getcwd()) - 1
open("f" * rest, "w").write("old")
END
  run "$NOCLOBBER" --seal -p dist/ -- python3 -c '
import os
lost = 0
for folder, _, names in os.walk(b"dist"):
    for name in names:
        for act in (lambda: os.remove(folder + b"/" + name), lambda: open(folder + b"/" + name, "w")):
            try:
                act()
                lost += 1
            except OSError:
                pass
print("lost", lost)'
  says "lost 0"
  says "sealed 12 files"
  [ "$status" -eq 0 ]
}

@test "a tree that has mounts in it, for root and an ordinary user" {
  need_root
  as_user true
  run unshare -m bash -c '
    mkdir -p dist/tmpfs dist/bound other && echo old >other/file
    mount -t tmpfs tmpfs dist/tmpfs && echo old >dist/tmpfs/file && chown -R 65534 dist/tmpfs
    mount --bind other dist/bound
    touch mounted && echo old >onto && mount --bind onto mounted && mount --bind onto dist/app
    act="for f in dist/tmpfs/file dist/bound/file dist/app; do (echo x >\$f) || echo kept; rm -f \$f || echo kept; done 2>/dev/null"
    "$0" --seal -p dist/ -- sh -c "$act"
    setpriv --reuid=65534 --regid=65534 --clear-groups env TMPDIR=$PWD tools/noclobber --seal -p dist/ -- sh -c "$act"
    cat dist/tmpfs/file dist/bound/file dist/app' "$NOCLOBBER"
  echo "$output"
  [ "$(grep -c '^kept$' <<<"$output")" = 12 ]
  [ "$(grep -c '^old$' <<<"$output")" = 3 ]
  [ "$(grep -c 'sealed 3 files' <<<"$output")" = 2 ]
}

@test "a read-only filesystem, a missing path, an empty directory" {
  run "$NOCLOBBER" --seal -p nothing/ -p nothing.txt -- sh -c 'echo new >nothing.txt'
  says "sealed 0 files"
  [ "$status" -eq 0 ]
  need_root
  run unshare -m bash -c 'mount --bind dist dist && mount -o remount,bind,ro dist && "$0" --seal -p dist/ -- sh -c "! (echo x >dist/app)"' "$NOCLOBBER"
  says "sealed 1 file"
  [ "$status" -eq 0 ]
}

@test "the working directory, the log, the output and the report may be in what is protected" {
  : >dist/log
  cd dist
  run bash -c '"$0" --seal -p ./ --log log --format json --report-file report.json -- sh -c "echo said; echo x >new; mv new app; pwd" >output' "$NOCLOBBER"
  [ "$status" -eq 17 ]
  cd ..
  [ "$(cat dist/output)" = $'said\n'"$PWD/dist" ]
  grep -q '"verdict":"refused"' dist/log
  grep -q '"sealed":2' dist/report.json # with `output`
  [ "$(cat dist/app)" = old ]
}

@test "a noclobber in it: sealed or not, both keep their promises" {
  mkdir inner
  echo old >inner/file
  run "$NOCLOBBER" --seal -p dist/ -- "$NOCLOBBER" --seal -p inner/ -p dist/ -- sh -c '! (echo x >dist/app) && ! (echo x >inner/file)'
  says "sealed 2 files"
  says "sealed 1 file"
  [ "$status" -eq 0 ]
  run "$NOCLOBBER" --seal -p dist/ -- "$NOCLOBBER" -p inner/ -- sh -c '! (echo x >dist/app) && echo x >inner/file'
  [ "$status" -eq 17 ]
  as_user env bash -c '"$NOCLOBBER" --seal -p dist/ -- "$NOCLOBBER" --seal -p inner/ -- sh -c "! (echo x >dist/app) && ! (echo x >inner/file)"'
}

@test "a directory can be moved: nothing is lost, and it is told" {
  run "$NOCLOBBER" --seal -p dist/ -- mv dist elsewhere
  says "removed \"$PWD/dist/app\""
  says "a moved directory"
  [ "$status" -eq 17 ]
  [ "$(cat elsewhere/app)" = old ]
}

@test "what passes the seal by is told: a hard link elsewhere, another process" {
  ln dist/app link
  run "$NOCLOBBER" --seal -p dist/ -- sh -c 'echo x >link'
  says "truncated \"$PWD/dist/app\""
  [ "$status" -eq 17 ]
  rm link
  echo old >dist/app
  mkfifo go over
  { read -r _ <go; echo x >other; mv other dist/app; echo x >over; } &
  run "$NOCLOBBER" --seal -p dist/ -- sh -c 'echo x >go; read _ <over'
  wait
  says "replaced \"$PWD/dist/app\""
  [ "$status" -eq 17 ]
}

@test "hard links and copies that make them cross a mount" {
  run "$NOCLOBBER" --seal -p dist/ -- sh -c 'ln dist/app link; cp -al dist copy; cp -a dist copied'
  says "Invalid cross-device link"
  [ "$(cat copied/app)" = old ]
  [ ! -e link ]
}

@test "others replace files while they are being sealed: the run starts, or says why not" {
  need python3
  touch dist/{a,b,c,d,e}
  python3 - <<'END' &
import os
for i in range(40000):
    if os.path.exists("enough"):
        break
    open("new", "w").close()
    os.replace("new", "dist/" + "abcde"[i % 5])
END
  local other=$!
  for ((i = 0; i < 10; i++)); do
    "$NOCLOBBER" --seal -p dist/ -- true 2>said || [ $? = 17 ] || grep -q 'other processes keep replacing it' said
  done
  touch enough
  wait "$other"
}

@test "a command that cannot load the library starts, and is told what is not guarded" {
  cc -static -o write -x c - <<<'#include <stdio.h>
int main(void) { return fopen("dist/app", "w") != NULL; }' 2>messages || skip "no static libc here: $(tail -n 1 messages)"
  run "$NOCLOBBER" --seal -p dist/ -- ./write
  says "only files that exist now are kept"
  [ "$status" -eq 0 ]
  [ "$(cat dist/app)" = old ]
}

@test "fakeroot and sudo work in it as root" {
  need_root
  need fakeroot sudo
  run "$NOCLOBBER" --seal -p dist/ -- fakeroot sh -c 'touch new && chown 1:1 new && stat -c %u new'
  says 1
  run "$NOCLOBBER" --seal -p dist/ -- sudo -n id -u
  says 0
}

@test "in bubblewrap" {
  need bwrap
  as_user bwrap --dev-bind / / true || skip "bwrap does not work here"
  as_user env bash -c 'bwrap --dev-bind / / --chdir "$PWD" "$NOCLOBBER" --seal -p dist/ -- sh -c "! (echo x >dist/app) && ! rm -f dist/app"'
  [ "$(cat dist/app)" = old ]
}

# ---- --user ----

@test "--user: root seals, and the rest is done as that user" {
  need_root
  as_user true
  export GITHUB_STEP_SUMMARY=$PWD/summary
  chmod 777 .
  run tools/noclobber --seal --user nobody -p dist/ --format json --report-file report -- \
    sh -c 'id -un; id -ru; id -Gn; echo "$USER $LOGNAME $HOME"; ! (echo x >dist/app) && echo y >dist/new; ! umount dist/app'
  [ "${lines[0]} ${lines[1]} ${lines[2]}" = "nobody 65534 nogroup" ]
  [ "${lines[3]}" = "nobody nobody $(getent passwd nobody | cut -d : -f 6)" ]
  [ "$status" -eq 0 ]
  [ "$(stat -c %U report dist/new)" = $'nobody\nnobody' ]
  [ "$(cat dist/app)" = old ]
}

@test "--user and --trace" {
  need_root
  as_user true
  tools/noclobber --trace -Pq true || skip "no tracing here"
  run tools/noclobber --seal --trace --user nobody -p dist/ -- sh -c 'echo x >dist/new; mv dist/new dist/app'
  says "refused 1 rename"
  [ "$(cat dist/app)" = old ]
  run "$PROGRAMS/filter" ptrace=EPERM tools/noclobber --seal --trace --user nobody -p dist/ -- touch dist/ran
  echo "$output"
  [ "$status" -eq 125 ] && [[ $output == *"noclobber: --trace: nothing may be traced here"* ]] && [ ! -e dist/ran ]
}

@test "--user: who is not root, and who is not there, are told" {
  as_user env bash -c '"$NOCLOBBER" --seal --user nobody -P true' 2>said || [ $? = 125 ]
  grep -q 'sudo noclobber --seal --user NAME' said
  run "$NOCLOBBER" --user nobody -P true
  says "needs --seal"
  [ "$status" -eq 125 ]
  need_root
  run "$NOCLOBBER" --seal --user no-such-user -P true
  says "--user 'no-such-user': is not in /etc/passwd"
  [ "$status" -eq 125 ]
}

# ---- where it does not work ----

# docker COMMAND…: under a filter like Docker's default one, in a process without its capabilities.
docker() {
  "$PROGRAMS/filter" unshare=EPERM,setns=EPERM,mount=EPERM,umount2=EPERM,open_tree=EPERM,move_mount=EPERM,mount_setattr=EPERM "$@"
}

@test "a seccomp profile like Docker's: require starts nothing and says what would work, auto goes on" {
  run docker "$NOCLOBBER" --seal -p dist/ -- touch started
  says "--seal: can't create a mount namespace here (Operation not permitted); "
  says "or use --restore, which needs no rights"
  [ "$status" -eq 125 ]
  [ ! -e started ]
  run docker "$NOCLOBBER" --seal=auto -p dist/ -- sh -c 'touch started; echo x >new; mv new dist/app; exit 0'
  says "--seal=auto: continuing without a seal: can't create a mount namespace"
  says "refused 1 rename"
  [ "$status" -eq 17 ]
  [ -e started ]
  run docker "$NOCLOBBER" --doctor
  says "warning  --seal: can't create a mount namespace here"
}

@test "a filter that kills who mounts, as systemd's: it is said, and auto goes on" {
  for call in unshare mount open_tree mount_setattr move_mount umount2; do
    run "$PROGRAMS/filter" $call=KILL "$NOCLOBBER" --seal -p dist/ -- touch started
    says "--seal: a filter of system calls (seccomp) kills programs that call unshare(2), mount(2)"
    [ "$status" -eq 125 ]
    [ ! -e started ]
  done
  run "$PROGRAMS/filter" mount=KILL "$NOCLOBBER" --seal=auto -p dist/ -- sh -c 'echo x >new; mv new dist/app; exit 0'
  says "--seal=auto: continuing without a seal: a filter of system calls"
  [ "$status" -eq 17 ]
}

@test "the copy of the root cannot be unmounted: the error is told as it is" {
  run "$PROGRAMS/filter" umount2=EPERM "$NOCLOBBER" --seal -p dist/ -- touch started
  says "--seal: can't be sealed: Operation not permitted"
  [ "$status" -eq 125 ]
  [ ! -e started ]
}

@test "no process can be started: that is told, and not a namespace" {
  ! "$PROGRAMS/filter" clone=EPERM sh -c '(:); :' || skip "this libc forks without clone(2)"
  run "$PROGRAMS/filter" clone=EPERM "$NOCLOBBER" --doctor
  says "warning  --seal: can't start a process: Operation not permitted"
}

@test "SIGCHLD is ignored from the start" {
  # shellcheck disable=SC2016 # for the other shell
  run bash -c 'trap "" CHLD; exec "$@"' ignoring "$NOCLOBBER" --seal -p dist/ sh -c 'echo x >dist/app'
  says "sealed"
  [ "$status" -ne 0 ] && [ "$status" -ne 125 ]
}

@test "a kernel before 5.12: which calls are missing" {
  for call in open_tree mount_setattr move_mount; do
    run "$PROGRAMS/filter" $call=ENOSYS "$NOCLOBBER" --seal -P -- touch started
    says "Linux 5.12"
    [ "$status" -eq 125 ]
    [ ! -e started ]
  done
}

@test "a chroot that is no mount point" {
  need_root
  mkdir -p root/{bin,tmp,dist,proc}
  echo old >root/dist/app
  cc -static -o root/bin/remove -x c - <<<'#include <unistd.h>
int main(void) { return unlink("/dist/app") == 0; }' 2>messages || skip "no static libc here: $(tail -n 1 messages)"
  need ldd
  # shellcheck disable=SC2046 # no blanks in these
  cp --parents $(ldd "$NOCLOBBER" | grep -o '/[^ ]*') root/
  cp "$NOCLOBBER" root/bin/
  cp "$SHIM" root/bin/
  export NOCLOBBER_LIBRARY=/bin/libnoclobber.so # without /proc a command does not know where it is
  run chroot root /bin/noclobber --seal -p /dist/ -- /bin/remove
  says "the root directory is not a mount point (a chroot)"
  [ "$status" -eq 125 ]
  run unshare -m sh -c 'mount --bind root root && chroot root /bin/noclobber --seal -p /dist/ -- /bin/remove'
  says "sealed 1 file"
  [ "$status" -eq 0 ]
  [ "$(cat root/dist/app)" = old ]
}

@test "more files than fs.mount-max allows: nothing is started, and both numbers are told" {
  need python3
  local most
  most=$(cat /proc/sys/fs/mount-max)
  [ "$most" -le 200000 ] || skip "fs.mount-max is $most here"
  # Where so many files take no time.
  MANY=$(mktemp -d -p /dev/shm) || skip "no /dev/shm"
  python3 - "$MANY" "$most" <<'END'
import os, sys
for i in range(int(sys.argv[2])):
    if i % 1000 == 0:
        folder = f"{sys.argv[1]}/{i // 1000}"
        os.mkdir(folder)
    os.close(os.open(f"{folder}/{i}", os.O_CREAT | os.O_WRONLY))
END
  run "$NOCLOBBER" --seal -p "$MANY/" -- touch started
  says "$most files are too many: fs.mount-max is $most"
  [ "$status" -eq 125 ]
  [ ! -e started ]
}

@test "an audit, a policy that is off" {
  run "$NOCLOBBER" --seal -n -p dist/ -- touch started
  says "can't be combined with audit mode"
  [ "$status" -eq 125 ]
  NOCLOBBER_MODE=off run "$NOCLOBBER" --seal -p dist/ -- touch started
  says "NOCLOBBER_MODE=off guards nothing"
  [ "$status" -eq 125 ]
  [ ! -e started ]
  run "$NOCLOBBER" --seal=perhaps -P true
  says "--seal 'perhaps': must be require or auto"
  [ "$status" -eq 125 ]
}

@test "--explain knows it, and so does --doctor" {
  : >dist/empty
  run "$NOCLOBBER" --seal -p dist/ -i empty --explain dist/app dist/empty dist/new other
  [ "$(grep -c '    sealed: ' <<<"$output")" = 1 ]
  says "    not sealed: an exception allows replacing it"
  run "$NOCLOBBER" --doctor
  says "ok       --seal: works"
}
