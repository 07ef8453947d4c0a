#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What noclobber(1) starts, or does not, and how it lives beside it: exit statuses, signals, the terminal.

load ../common

# A terminal, or signals between processes: on a loaded machine a case may want a second try. One that is wrong fails each.
# shellcheck disable=SC2034 # bats reads it
BATS_TEST_RETRIES=2

NC=$NOCLOBBER
TERMINAL=$BATS_TEST_DIRNAME/terminal

# What a noclobber that is killed leaves behind goes with the case.
setup() {
  cd "$BATS_TEST_TMPDIR" || return 1
  mkdir tmp
  export TMPDIR=$PWD/tmp
}

guarded() { # guarded [NOCLOBBER OPTION…] -- COMMAND…
  "$NC" --protect-all --no-verify "$@"
}

# says TEXT: the last `run` ended with 125 and names the reason.
says() {
  echo "$output"
  [ "$status" -eq 125 ] && [[ $output == *"$1"* ]]
}

# listener: writes listener.py, which counts what it is sent and ends with 10 + that number when it reads a line.
listener() {
  need python3
  cat >listener.py <<'END'
import os, signal, sys
count = 0
def got(number, frame):
    global count
    count += number != signal.SIGCONT
    os.write(1, b"got-%d\n" % number)  # print() would not bear a second signal in its midst
for number in signal.SIGINT, signal.SIGQUIT, signal.SIGCONT:
    signal.signal(number, got)
print("listening", flush=True)
line = sys.stdin.readline()
sys.exit(10 + count)
END
}

@test "the status is the command's own" {
  run guarded -- true
  [ "$status" -eq 0 ]
  run guarded -- sh -c 'exit 3'
  [ "$status" -eq 3 ]
  run guarded -- sh -c 'exit 255'
  [ "$status" -eq 255 ]
}

@test "127 is a command that is not there, 126 one that cannot be executed" {
  status=0
  guarded -- nothing-of-that-name || status=$?
  [ "$status" -eq 127 ]
  status=0
  guarded -- ./nothing || status=$?
  [ "$status" -eq 127 ]
  touch plain
  run guarded -- ./plain
  [ "$status" -eq 126 ]
  run guarded -- "$PWD"
  [ "$status" -eq 126 ]
}

@test "128 + N for a signal" {
  run guarded -- sh -c 'kill -TERM $$'
  [ "$status" -eq 143 ]
  run guarded -- sh -c 'kill -KILL $$'
  [ "$status" -eq 137 ]
}

@test "a signal that is sent to noclobber reaches the command" {
  mkfifo ready
  for signal in INT TERM HUP QUIT USR1 USR2; do
    # Job control, for a background job would inherit INT and QUIT ignored. No function: $! would be a shell's.
    set -m
    "$NC" --protect-all --no-verify sh -c 'trap "exit 9" '$signal'; echo >ready; while :; do sleep 0.1; done' 3>&- &
    set +m
    read -r _ <ready
    kill -"$signal" $!
    status=0
    wait $! || status=$?
    [ "$status" -eq 9 ]
  done
}

@test "any signal ends noclobber with its command, with a report, and leaves nothing behind" {
  for signal in ABRT PWR XCPU PROF STKFLT 34 50 64; do
    mkfifo ready
    "$NC" -P --no-verify sh -c 'echo old >old; echo new >new; mv new old 2>/dev/null; echo >ready; exec sleep 60' 3>&- 2>said &
    read -r _ <ready
    kill -"$signal" $!
    status=0
    wait $! || status=$?
    [ "$status" -gt 128 ] || { echo "$signal: $status" && false; }
    grep -q '^noclobber: refused 1 rename' said
    [ -z "$(ls tmp)" ]
    rm ready
  done
}

@test "exit 130 is a number, not an interrupt" {
  need python3
  cat >status.py <<'END'
import subprocess, sys
print(subprocess.run(sys.argv[1:], stderr=subprocess.DEVNULL).returncode)
END
  [ "$(python3 status.py "$NC" -P --no-verify sh -c 'exit 130')" = 130 ]
  [ "$(python3 status.py "$NC" -P --no-verify sh -c 'kill -INT $$')" = -2 ]
  touch old new
  [ "$(python3 status.py "$NC" -P --no-verify --refused-status 130 sh -c 'mv new old; true')" = 130 ]
}

