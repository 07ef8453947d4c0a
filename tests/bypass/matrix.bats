#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Renames by other languages, libraries and processors, each under the library, under noclobber and under noclobber --trace: what
# became of them is as the table in tests/README.md says. `tests/bypass/tabulate` writes that table, by running this file with
# $ROWS naming a file for its rows.

# Code of other languages, and Markdown.
# shellcheck disable=SC2016

load ../common

SOURCES=$ROOT/tests/bypass/programs
REFUSED='refused'
ABSENT='`ENOSYS`'

setup() {
  cd "$BATS_TEST_TMPDIR" || return 1
  LOG=$BATS_TEST_TMPDIR/log.jsonl
  AS=()
}

# lacks REASON: skips the case; a row of an earlier run stays.
lacks() {
  [ -z "${ROWS-}" ] || grep -F "| $TITLE |" "$ROOT/tests/README.md" >>"$ROWS" || true
  skip "$1"
}

wants() { # wants TOOL…
  local tool
  for tool in "$@"; do
    command -v "$tool" >/dev/null || lacks "no $tool on this machine"
  done
}

# attempt [PREFIX…] -- COMMAND…: runs the command behind the prefix where dist/old is in its way; sets STATUS and OUTCOME.
attempt() {
  local prefix=()
  while [ "$1" != -- ]; do
    prefix+=("$1")
    shift
  done
  shift
  rm -rf ground "$LOG"
  mkdir -p ground/dist
  echo old >ground/dist/old
  echo new >ground/new
  : >"$LOG"
  if [ ${#AS[@]} -gt 0 ]; then
    chown -R 65534:65534 ground "$LOG"
  fi
  STATUS=0
  (cd ground && "${AS[@]}" "${prefix[@]}" "$@" "$PWD/new" "$PWD/dist/old") >said 2>&1 3>&- || STATUS=$?
  name_outcome
}

name_outcome() {
  if [ "$(cat ground/dist/old)" = new ] && [ ! -e ground/new ]; then
    OUTCOME='**replaced**'
    [ "$STATUS" != 17 ] || OUTCOME='replaced, and told'
  elif [ "$(cat ground/dist/old ground/new)" != $'old\nnew' ]; then
    OUTCOME='something else'
  elif [ "$(refusals)" -gt 0 ]; then
    OUTCOME=$REFUSED
  elif [ "$STATUS" = 125 ]; then
    OUTCOME='not started'
  elif [ "$STATUS" = 38 ] || [ "$STATUS" = 77 ]; then
    OUTCOME=$ABSENT # errno, or what tests/programs/bypass.c says then
  else
    OUTCOME="status $STATUS"
  fi
}

# way COMMAND…: the command with source and destination behind it, unguarded and under each guard, is what the row of $TITLE says.
way() {
  local row
  local policy=(--protect dist/ --log "$LOG")
  attempt -- "$@"
  [ "$OUTCOME" != "$ABSENT" ] || lacks "this kernel does not have that call, or does not allow it"
  cat said
  [ "$OUTCOME" = '**replaced**' ]
  attempt env LD_PRELOAD="$SHIM" NOCLOBBER_PROTECT=dist/ NOCLOBBER_LOG="$LOG" -- "$@"
  row="| $TITLE | $OUTCOME |"
  attempt "$NOCLOBBER" "${policy[@]}" -- "$@"
  row+=" $OUTCOME |"
  attempt "$NOCLOBBER" --trace "${policy[@]}" -- "$@"
  row+=" $OUTCOME |"
  cat said
  echo "$row"
  [ "$OUTCOME" = "$REFUSED" ] || [ "$OUTCOME" = "$ABSENT" ] || [ -n "${REMOVES-}" ]
  if [ -n "${ROWS-}" ]; then
    echo "$row" >>"$ROWS"
  else
    grep -Fx "$row" "$ROOT/tests/README.md"
  fi
}

# begin TITLE: first in each case.
begin() {
  TITLE=$1
  "$NOCLOBBER" --trace -P -q --no-verify true || lacks "$("$NOCLOBBER" --trace -P -q --no-verify true 2>&1)"
}

# compile COMPILER… : builds tests/programs/call.c as ./call with it.
compile() {
  "$@" -D_GNU_SOURCE -I"$ROOT/shim" -o call "$ROOT/tests/programs/call.c" 2>messages || lacks "no libc for $1 here: $(tail -n 1 messages)"
}

# c_way COMPILER…: tests/programs/call.c, built by that compiler.
c_way() {
  wants "$1"
  "$@" -D_GNU_SOURCE -o call "$ROOT/tests/programs/call.c" 2>messages || lacks "no libc for $* here: $(tail -n 1 messages)"
  ./call 2>messages || lacks "this kernel does not run it: $(tail -n 1 messages)"
  way "$PWD/call" 0 rename
}

# script INTERPRETER SCRIPT: one of programs/.
script() {
  wants "$1"
  way "$1" "$SOURCES/$2"
}

# ---- C and the kernel --------------------------------------------------------------------------

@test "rename, renameat, renameat2 of libc" {
  begin '`rename`, `renameat`, `renameat2` of libc'
  way "$PROGRAMS/call" 0 renameat
  way "$PROGRAMS/call" 0 renameat2
  way "$PROGRAMS/call" 0 rename
}

@test "syscall of libc" {
  begin '`syscall` of libc'
  way "$PROGRAMS/call" 0 syscall:rename
  way "$PROGRAMS/call" 0 syscall:renameat
  way "$PROGRAMS/call" 0 syscall:renameat2
}

@test "an environment without the variable" {
  begin '`env -i mv`'
  way env -i "$(command -v mv)" -f
}

@test "inline assembly" {
  begin 'inline assembly'
  way "$PROGRAMS/instruction" rename
  way "$PROGRAMS/instruction" renameat
  way "$PROGRAMS/instruction" renameat2
  way "$PROGRAMS/instruction" high
}

@test "int 0x80" {
  begin '`int 0x80` from a 64-bit program'
  has_int80 || lacks "no int 0x80 on this kernel"
  way "$PROGRAMS/instruction" i386
}

@test "io_uring" {
  begin 'io_uring, by system call'
  way "$PROGRAMS/bypass" uring
}

@test "liburing" {
  begin 'io_uring, by liburing'
  cc -o uring "$SOURCES/uring.c" -luring 2>messages || lacks "no liburing here: $(tail -n 1 messages)"
  way "$PWD/uring"
}

# ---- C libraries and architectures -------------------------------------------------------------

@test "glibc, static" {
  begin 'glibc, static'
  c_way cc -static
}

@test "musl, dynamic" {
  begin 'musl, dynamic'
  c_way musl-gcc
}

@test "musl, static" {
  begin 'musl, static'
  c_way musl-gcc -static
}

@test "32-bit, dynamic" {
  begin 'i386, dynamic'
  local libraries=/usr/i686-linux-gnu/lib # where Debian's cross compiler has its libc
  c_way i686-linux-gnu-gcc -Wl,--dynamic-linker=$libraries/ld-linux.so.2 -Wl,-rpath,$libraries
}

@test "32-bit, static" {
  begin 'i386, static'
  c_way i686-linux-gnu-gcc -static
}

@test "busybox, static" {
  begin 'busybox, static'
  local busybox
  for busybox in busybox.static busybox; do
    file -L "$(command -v "$busybox")" 2>/dev/null | grep -q 'statically linked' && break
    busybox=
  done
  [ -n "$busybox" ] || lacks "no static busybox on this machine"
  way "$(command -v "$busybox")" mv
}

# ---- languages ---------------------------------------------------------------------------------

@test "C++" {
  begin 'C++, `std::filesystem::rename`'
  wants c++
  c++ -std=c++17 -o move "$SOURCES/move.cc" 2>messages || lacks "no C++17 here: $(tail -n 1 messages)"
  way "$PWD/move"
}

@test "Go" {
  begin 'Go, `os.Rename`'
  wants go
  HOME=$PWD GOCACHE=$ROOT/$BUILD/go-cache GO111MODULE=off go build -o move "$SOURCES/move.go"
  way "$PWD/move"
}

@test "Java" {
  begin 'Java, `Files.move` with `ATOMIC_MOVE`'
  wants java javac
  javac -d . "$SOURCES/Move.java"
  way java -XX:TieredStopAtLevel=1 -Xshare:auto -cp "$PWD" Move
}

@test "Java, which removes the destination first" {
  begin 'Java, `Files.move` with `REPLACE_EXISTING`, which removes first'
  wants java javac
  javac -d . "$SOURCES/Move.java"
  REMOVES=yes way java -XX:TieredStopAtLevel=1 -Xshare:auto -cp "$PWD" -Dremoves=true Move
}

@test "Lua" {
  begin 'Lua, `os.rename`'
  script lua5.4 move.lua
}

@test "Node" {
  begin 'Node, `fs.renameSync`'
  wants node
  way node -e 'require("fs").renameSync(...process.argv.slice(1))'
}

@test "Node with io_uring" {
  begin 'Node that renames by io_uring: `fs.promises`, `UV_USE_IO_URING=1`'
  wants node strace
  touch one
  strace -f -o calls env UV_USE_IO_URING=1 node -e 'require("fs").promises.rename("one", "two")'
  [ -e two ]
  # Not every Node does so: some have no io_uring, some rename by a plain call even with it.
  grep -q 'io_uring_setup(.*= [0-9]' calls && ! grep -q 'rename[a-z0-9]*(.*"two"' calls ||
    lacks "this Node ($(node --version)), or this kernel, does not rename by io_uring"
  way env UV_USE_IO_URING=1 node -e 'require("fs").promises.rename(...process.argv.slice(1)).catch(() => process.exit(1))'
}

@test "Perl" {
  begin 'Perl, `rename`'
  wants perl
  way perl -e 'rename $ARGV[0], $ARGV[1] or die "$!\n"'
}

@test "PHP" {
  begin 'PHP, `rename`'
  script php move.php
}

@test "Python" {
  begin 'Python, `os.rename`, `os.replace`'
  wants python3
  way python3 -c 'import os, sys; os.replace(*sys.argv[1:])'
  way python3 -c 'import os, sys; os.rename(*sys.argv[1:])'
}

@test "Python, ctypes on the program" {
  begin 'Python, `ctypes.CDLL(None).rename`'
  wants python3
  way python3 -c 'import ctypes, os, sys; sys.exit(ctypes.CDLL(None).rename(*map(os.fsencode, sys.argv[1:])) != 0)'
}

@test "Python, ctypes on libc's handle" {
  begin "Python, \`ctypes\` on libc's own handle"
  wants python3
  [[ $(python3 -c 'import platform; print(platform.libc_ver()[0])') = glibc ]] || lacks "this Python is not on glibc"
  way python3 -c 'import ctypes, os, sys; sys.exit(ctypes.CDLL("libc.so.6").rename(*map(os.fsencode, sys.argv[1:])) != 0)'
}

@test "Ruby" {
  begin 'Ruby, `File.rename`'
  wants ruby
  way ruby -e 'File.rename(*ARGV)'
}

@test "Rust" {
  begin 'Rust, `std::fs::rename`'
  wants rustc
  rustc -o move "$SOURCES/move.rs"
  way "$PWD/move"
}

@test "Tcl" {
  begin 'Tcl, `file rename -force`'
  script tclsh move.tcl
}

# ---- privilege ---------------------------------------------------------------------------------

# set_user_id: makes ./call set-user-ID root, and what the case runs an unprivileged user's.
set_user_id() {
  [ "$(id -u)" = 0 ] || lacks "needs root"
  wants setpriv
  mkdir tools
  cp "$ROOT/$BUILD/noclobber" "$SHIM" tools/
  NOCLOBBER=$PWD/tools/noclobber SHIM=$PWD/tools/${SHIM##*/}
  install -m 4755 "$PROGRAMS/call" call
  # The folders above may be root's alone.
  chmod o+x "$BATS_RUN_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_TEST_TMPDIR" 2>/dev/null || true
  AS=(setpriv --reuid=65534 --regid=65534 --clear-groups env "TMPDIR=$PWD/ground")
}

@test "set-user-ID" {
  begin 'a set-user-ID program'
  set_user_id
  way "$PWD/call" 0 rename
}

@test "set-user-ID, further down" {
  begin 'a set-user-ID program that a shell starts'
  set_user_id
  way sh -c '"$0" 0 rename "$@"' "$PWD/call"
}
