#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What the library does not stop (libnoclobber(7), SECURITY CONSIDERATIONS), item by item: each is as it says, and no event tells of it. Whoever relies on the table
# for what is stopped, or on noclobber(1) for the rest, must find it true.

load ../common

# unstopped COMMAND…: old is replaced, or rewritten, by what new holds, under a shim that guards everything, without a word.
unstopped() {
  echo new >new
  echo old >old
  shim "$@"
  [ "$(cat old)" = new ]
  [ ! -e "$LOG" ]
}

@test "writing in place: >, cp, install, tee" {
  unstopped sh -c 'cat new >old'
  unstopped cp new old
  unstopped install new old
  unstopped sh -c 'tee old <new'
}

@test "writing in place: a compiler and a linker" {
  need cc
  echo 'int main(void) { return 0; }' >main.c
  shim cc -o program main.c
  echo 'int main(void) { return 7; }' >main.c
  shim cc -o program main.c
  run ./program
  [ "$status" -eq 7 ]
  [ ! -e "$LOG" ]
}

@test "removing first: rm and then create, tar -x, gzip -f" {
  unstopped sh -c 'rm old; mv new old'
  echo new >new
  tar -cf t.tar --transform s/new/old/ new
  unstopped tar -xf t.tar
  rm -f old
  echo new >old
  gzip -c old >old.gz
  unstopped gzip -df old.gz
}

@test "copying after any error: Python's shutil.move, which ON_REFUSAL=exit does stop" {
  need python3
  echo new >new
  echo old >old
  run shim NOCLOBBER_ON_REFUSAL=exit python3 -c 'import shutil; shutil.move("new", "old")'
  [ "$status" -eq 17 ]
  [ "$(cat old)" = old ]
  shim python3 -c 'import shutil; shutil.move("new", "old")'
  [ "$(cat old)" = new ]
}

@test "moving or removing what is protected" {
  mkdir dist
  echo old >dist/app
  shim NOCLOBBER_PROTECT=dist/ mv dist/app elsewhere
  mv elsewhere dist/app
  shim NOCLOBBER_PROTECT=dist/ rm dist/app
  [ ! -e "$LOG" ]
}

@test "exchanging two files: the protected name has the other one, which is nowhere lost" {
  echo new >new
  echo old >old
  shim "$PROGRAMS/call" 0 exchange new old
  [ "$(cat old new)" = $'new\nold' ]
  [ ! -e "$LOG" ]
}

@test "programs that cannot load it: a static one" {
  need gcc
  gcc -static -D_GNU_SOURCE -o call "$ROOT/tests/programs/call.c" 2>/dev/null || skip "no static libc on this machine"
  unstopped ./call 0 rename new old
}

@test "programs that cannot load it: one of Go" {
  need go
  export HOME=$PWD GOCACHE=$PWD/cache GO111MODULE=off
  printf '%s\n' 'package main' 'import "os"' 'func main() { if os.Rename("new", "old") != nil { os.Exit(1) } }' >main.go
  go build -o mover main.go
  unstopped ./mover
}

@test "programs that cannot load it: raw system calls" {
  unstopped "$PROGRAMS/bypass" instruction new old
}

@test "programs that cannot load it: io_uring" {
  local status=0
  echo new >new
  echo old >old
  "$PROGRAMS/bypass" uring new old || status=$?
  [ "$status" -ne 77 ] || skip "no io_uring on this machine"
  unstopped "$PROGRAMS/bypass" uring new old
}

# libnoclobber(7) has this one besides.
@test "libraries opened with RTLD_DEEPBIND" {
  need cc
  echo '#include <stdio.h>
int move(void) { return rename("new", "old"); }' >plugin.c
  echo '#include <dlfcn.h>
int main(void) {
  int (*move)(void) = (int (*)(void))dlsym(dlopen("./plugin.so", RTLD_NOW | RTLD_DEEPBIND), "move");
  return move() != 0;
}' >host.c
  cc -shared -fPIC -o plugin.so plugin.c
  cc -D_GNU_SOURCE -o host host.c -ldl
  unstopped ./host
}

@test "programs without the variable: env -i" {
  unstopped env -i mv new old
}

@test "what a process without the library does on request" {
  mkfifo request answer
  echo new >new
  echo old >old
  sh -c 'read -r from to <request; mv "$from" "$to"; echo done >answer' &
  shim sh -c 'echo new old >request; read -r _ <answer'
  wait
  [ "$(cat old)" = new ]
  [ ! -e "$LOG" ]
}

@test "programs that filter their own system calls: one that kills on renameat2 kills" {
  echo new >new
  run "$PROGRAMS/filter" renameat2=KILL "$PROGRAMS/call" 0 rename new free
  [ "$status" -eq 0 ]
  run "$PROGRAMS/filter" renameat2=KILL env LD_PRELOAD="$SHIM" "$PROGRAMS/call" 0 rename free new
  [ "$status" -eq 159 ] # 128 + SIGSYS
  [ -e free ]
}
