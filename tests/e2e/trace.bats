#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# noclobber --trace: what no preload reaches is refused, and everything else goes on as without it.

# What is in single quotes is for the shell that noclobber starts.
# shellcheck disable=SC2016

load ../common

setup() {
  cd "$BATS_TEST_TMPDIR" || return 1
  LOG=$BATS_TEST_TMPDIR/log.jsonl
  "$NOCLOBBER" --trace -P -q --no-verify true || skip "$("$NOCLOBBER" --trace -P -q --no-verify true 2>&1)"
  mkdir dist
  echo old >dist/a
  echo new >new
}

traced() { # traced [OPTION…] [--] COMMAND…: with dist/ protected, no look afterwards, events to $LOG
  "$NOCLOBBER" --trace -q --no-verify --protect dist/ --log "$LOG" "$@"
}

by() { # by HOW SOURCE DESTINATION: what a rename by that instruction is told
  local status=0
  traced "$PROGRAMS/instruction" "$@" || status=$?
  echo "$status"
}

EEXIST=17
ENAMETOOLONG=36
SET_INFO=ptrace:0x4212=EIO # as a kernel without PTRACE_SET_SYSCALL_INFO answers: before Linux 6.16
GET_INFO=ptrace:0x420e=EIO # without PTRACE_GET_SYSCALL_INFO: before 5.3

# ---- one call ----------------------------------------------------------------------------------

@test "every call of the family is refused where something is in the way, and goes through where nothing is" {
  for how in rename renameat renameat2 high; do
    [ "$(by $how new dist/a)" = $EEXIST ]
    [ "$(cat dist/a)" = old ] && [ "$(cat new)" = new ]
    [ "$(by $how new dist/b)" = 0 ]
    [ "$(cat dist/b)" = new ]
    mv dist/b new
  done
  [ "$(refusals)" = 4 ]
}

@test "the registers that a call preserves are preserved, whatever became of it" {
  for before in env "$PROGRAMS/filter $SET_INFO"; do
    # shellcheck disable=SC2086 # a command and its argument
    set -- $before "$NOCLOBBER" --trace -q --no-verify --refused-status 0
    "$@" --protect dist/ "$PROGRAMS/preserved" new dist/a $EEXIST
    "$@" --protect dist/ "$PROGRAMS/preserved" new free 0
    "$@" --protect dist/ "$PROGRAMS/preserved" nothing free 2 # ENOENT
    echo old >replaced
    "$@" --protect dist/ "$PROGRAMS/preserved" new replaced 0
    [ "$(cat dist/a new)" = $'old\nnew' ]
  done
}

@test "int 0x80 is the same calls" {
  has_int80 || skip "no int 0x80 on this kernel"
  [ "$(by i386 new dist/a)" = $EEXIST ]
  [ "$(cat dist/a)" = old ]
  [ "$(by i386 new dist/b)" = 0 ]
  [ "$(cat dist/b)" = new ]
  mv dist/b new
}

@test "the numbers of x32 are the same calls" {
  [ "$(uname -m)" = x86_64 ] || skip "x86-64 alone has them"
  # Kernels without x32 answer ENOSYS (38) to its numbers.
  [ "$(by x32 new dist/a)" = $EEXIST ] || [ "$(by x32 new dist/a)" = 38 ]
  [ "$(cat dist/a)" = old ]
}

@test "the program's own exclusive rename is told EEXIST and is no refusal; an exchange passes" {
  [ "$(by exclusive new dist/a)" = $EEXIST ]
  [ "$(by exchange new dist/a)" = 0 ]
  [ "$(cat dist/a)" = new ] && [ "$(cat new)" = old ]
  [ "$(refusals)" = 0 ]
}

@test "what is not protected is replaced, as ever" {
  echo old >other
  [ "$(by rename new other)" = 0 ]
  [ "$(cat other)" = new ]
  [ ! -e "$LOG" ]
}

@test "an event says who, what and where, with absolute paths" {
  traced sh -c 'echo $$ >pid; cd dist; exec "$@"' - "$PROGRAMS/instruction" rename ../new a || true
  [ "$(events 'e["verdict"], e["call"], e["source"], e["destination"]')" = \
    "('refused', 'rename', '$PWD/new', '$PWD/dist/a')" ]
  [ "$(events 'e["program"]')" = "$(realpath "$PROGRAMS/instruction")" ]
  [ "$(events 'e["pid"]')" = "$(cat pid)" ]
}