# A program that counts what it is sent, and senders that reach noclobber, its group, or both as timeout(1) does, from inside the
# group and from outside. By itself it is told once, so under noclobber too. On one processor noclobber comes last, on two it may
# come first.
@test "each signal comes once, to whomever it was sent" {
  need python3
  need taskset
  cat >counts.py <<'END'
import signal, sys
signals = signal.SIGTERM, signal.SIGUSR1, signal.SIGPWR, signal.SIGINT, 40
signal.pthread_sigmask(signal.SIG_BLOCK, signals)
print("ready", flush=True)
got = []
while info := signal.sigtimedwait(signals, 0.3 if got else 20):
    got.append(info.si_signo)
print(*got, flush=True)
END
  cat >senders.py <<'END'
import os, signal, subprocess, sys

def leave_group():
    os.setpgid(0, 0)

def to_both(run, number):
    os.kill(run.pid, number)
    os.killpg(os.getpgrp(), number)

def outcome(sender, number, command, is_inside):
    """What the command says it got, and the sender, in its group or not, sent once."""
    program = ["python3", "senders.py", sender, str(int(number)), *command] if is_inside else command
    if is_inside:
        return subprocess.run(program, stdout=subprocess.PIPE, preexec_fn=leave_group).stdout.decode().strip()
    run = subprocess.Popen(program, stdout=subprocess.PIPE, preexec_fn=leave_group)
    assert run.stdout.readline() == b"ready\n"
    (os.kill if sender == "one" else os.killpg)(run.pid, number)
    return run.communicate()[0].decode().strip()

def send_from_inside(sender, number, command):
    run = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert run.stdout.readline() == b"ready\n"
    signal.signal(number, signal.SIG_IGN)
    {"one": lambda: os.kill(run.pid, number), "group": lambda: os.killpg(os.getpgrp(), number),
     "both": lambda: to_both(run, number)}[sender]()
    print(run.communicate()[0].decode().strip())

if sys.argv[1] != "all":
    send_from_inside(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
    sys.exit()
noclobber = sys.argv[2:]
counter = ["nice", "-n", "0", "python3", "counts.py"]
wrong = 0
for processors in ["0"], ["0-1"]:
    for number in signal.SIGTERM, signal.SIGUSR1, signal.SIGPWR, 40:
        for is_inside, sender in (0, "one"), (0, "group"), (1, "one"), (1, "group"), (1, "both"):
            if sender == "both" and number == 40:
                continue  # real-time signals are queued: by itself the command is told twice
            command = ["taskset", "-c", *processors, "nice", "-n", "10", *noclobber, *counter]
            got = outcome(sender, number, command, is_inside)
            if got != str(int(number)):
                wrong += 1
                print(f"{'inside' if is_inside else 'outside'} {sender} {number}: got {got!r}")
sys.exit(wrong > 0)
END
  python3 senders.py all "$NC" -q -P --no-verify
}

@test "a signal is passed on where the one who tells group from process was killed, or stopped" {
  for how in KILL STOP; do
    mkfifo ready
    "$NC" -q -P --no-verify sh -c 'trap "exit 9" TERM; echo $$ >ready; while :; do sleep 0.1; done' 3>&- &
    pid=$!
    read -r _ <ready
    # With the same name as its parent; the tracer has another.
    kill -$how "$(pgrep -P $pid -x noclobber)"
    kill -TERM $pid
    status=0
    wait $pid || status=$?
    [ "$status" -eq 9 ]
    rm ready
  done
}

@test "a command that left the group gets what is sent to the group" {
  need python3
  cat >leave.py <<'END'
import os, signal, subprocess, sys
run = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, preexec_fn=lambda: os.setpgid(0, 0))
assert run.stdout.readline() == b"ready\n"
os.killpg(run.pid, signal.SIGTERM)
sys.exit(run.wait())
END
  run python3 leave.py "$NC" -q -P --no-verify setsid sh -c 'trap "exit 9" TERM; echo ready; while :; do sleep 0.1; done'
  [ "$status" -eq 9 ]
}

@test "a command that leaves a daemon is not waited for, and the daemon goes on, guarded" {
  mkfifo go finished
  echo old >old
  run guarded -- sh -c '(read x <go; echo new >new; mv new old 2>/dev/null; echo $? >finished) >/dev/null 2>&1 3>&- &'
  echo "$output"
  [ "$status" -eq 0 ]
  [ "$output" = 'noclobber: some processes of the command are still running; what they do is not counted' ]
  echo >go
  read -r answer <finished
  [ "$answer" -ne 0 ]
  [ "$(cat old)" = old ]
}

