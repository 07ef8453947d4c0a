# SPDX-License-Identifier: MIT
# For tests on other processors: `load architecture` after `load ../common`. They build with Debian's cross compilers, and run under
# the emulator of qemu-user, with the library inside the emulated program. i386 runs on x86-64 without an emulator, and not at all
# if the kernel takes no i386 programs: in its emulator, tests/programs/race never ended.
# shellcheck shell=bash

# architecture NAME: selects one, by its name in Debian. Skips the case if its compiler or emulator is missing.
architecture() {
  case $1 in
  i386) TRIPLET=i686-linux-gnu EMULATOR= ;;
  aarch64) TRIPLET=aarch64-linux-gnu EMULATOR=qemu-aarch64 ;;
  armhf) TRIPLET=arm-linux-gnueabihf EMULATOR=qemu-arm ;;
  riscv64) TRIPLET=riscv64-linux-gnu EMULATOR=qemu-riscv64 ;;
  ppc64le) TRIPLET=powerpc64le-linux-gnu EMULATOR=qemu-ppc64le ;;
  s390x) TRIPLET=s390x-linux-gnu EMULATOR=qemu-s390x ;;
  esac
  PORT=$BATS_FILE_TMPDIR/$1
  need "$TRIPLET-gcc"
  [ -e "/usr/$TRIPLET/lib/libc.so.6" ] || skip "no libc for $1 on this machine"
  is_native && return
  [ -n "$EMULATOR" ] || skip "this machine runs no $1 programs"
  need "$EMULATOR"
  # shellcheck disable=SC2034 # of behaviour.bash; the emulator knows only the clone(2) of pthread_create, fork and vfork
  SAME=EEXIST
}

# is_native: whether this machine runs such programs without an emulator.
is_native() {
  [ "$TRIPLET-$(uname -m)" = i686-linux-gnu-x86_64 ] && "/usr/$TRIPLET/lib/ld-linux.so.2" --version >/dev/null 2>&1
}

# port TARGET…: makes these targets for the architecture, in $PORT, with the words of the array MORE.
port() {
  env -u MAKEFLAGS -u MAKELEVEL -u CFLAGS -u LDFLAGS make -s -C "$ROOT" ${CI:+WERROR=1} CC="$TRIPLET-gcc" AR="$TRIPLET-ar" \
    BUILD="$PORT" "${MORE[@]}" "${@/#/$PORT/}"
}

# port_programs TARGET…: the same for programs. If no emulator finds their libc, its path is built into them.
port_programs() {
  local MORE=("${MORE[@]}")
  ! is_native ||
    MORE+=(LDFLAGS="-Wl,--dynamic-linker=/usr/$TRIPLET/lib/ld-linux.so.2,-rpath=/usr/$TRIPLET/lib")
  port "$@"
}

# on_it [NAME=VALUE…] FILE [ARGUMENT…]: runs a program of the architecture, under the library $LIBRARY if that is set.
on_it() {
  local variables=()
  while [[ $1 == *=* ]]; do
    variables+=("$1")
    shift
  done
  if is_native; then
    env "${variables[@]}" ${LIBRARY:+LD_PRELOAD="$LIBRARY"} "$@"
  else
    env "${variables[@]}" "$EMULATOR" -L "/usr/$TRIPLET" ${LIBRARY:+-E LD_PRELOAD="$LIBRARY"} "$@"
  fi
}

# hosted [NAME=VALUE…] PROGRAM [ARGUMENT…]: for behaviour.bash.
hosted() {
  local LIBRARY=$PORT/libnoclobber.so variables=("NOCLOBBER_LOG=$LOG")
  while [[ $1 == *=* ]]; do
    variables+=("$1")
    shift
  done
  on_it "${variables[@]}" "$PORT/tests/programs/$1" "${@:2}"
}