# ---- other kernels (tests/programs/filter.c) ---------------------------------------------------

on_kernel() { # on_kernel FILTER COMMAND…: where system calls are answered so
  "$PROGRAMS/filter" "$@"
}

@test "where the kernel cannot change a call by PTRACE_SET_SYSCALL_INFO, registers do" {
  for how in rename renameat renameat2 i386; do
    [ "$how" != i386 ] || has_int80 || continue
    status=0
    on_kernel $SET_INFO "$NOCLOBBER" --trace -q --no-verify -P --log "$LOG" "$PROGRAMS/instruction" $how new dist/a || status=$?
    [ $status = $EEXIST ] && [ "$(cat dist/a)" = old ]
    on_kernel $SET_INFO "$NOCLOBBER" --trace -q --no-verify -P --log "$LOG" "$PROGRAMS/instruction" $how new free
    mv free new
  done
  [ "$(refusals)" -ge 3 ]
  on_kernel $SET_INFO "$NOCLOBBER" --trace -q --no-verify --refused-status 0 -P "$PROGRAMS/lives" signals 100
}

# says_why FILTER|CLAUSE…: if system calls are answered so, noclobber starts nothing and says this.
says_why() {
  local row
  for row; do
    run on_kernel "${row%%|*}" "$NOCLOBBER" --trace -P touch ran
    echo "$row: $output"
    [ "$status" -eq 125 ] && [[ $output == *"noclobber: --trace: "*"${row#*|}"* ]] && [ ! -e ran ] || return 1
  done
}

KILLS="a filter of system calls (seccomp) kills programs that call"

@test "if tracing does not work, nothing runs and a clause says why" {
  says_why "$GET_INFO|does not say what call was stopped" "openat2=ENOSYS|openat2(2) does not work here" \
    "ptrace=EPERM|nothing may be traced here" "seccomp=ENOSYS|this kernel takes no filter" \
    {ptrace,process_vm_readv,openat2}"=KILL|$KILLS openat2(2), " {seccomp,renameat,renameat2}"=KILL|$KILLS seccomp(2), rename(2), "
}

@test "if no thread can be started, nothing runs and a clause says why" {
  ! "$PROGRAMS/filter" clone3=EPERM python3 -c 'import threading; threading.Thread().start()' || skip "this libc starts threads without clone3(2)"
  says_why "clone3=EPERM|no thread can be started here" "clone3=KILL|$KILLS openat2(2), clone3(2), "
}