@test "the command of a noclobber that was killed goes on, guarded" {
  mkfifo ready go finished
  echo old >old
  "$NC" --protect-all --no-verify \
    sh -c 'echo >ready; read x <go; echo new >new; mv new old 2>/dev/null; echo $? >finished' >/dev/null 2>&1 3>&- &
  read -r _ <ready
  kill -KILL $!
  wait $! || true
  echo >go
  read -r answer <finished
  [ "$answer" -ne 0 ]
  [ "$(cat old)" = old ]
}

@test "standard streams that are closed stay so" {
  guarded -- sh -c '[ ! -e /proc/$$/fd/0 ] && [ ! -e /proc/$$/fd/1 ] && [ ! -e /proc/$$/fd/2 ]' <&- >&- 2>&-
}

@test "under a limit on the size of files that leaves no room for a record, nothing is started" {
  mkfifo said
  cat said >all &
  status=0
  (ulimit -f 0 && guarded -- mkdir ran >said 2>&1) || status=$?
  wait $!
  [ "$status" -eq 125 ] && [ ! -e ran ]
  grep -q '^noclobber: .*File too large' all
}

@test "a static program is not started" {
  library_only 'the tracer reaches it'
  need cc
  echo 'int main(void) { return 3; }' >program.c
  cc -static -o program program.c || skip "no static libc on this machine"
  run guarded -- ./program
  says 'statically linked'
  says 'use --trace'
  guarded --trace -- true || skip "no tracing here"
  run guarded --trace -- ./program # as it was told
  [ "$status" -eq 3 ]
  printf '#!%s\n' "$PWD/program" >script
  chmod +x script
  run guarded -- ./script
  says 'statically linked'
}

@test "a Go program is not started" {
  library_only 'the tracer reaches it'
  need go
  printf 'package main\nfunc main() {}\n' >main.go
  GOCACHE=$PWD/cache go build -o program main.go
  run guarded -- ./program
  says 'Go program'
  says 'use --trace'
}

@test "a program of musl is started, and guarded" {
  need musl-gcc
  echo new >new
  echo old >old
  printf '#include <stdio.h>\nint main(void) { return rename("new", "old") == 0 ? 0 : 5; }\n' >program.c
  musl-gcc -o program program.c
  run guarded -- ./program
  [ "$status" -eq 5 ]
  [ "$(cat old)" = old ]
}

@test "a link to a program whose libraries lie beside it, as java is one, is started" {
  need cc
  mkdir bin
  echo 'int answer(void) { return 5; }' >answer.c
  echo 'int answer(void); int main(void) { return answer(); }' >program.c
  cc -shared -fPIC -o bin/libanswer.so answer.c
  cc -o bin/program program.c -Lbin -lanswer "-Wl,-rpath,\$ORIGIN"
  ln -s bin/program link
  status=0
  guarded -- ./link || status=$?
  [ "$status" -eq 5 ]
}

@test "a program for another architecture is not started" {
  library_only 'what runs here at all is reached'
  cp -L /bin/sh program
  printf '\026\0' | dd of=program bs=1 seek=18 conv=notrunc 2>/dev/null # e_machine: s390
  run guarded -- ./program
  says 's390'
  printf '#!%s\n' "$PWD/program" >script
  chmod +x script
  run guarded -- ./script
  says 's390'
}

@test "a script whose interpreter is missing is told by the name of that" {
  printf '#!/bin/sh\r\necho\r\n' >script
  chmod +x script
  run guarded -- ./script
  [ "$status" -eq 127 ]
  [[ $output == *"first line of './script' asks for '/bin/sh\\u000d'"*"Unix line endings"* ]]
  printf '#!/usr/bin/env no-such-program\n' >script
  run guarded -- ./script
  [ "$status" -eq 127 ]
  [[ $output == *"asks for 'no-such-program', which was not found"* ]]
}

@test "a filter against faccessat2 keeps nothing from starting" {
  need strace
  strace -qq -o log true || skip "strace may not trace here"
  strace -qq -o log -e inject=faccessat2:error=EPERM "$NC" -P --no-verify -- true
  grep -q 'faccessat2.*INJECTED' log || skip "this libc does not call it"
  strace -qq -o log -e inject=faccessat2:error=EPERM "$NC" -P --explain new-name | grep -q succeeds
}

