#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# 32-bit programs beside 64-bit ones, each with the library that is its own: ld.so's $LIB, and the choice of `noclobber`. On
# x86-64 with an i386 libc, which the machine runs as it is.

load ../common
load architecture

setup_file() {
  [ -e /usr/i686-linux-gnu/lib/libc.so.6 ] && command -v i686-linux-gnu-gcc >/dev/null || return 0
  has_int80 || return 0
  architecture i386
  port libnoclobber.so
  port_programs tests/programs/call
}

# installed FOLDER_64 FOLDER_32: the command and both libraries as a system has them, below ./usr; ./call32 and ./call64.
installed() {
  architecture i386
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

# installed_as_this_system_has_them: where the two loaders' $LIB points.
installed_as_this_system_has_them() {
  local one two
  need readelf
  architecture i386
  one=$(lib_of "$PROGRAMS/call") two=$(lib_of "$PORT/tests/programs/call")
  [[ -n $one && -n $two ]] || skip "this glibc does not say what it makes of \$LIB"
  [ "$one" != "$two" ]
  installed "$one" "$two"
}

@test "\$LIB in quotes gives each program the library of its own, in one tree of processes" {
  installed_as_this_system_has_them
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

@test "noclobber gives each program further down the library of its own" {
  installed_as_this_system_has_them
  # shellcheck disable=SC2016 # for the inner shell
  run usr/bin/noclobber --log "$LOG" --refused-status 0 --protect-all -- sh -c \
    'echo "preload $LD_PRELOAD"; ./call32 EEXIST rename new old && ./call64 EEXIST rename new old'
  echo "$output"
  [ "$status" -eq 0 ]
  # shellcheck disable=SC2016 # as it stands
  [[ $output == *"preload $PWD/usr/\$LIB/libnoclobber.so:$PWD/usr/"*/libnoclobber.so$'\n'* ]]
  [[ $output == *"refused 2 renames"* ]]
  [ "$(events 'e["program"].rsplit("/")[-1]' | xargs)" = "call32 call64" ]
}

# another_loader: ./ld.so is this machine's, with another word for $LIB, as those of Nix and Homebrew have.
another_loader() {
  cp -L "$(readelf -lW "$PROGRAMS/call" | sed -n 's/.*program interpreter: \(.*\)\]/\1/p')" ld.so
  python3 - "$(lib_of "$PROGRAMS/call")" <<'END' || skip "this loader does not have the word for \$LIB in it"
import sys
word = b"\0LIB\0" + sys.argv[1].encode() + b"\0"
loader = open("ld.so", "rb").read()
if word not in loader:
    sys.exit(1)
open("ld.so", "wb").write(loader.replace(word, word[:-2] + b"X\0"))
END
  ./ld.so "$PROGRAMS/call" ENOENT rename nothing nowhere
}

@test "a program of a loader with another \$LIB keeps the library that it had" {
  installed_as_this_system_has_them
  another_loader
  # shellcheck disable=SC2016 # for the inner shell
  run usr/bin/noclobber --refused-status 0 --protect-all -- sh -c './ld.so ./call64 EEXIST rename new old'
  echo "$output"
  [ "$status" -eq 0 ]
  [[ $output == *"refused 1 rename"* ]]
  [ "$(cat old)" = old ]
}

@test "the path is a plain one where there is one library, and where \$LIB means another place" {
  installed_as_this_system_has_them
  mkdir -p other/bin other/lib64 other/lib32
  cp usr/bin/noclobber other/bin
  cp "$SHIM" other/lib32/
  cp "$PORT/libnoclobber.so" other/lib64/
  # shellcheck disable=SC2016 # for the inner shell
  [ "$(other/bin/noclobber -q --protect-all -- sh -c 'echo "$LD_PRELOAD"')" = "$PWD/other/lib32/libnoclobber.so" ]
  rm other/lib64/libnoclobber.so
  # shellcheck disable=SC2016 # for the inner shell
  [ "$(other/bin/noclobber -q --protect-all -- sh -c 'echo "$LD_PRELOAD"')" = "$PWD/other/lib32/libnoclobber.so" ]
}

@test "where there is none for the command, noclobber says so and does not start it" {
  installed lib/x86_64-linux-gnu lib/i386-linux-gnu
  rm usr/lib/i386-linux-gnu/libnoclobber.so
  run usr/bin/noclobber --protect-all -- ./call32 0 rename new other
  [ "$status" -eq 125 ]
  [[ $output == *"is a program for 32-bit x86, but the library is for 64-bit x86"* ]]
  [ ! -e other ]
}

@test "a library that is named is taken as it is" {
  installed lib64 lib
  run env NOCLOBBER_LIBRARY="$PWD/usr/lib64/libnoclobber.so" usr/bin/noclobber --protect-all -- ./call32 0 rename new other
  [ "$status" -eq 125 ]
  NOCLOBBER_LIBRARY=$PWD/usr/lib/libnoclobber.so usr/bin/noclobber -q --refused-status 0 --protect-all -- ./call32 EEXIST rename new old
}