@test "SIGCHLD is ignored from the start: tracing works, and the command has it ignored" {
  local bit=0000000000010000
  # shellcheck disable=SC2016 # for the other shell
  run bash -c 'trap "" CHLD; exec "$@"' ignoring "$NOCLOBBER" --trace -q --no-verify -p dist/ grep SigIgn /proc/self/status
  [ "$status" -eq 0 ] && (( 0x${output##*[[:blank:]]} & 0x$bit ))
  run "$NOCLOBBER" --trace -q --no-verify -p dist/ grep SigIgn /proc/self/status
  [ "$status" -eq 0 ] && ! (( 0x${output##*[[:blank:]]} & 0x$bit ))
}

@test "where a supervisor lets one of the calls through before us, nothing runs and a clause names the call" {
  for call in rename renameat renameat2; do
    [ "$call" != rename ] || [ "$(uname -m)" = x86_64 ] || continue # aarch64 has no such call
    "$PROGRAMS/supervised" $call true || skip "no listeners here"
    run "$PROGRAMS/supervised" $call "$NOCLOBBER" --trace -P touch ran
    [ "$status" -eq 125 ] && [ ! -e ran ]
    [[ $output == *"noclobber: --trace: $call(2) cannot be stopped here: a supervisor"* ]]
    "$PROGRAMS/supervised" $call "$NOCLOBBER" --doctor | grep -q "^warning .*--trace: $call(2) cannot be stopped"
  done
}

@test "a profile without renameat2: what is in the way is refused, and the rest goes by link and unlink" {
  status=0
  on_kernel renameat2=ENOSYS "$NOCLOBBER" --trace -q --no-verify -P --log "$LOG" "$PROGRAMS/instruction" renameat new dist/a || status=$?
  [ $status = $EEXIST ] && [ "$(cat dist/a)" = old ]
  on_kernel renameat2=EPERM "$NOCLOBBER" --trace -q --no-verify -P --log "$LOG" "$PROGRAMS/instruction" renameat new free
  [ "$(cat free)" = new ] && [ ! -e new ] && [ "$(refusals)" = 1 ]
}

@test "on a kernel without renameat2, a path too long for any call is ENAMETOOLONG, and no refusal" {
  local slashes length pair
  for length in 4096 4353 9000; do
    slashes=$(printf "%$((length - 3))s" '' | tr ' ' /)
    for pair in "new$slashes dist/b" "new dis$slashes" "new$slashes dis$slashes"; do
      status=0
      # shellcheck disable=SC2086 # the pair
      on_kernel renameat2=ENOSYS "$NOCLOBBER" --trace -q --no-verify -P --log "$LOG" "$PROGRAMS/instruction" renameat $pair || status=$?
      [ $status = $ENAMETOOLONG ]
    done
  done
  [ -e new ] && [ "$(refusals)" = 0 ]
}

@test "a filter of the program's own that stops calls for a tracer of its own, which is not there: ENOSYS, as ever" {
  run traced "$PROGRAMS/filter" unlinkat=TRACE rm new
  [ "$status" -ne 0 ] && [ -e new ]
  [[ $output == *'Function not implemented'* ]]
  traced "$PROGRAMS/filter" renameat2=TRACE "$PROGRAMS/call" ENOSYS syscall:renameat2 new dist/b
  # The rest is refused, and let through, all the same.
  traced --refused-status 0 "$PROGRAMS/filter" unlinkat=TRACE "$PROGRAMS/call" EEXIST rename new dist/a 0 rename new dist/b
  [ "$(cat dist/a dist/b)" = $'old\nnew' ]
}

@test "a filter of the program's own that traps renameat2 does as it would without a tracer" {
  "$PROGRAMS/filter" renameat2=TRAP "$PROGRAMS/instruction" renameat2 new dist/b || [ $? = 159 ] # SIGSYS
  [ -e new ] && [ ! -e dist/b ]
  status=0
  traced "$PROGRAMS/filter" renameat2=TRAP "$PROGRAMS/instruction" renameat2 new dist/b || status=$?
  [ $status = 159 ] && [ -e new ] && [ ! -e dist/b ]
  # Not at the call that we make of another one.
  status=0
  traced --refused-status 0 "$PROGRAMS/filter" renameat2=TRAP "$PROGRAMS/instruction" renameat new dist/a || status=$?
  [ $status = $EEXIST ] && [ "$(cat dist/a)" = old ] && [ "$(refusals)" = 1 ]
  traced "$PROGRAMS/filter" renameat2=TRAP "$PROGRAMS/instruction" renameat new dist/b
  [ "$(cat dist/b)" = new ]
}

@test "flags that the kernel does not know stay its own to refuse; a long path is read whole" {
  need python3
  traced python3 -c '
import ctypes, errno, os, platform
libc = ctypes.CDLL(None, use_errno=True)
number = {"x86_64": 316, "aarch64": 276}[platform.machine()]
assert libc.syscall(number, -100, b"new", -100, b"dist/b", 0x80) == -1
assert ctypes.get_errno() == errno.EINVAL
open("free", "w").close()
for length in range(3900, 4096, 5):
    os.link("new", "other")
    os.rename("./" * ((length - 5) // 2) + "other", "free")
    os.unlink("free") if os.path.exists("free") else None
    open("free", "w").close()
'
}

@test "a policy that is off refuses nothing" {
  NOCLOBBER_MODE=off traced "$PROGRAMS/instruction" rename new dist/a
  [ "$(cat dist/a)" = new ] && [ ! -e "$LOG" ]
}

@test "a refusal that is to end the process ends it" {
  run traced --exit-on-refusal sh -c '"$PROGRAMS/instruction" rename new dist/a; echo $?'
  [ "${lines[-1]}" = 17 ] && [ "$(cat dist/a)" = old ]
}

# ---- the lives of processes (tests/programs/lives.c) -------------------------------------------

lives() { # lives HOW [N]
  "$NOCLOBBER" --trace -q --no-verify --refused-status 0 --protect-all "$PROGRAMS/lives" "$@"
}

@test "signals that come while renames are refused are delivered once" {
  lives signals 300
}

@test "a decision about one call is not used for another, which a signal handler jumps to" {
  echo old >free
  traced --refused-status 0 "$PROGRAMS/jumps" 400
  [ "$(cat dist/a)" = old ]
}

@test "a filesystem whose only server is traced as well: neither waits for the other" {
  need bindfs fusermount3 mountpoint
  mkdir -p src/sub mnt
  # The server renames when it is asked to, and is stopped then; with no time for which the kernel may keep what it was told,
  # whoever looks at a path there needs the server.
  timeout -k 5 60 "$NOCLOBBER" --trace -q --no-verify --protect dist/ sh -c '
    bindfs -f -s -o entry_timeout=0,attr_timeout=0 src mnt &
    until mountpoint -q mnt; do kill -0 $! || exit 77; done
    for writer in 1 2 3 4; do
      for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
        echo $i >mnt/sub/new$writer && mv -f "$PWD/mnt/sub/new$writer" "$PWD/mnt/sub/free$writer" || exit 1
        echo $i >mnt/sub/new$writer && (cd mnt/sub && exec mv -f new$writer free$writer) || exit 1
      done &
      writers="$writers $!"
    done
    for writer in $writers; do wait $writer || exit 1; done
    fusermount3 -u mnt' || { status=$?; umount -f mnt || fusermount3 -u mnt; }
  [ "${status:-0}" != 77 ] || skip "no FUSE here"
  [ "${status:-0}" = 0 ]
  [ "$(cat src/sub/free[1-4] | xargs)" = "15 15 15 15" ]
}

# identity PID: process group, session and the scheduler's group of a process.
identity() {
  sed 's/.*) //' "/proc/$1/stat" | cut -d ' ' -f 3,4
  sed 's/ .*//' "/proc/$1/autogroup" 2>/dev/null || true
}

@test "the tracer has its turns on the processor with the command's session, and signals of the terminal do not reach it" {
  traced sh -c 'sed -n "s/^TracerPid:[^0-9]*//p" /proc/self/status >tracer; echo $$ >command; mkfifo gate; read -r line <gate' &
  until [ -p gate ]; do :; done
  read -r its_group its_session its_turns <<<"$(identity "$(cat tracer)" | tr '\n' ' ')"
  read -r group session turns <<<"$(identity "$(cat command)" | tr '\n' ' ')"
  echo >gate
  wait
  [ "$its_group" = "$(cat tracer)" ] && [ "$its_group" != "$group" ]
  [ "$its_session" = "$session" ] && [ "$its_turns" = "$turns" ]
}

@test "exec from a thread, while the first one and another rename" {
  lives exec
}

@test "a child by clone3 is refused; one that asks not to be traced can rename nothing" {
  lives clone3
  lives untraced
}

@test "two thousand processes onto one free name: one wins" {
  lives crowd 2000
}

@test "races for one name, files and directories: each has one winner" {
  "$NOCLOBBER" --trace -q --no-verify --refused-status 0 -P "$PROGRAMS/race" 4 300 mixed - 60
}

@test "a child that renames is stopped and continued, and its parent sees it" {
  lives stopped 100
}

@test "processes that are killed while they rename" {
  lives killed 100
}

@test "processes that end while they replace what is not protected were refused nothing" {
  run "$NOCLOBBER" --trace --no-verify --protect /nowhere/ --log "$LOG" "$PROGRAMS/lives" ending 300
  echo "$output"
  [ "$status" -eq 0 ] && [ -z "$output" ] && [ ! -e "$LOG" ]
}

@test "sixty-four threads, and a child by vfork" {
  "$NOCLOBBER" --trace -q --no-verify --refused-status 0 -P --allow free/ "$PROGRAMS/threads"
  "$NOCLOBBER" --trace -q --no-verify --refused-status 0 -P --allow free/ "$PROGRAMS/vfork_child"
}

@test "what outlives the command stays guarded, and its tracer ends with it" {
  mkfifo go gone
  traced sh -c '(read -r _ <go; sed -n "s/^TracerPid:.//p" /proc/self/status >tracer; mv -f new dist/a; echo $? >gone) >said 2>&1 &'
  echo >go
  read -r status <gone
  [ "$status" -ne 0 ] && [ "$(cat dist/a)" = old ] && [ "$(refusals)" = 1 ]
  tracer=$(cat tracer)
  [ "$tracer" -gt 0 ]
  while [ -e "/proc/$tracer" ]; do sleep 0.01; done
}

@test "a program that traces others itself is told why it cannot" {
  need strace
  run traced strace -o /dev/null true
  [ "$status" -ne 0 ]
  [[ $output == *'strace" cannot trace a process that --trace traces already'* ]]
  if command -v gdb >/dev/null; then
    run traced gdb -nx -batch -ex run --args true
    [[ $output == *'cannot trace a process that --trace traces already'*'debug it without --trace'* ]]
  fi
  run traced -- "$NOCLOBBER" --trace -P true
  [ "$status" -eq 125 ]
  [[ $output == *'nothing may be traced here'* ]]
}

@test "what is said of that is said once for each program, and waits for no reader" {
  need python3
  mkfifo unread
  exec 4<>unread
  dd if=/dev/zero bs=4096 count=64 oflag=nonblock >unread 2>/dev/null || true # full
  timeout 300 "$NOCLOBBER" --trace -q --no-verify -P python3 -c 'import ctypes; ctypes.CDLL(None).ptrace(0, 0, 0, 0)' 2>unread
  exec 4<&-
  "$NOCLOBBER" --trace -q --no-verify -P python3 -c '
import ctypes, os
for _ in range(20):
    if os.fork() == 0:
        ctypes.CDLL(None).ptrace(0, 0, 0, 0)
        os._exit(0)
    os.wait()' 2>said
  [ "$(grep -c "cannot trace" said)" = 1 ]
  # To a socket as well.
  python3 -c '
import socket, subprocess, sys
ours, theirs = socket.socketpair()
subprocess.run(sys.argv[1:], stderr=theirs)
theirs.close()
assert b"cannot trace" in ours.recv(4096)
' "$NOCLOBBER" --trace -q --no-verify -P python3 -c 'import ctypes; ctypes.CDLL(None).ptrace(0, 0, 0, 0)'
  # What would have failed anyway is not our doing: a process that does not exist.
  "$NOCLOBBER" --trace -q --no-verify -P python3 -c 'import ctypes; ctypes.CDLL(None).ptrace(16, 4194305, 0, 0)' 2>said
  [ ! -s said ]
}

@test "what the caller has open is not kept open by the tracer of a daemon" {
  mkfifo stay
  exec 5>lock
  flock -n 5
  traced sh -c 'exec 5>&-; (read -r _ <stay) >/dev/null 2>&1 &'
  exec 5>&-
  flock -n lock true
  echo >stay
}

@test "a program under AddressSanitizer, which cannot look for leaks then" {
  need cc
  echo '#include <stdio.h>
int main(void) { return rename("new", "dist/a") != 0 ? 5 : 0; }' >program.c
  cc -fsanitize=address -o program program.c 2>/dev/null || skip "no AddressSanitizer here"
  run traced env ASAN_OPTIONS=detect_leaks=0 ./program
  [ "$status" -eq 5 ] && [ "$(cat dist/a)" = old ]
}

@test "an empty environment and a static build change nothing" {
  cc -static -I"$ROOT/shim" -o static "$ROOT/tests/programs/instruction.c" || skip "no static libc"
  status=0
  traced env -i ./static rename new dist/a || status=$?
  [ "$status" = $EEXIST ] && [ "$(cat dist/a)" = old ]
}

@test "where the tracer is killed, what it traced is killed as well" {
  status=0
  traced sh -c 'kill -KILL $(sed -n "s/^TracerPid:.//p" /proc/$$/status); sleep 60' || status=$?
  [ "$status" = 137 ]
}

@test "a command that mounts the /proc of a PID namespace of its own over ours is judged by the right process" {
  need_root
  unshare -m unshare -pf true 2>/dev/null || skip "no namespaces here"
  echo old >free
  traced --refused-status 0 unshare -m unshare -pf sh -c 'mount -t proc proc /proc && mv -f new free && cd dist && mv -f ../free a; exit 0'
  [ "$(cat dist/a)" = old ] && [ "$(cat free)" = new ]
  [ "$(events 'e["source"], e["destination"], e["program"]')" = \
    "('$PWD/free', '$PWD/dist/a', '$(realpath "$(command -v mv)")')" ]
}

@test "a file at the top of a chroot is guarded by its name outside" {
  need_root
  cc -static -I"$ROOT/shim" -o dist/instruction "$ROOT/tests/programs/instruction.c" || skip "no static libc"
  mv new dist/new
  for path in /a /./a ../a a; do
    status=0
    traced chroot dist /instruction rename /new "$path" || status=$?
    [ $status = $EEXIST ] && [ "$(cat dist/a)" = old ]
  done
  [ "$(events 'e["destination"]' | sort -u)" = "$PWD/dist/a" ]
}

@test "no name of a program passes for a field of its status" {
  cp "$(command -v mv)" $'Tgid:1\nTgid: 1'
  traced --refused-status 0 sh -c $'echo $$ >pid; exec "./Tgid:1\nTgid: 1" -f new dist/a' || true
  [ "$(events 'e["pid"], e["program"]')" = "($(cat pid), '$PWD/Tgid:1\\nTgid: 1')" ]
}

@test "a library in a traced program leaves everything to the tracer: nothing is counted twice" {
  "$NOCLOBBER" --trace -q --no-verify --audit -P --log "$LOG" env LD_PRELOAD="$SHIM" mv -f new dist/a
  [ "$(events 'e["verdict"]')" = audited ]
}

# ---- what programs see of each other (tests/programs/children.c, parents.c, interrupted.c) --------

seen() { # seen PROGRAM: what it sees without a tracer, it sees with one
  "$PROGRAMS/$1" || skip "this machine does not pass without a tracer"
  "$NOCLOBBER" --trace -q --no-verify -P "$PROGRAMS/$1"
}

@test "a parent that waits finds its children, by pidfd, by waitid, by any flag" {
  seen children
}

@test "GLib, asyncio and Node get the status of each child, which they wait for by its pidfd" {
  tried=0
  untraced_and_traced() { # by two commands one after the other
    "$@" || return 0
    timeout 300 "$NOCLOBBER" --trace -q --no-verify -P "$@"
    tried=$((tried + 1))
  }
  for python in /usr/bin/python3 python3; do
    untraced_and_traced "$python" -c '
import gi
gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib
for _ in range(100):
    child = Gio.Subprocess.new(["/bin/sh", "-c", "exit 3"], 0)
    child.wait(None)
    assert child.get_exit_status() == 3
' 2>/dev/null
    untraced_and_traced "$python" -W ignore -c '
import asyncio, os
async def run():
    for _ in range(10):
        children = [await asyncio.create_subprocess_exec("/bin/sh", "-c", "exit 3") for _ in range(10)]
        assert [await child.wait() for child in children] == [3] * 10
if hasattr(asyncio, "PidfdChildWatcher"):
    asyncio.set_event_loop(loop := asyncio.new_event_loop())
    watcher = asyncio.PidfdChildWatcher()
    watcher.attach_loop(loop)
    asyncio.set_child_watcher(watcher)
    loop.run_until_complete(run())
else:
    asyncio.run(run())
'
  done
  command -v node >/dev/null && untraced_and_traced node -e '
let left = 100;
function next() {
    if (left-- > 0)
        require("child_process").spawn("/bin/sh", ["-c", "exit 3"]).on("exit", code => {
            if (code !== 3) process.exit(1);
            next();
        });
}
next();
'
  [ $tried -gt 0 ] || skip "none of them here"
}

@test "a parent is told of its children's ends, and children of their parent's" {
  seen parents
}

@test "calls that wait, signals and job control are as without a tracer" {
  seen interrupted
}