@test "beside a library for another architecture the loader finds its own by \$LIB, and the path follows" {
  library_only 'none is loaded'
  need readelf
  local own loader
  loader=$(readelf -lW "$(command -v sh)" | sed -n 's/.*program interpreter: \(.*\)\]/\1/p')
  own=$("$loader" --list-diagnostics 2>/dev/null | sed -n 's/^dl_dst_lib="\(.*\)"/\1/p')
  [ -n "$own" ] || skip "this loader does not say what it makes of \$LIB"
  mkdir 'o[dd]'
  cd 'o[dd]'
  mkdir -p usr/bin "usr/$own" usr/lib64 usr/lib/other-linux-gnu
  cp "$NC" usr/bin/noclobber
  cp "$SHIM" "usr/$own/libnoclobber.so"
  # Byte 18 is the machine that it is for (elf(5)).
  { head -c 18 "$SHIM"; printf '\376\376'; tail -c +21 "$SHIM"; } >usr/lib/other-linux-gnu/libnoclobber.so
  # shellcheck disable=SC2016 # for the inner shell
  run usr/bin/noclobber -q -P --no-verify -- sh -c 'echo "$LD_PRELOAD"'
  echo "$output"
  [ "$output" = "$PWD/usr/\$LIB/libnoclobber.so:$PWD/usr/$own/libnoclobber.so" ]
  # Where $LIB leads to nothing it is not written.
  mv "usr/$own/libnoclobber.so" usr/lib64/ || skip "$own is where this system has them"
  # shellcheck disable=SC2016 # for the inner shell
  run usr/bin/noclobber -q -P --no-verify -- sh -c 'echo "$LD_PRELOAD"'
  [ "$output" = "$PWD/usr/lib64/libnoclobber.so" ]
}

@test "what env makes of its options is left to env" {
  printf '#!/usr/bin/env -S "sh" -e\necho reached\n' >script
  chmod +x script
  ./script || skip "this env has no -S"
  [ "$(guarded -- ./script)" = reached ]
  mkdir bin
  printf '#!/bin/sh\necho found\n' >bin/foo
  chmod +x bin/foo
  printf '#!/usr/bin/env -S PATH=%s/bin foo\n' "$PWD" >script
  [ "$(guarded -- ./script)" = found ]
}

@test "a program that changes its ids is not started, nor a script of it" {
  library_only 'the tracer reaches it'
  need_root
  cp -L /bin/sh program
  chown 65534 program
  chmod 4755 program
  run guarded -- ./program -c true
  says 'set-user-ID'
  printf '#!%s\n' "$PWD/program" >script
  chmod +x script
  run guarded -- ./script
  says 'set-user-ID'
}

@test "a library whose path ld.so cannot take is an error" {
  library_only 'none is loaded'
  mkdir 'a b' 'a:b'
  for folder in 'a b' 'a:b'; do
    cp "$SHIM" "$NC" "$folder"
    run "$folder/noclobber" --protect-all true
    [ "$status" -eq 125 ]
  done
}

@test "in a terminal: Ctrl-C reaches the command, once" {
  listener
  "$TERMINAL" 'prompt: ' "'$NC' --protect-all --no-verify python3 listener.py\n" \
    listening '\x03' got-2 'end\n' 'prompt: ' 'echo status=$?\n' status=11
}

@test "in a terminal: Ctrl-C ends a command that does not care" {
  "$TERMINAL" 'prompt: ' "'$NC' --protect-all --no-verify sh -c 'echo lis\"\"tening; exec cat'\n" \
    listening '\x03' 'prompt: ' 'echo status=$?\n' status=130
}

@test "in a terminal: Ctrl-Z stops both, fg continues both" {
  listener
  "$TERMINAL" 'prompt: ' "'$NC' --protect-all --no-verify python3 listener.py\n" \
    listening '\x1a' Stopped '' 'prompt: ' 'fg\n' got-18 'end\n' 'prompt: ' 'echo status=$?\n' status=10
}

@test "in a terminal: a command in the background that reads is stopped, and goes on in the foreground" {
  listener
  # shellcheck disable=SC2016 # the shell in the terminal expands it
  "$TERMINAL" 'prompt: ' "'$NC' --protect-all --no-verify python3 listener.py &\n" \
    listening 'until [ "$(jobs -s)" ]; do sleep 0.1; done\n' \
    Stopped '' 'prompt: ' 'fg\n' got-18 'end\n' 'prompt: ' 'echo status=$?\n' status=10
}

@test "in a terminal: Ctrl-C reaches a command in a process group of its own" {
  need timeout
  "$TERMINAL" 'prompt: ' "'$NC' --protect-all --no-verify timeout 100 sh -c 'echo lis\"\"tening; while :; do :; done'\n" \
    listening '\x03' 'prompt: ' 'echo status=$?\n' status=1
}
