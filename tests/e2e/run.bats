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

@test "a command that leaves a daemon is not waited for, and the daemon goes on, guarded" {
  mkfifo go finished
  echo old >old
  run guarded -- sh -c '(read x <go; echo new >new; mv new old 2>/dev/null; echo $? >finished) >/dev/null 2>&1 3>&- &'
  echo "$output"
  [ "$status" -eq 0 ]
  [ "$output" = 'noclobber: 1 process of the command still running, not in these counts' ]
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
  says 'with --trace'
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
  says 'with --trace'
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
  [[ $output == *"first line of './script' asks for '/bin/sh\\u000d'"*"line ends of Unix"* ]]
  printf '#!/usr/bin/env no-such-program\n' >script
  run guarded -- ./script
  [ "$status" -eq 127 ]
  [[ $output == *"asks for 'no-such-program', which was not found"* ]]
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
