#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# 32-bit programs beside 64-bit ones, each with the library that is its own: ld.so's $LIB, and the choice of `noclobber`. On
# x86-64 with an i386 libc, which the machine runs as it is.

load ../common
load architecture

setup_file() {
  architecture i386
  is_native || skip "i386 programs do not run here"
  port libnoclobber.so
  port_programs tests/programs/call
}

# installed FOLDER_64 FOLDER_32: the command and both libraries as a system has them, below ./usr; ./call32 and ./call64.
installed() {
  architecture i386
  is_native || skip "i386 programs do not run here"
  mkdir -p usr/bin "usr/$1" "usr/$2"
  cp "$NOCLOBBER" usr/bin/
  cp "$SHIM" "usr/$1/"
  cp "$PORT/libnoclobber.so" "usr/$2/"
  cp "$PORT/tests/programs/call" call32
  cp "$PROGRAMS/call" call64
  echo new >new
  echo old >old
}

# lib_of PROGRAM: what its loader makes of $LIB.
lib_of() {
  local loader
  loader=$(readelf -lW "$1" | sed -n 's/.*program interpreter: \(.*\)\]/\1/p')
  "$loader" --list-diagnostics 2>/dev/null | sed -n 's/^dl_dst_lib="\(.*\)"/\1/p'
}

@test "\$LIB in quotes gives each program the library of its own, in one tree of processes" {
  local one two
  need readelf
  architecture i386
  one=$(lib_of "$PROGRAMS/call") two=$(lib_of "$PORT/tests/programs/call")
  [ -n "$one" ] && [ -n "$two" ] || skip "this glibc does not say what it makes of \$LIB"
  [ "$one" != "$two" ]
  installed "$one" "$two"
  # shellcheck disable=SC2016 # ld.so expands it
  run env LD_PRELOAD="$PWD"'/usr/$LIB/libnoclobber.so' NOCLOBBER_LOG="$LOG" \
    sh -c './call32 EEXIST rename new old && ./call64 EEXIST rename new old'
  echo "$output"
  [ "$status" -eq 0 ]
  [ -z "$output" ]
  [ "$(events 'e["program"].rsplit("/")[-1]' | xargs)" = "call32 call64" ]
}

# chooses FOLDER_64 FOLDER_32: noclobber takes the one that the command can load.
chooses() {
  installed "$@"
  usr/bin/noclobber -q --refused-status 0 --protect-all -- ./call32 EEXIST rename new old
  usr/bin/noclobber -q --refused-status 0 --protect-all -- ./call64 EEXIST rename new old
  [ "$(cat old)" = old ]
}

@test "noclobber takes the library of the command's architecture, as Debian has them" {
  chooses lib/x86_64-linux-gnu lib/i386-linux-gnu
}

@test "noclobber takes the library of the command's architecture, as Fedora has them" {
  chooses lib64 lib
}

@test "where there is none for the command, noclobber says so and does not start it" {
  installed lib/x86_64-linux-gnu lib/i386-linux-gnu
  rm usr/lib/i386-linux-gnu/libnoclobber.so
  run usr/bin/noclobber --protect-all -- ./call32 0 rename new other
  [ "$status" -eq 125 ]
  [[ $output == *"is a program for 32-bit x86 and the library one for 64-bit x86"* ]]
  [ ! -e other ]
}

@test "a library that is named is taken as it is" {
  installed lib64 lib
  run env NOCLOBBER_LIBRARY="$PWD/usr/lib64/libnoclobber.so" usr/bin/noclobber --protect-all -- ./call32 0 rename new other
  [ "$status" -eq 125 ]
  NOCLOBBER_LIBRARY=$PWD/usr/lib/libnoclobber.so usr/bin/noclobber -q --refused-status 0 --protect-all -- ./call32 EEXIST rename new old
}
