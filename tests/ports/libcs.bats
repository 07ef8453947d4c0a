#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# One file for every libc: the library that was built here, in the programs of Debian's releases from glibc 2.31 on, each under its
# own loader, and in musl's. Programs linked against the oldest run in all of them; the packages come from Debian's mirror.

load ../common
load behaviour

RELEASES=(bullseye bookworm trixie sid)

# What is run of each release.
PACKAGES=(libc6 libcrypt1 libselinux1 libacl1 libattr1 libpcre2-8-0 coreutils sed perl-base dash)

setup_file() {
  local release more
  export RELEASE_FOLDER=$BATS_FILE_TMPDIR
  TRIPLET=$(cc -dumpmachine)
  [ -n "${ALL-}" ] || return 0
  for release in "${RELEASES[@]}"; do
    more=()
    [ "$release" != bullseye ] || more=(libc6-dev linux-libc-dev libcrypt-dev)
    "$BATS_TEST_DIRNAME/fetch" "$RELEASE_FOLDER/$release" "$release" "$(dpkg --print-architecture)" "${PACKAGES[@]}" "${more[@]}" \
      >"$RELEASE_FOLDER/$release.said" 2>&1 &
  done
  wait
  [ -e "$RELEASE_FOLDER/bullseye/usr/include/stdio.h" ] || return 0
  local oldest=$RELEASE_FOLDER/bullseye
  local libraries="-B$oldest/usr/lib/$TRIPLET -L$oldest/lib/$TRIPLET -L$oldest/usr/lib/$TRIPLET"
  build "gcc --sysroot=$oldest $libraries" "$RELEASE_FOLDER/old" -O1
}

# build CC FOLDER CFLAGS: the programs of behaviour.bash. Only one of them links libdl: where it is a library of its own, the others
# have no dlsym.
build() {
  env -u MAKEFLAGS -u MAKELEVEL make -s -C "$ROOT" CC="$1" BUILD="$2" CFLAGS="$3" LDFLAGS='-Wl,--no-as-needed -ldl' \
    "$2/tests/programs/call"
  env -u MAKEFLAGS -u MAKELEVEL make -s -C "$ROOT" CC="$1" BUILD="$2" CFLAGS="$3" "${BEHAVIOUR[@]/#/$2/tests/programs/}"
}

# inside COMMAND [ARGUMENT…]: runs it in the release's own root, where the current folder and the test's are what they are here.
inside() {
  # shellcheck disable=SC2016 # the shell below expands it
  unshare "${UNSHARE[@]}" sh -ec '
    root=$1 folder=$2 here=$3
    shift 3
    mount --bind "$folder" "$root$folder"
    mount --rbind /proc "$root/proc"
    mount --rbind /dev "$root/dev"
    exec chroot "$root" /usr/bin/env -C "$here" "$@"' - "$RELEASE" "$BATS_TEST_TMPDIR" "$PWD" "$@"
}

# hosted …: for behaviour.bash, in the release of that name, or in musl's programs.
hosted() {
  local variables=("NOCLOBBER_LOG=$LOG")
  while [[ $1 == *=* ]]; do
    variables+=("$1")
    shift
  done
  if [ -n "${MUSL:-}" ]; then
    env "${variables[@]}" LD_PRELOAD="$SHIM" "$MUSL/$1" "${@:2}"
  else
    inside "${variables[@]}" LD_PRELOAD=/libnoclobber.so "/programs/$1" "${@:2}"
  fi
}

# guarded COMMAND [ARGUMENT…]: a program of the release itself, under the library.
guarded() {
  inside PATH=/usr/bin:/bin LC_ALL=C NOCLOBBER_LOG="$LOG" LD_PRELOAD=/libnoclobber.so "$@"
}

# release NAME: the library does in its programs what it does in others, and its own programs are told.
release() {
  RELEASE=$RELEASE_FOLDER/$1
  [ -n "${ALL-}" ] || skip "asks Debian's mirror: scripts/test all"
  [ -e "$RELEASE/usr/bin/env" ] || skip "no $1 here: $(cat "$RELEASE.said")"
  need unshare chroot
  UNSHARE=(-m)
  [ "$(id -u)" = 0 ] || UNSHARE=(-r -m)
  unshare "${UNSHARE[@]}" mount --bind / /mnt 2>/dev/null || skip "no mounts of one's own here"
  mkdir -p "$RELEASE/proc" "$RELEASE/dev" "$RELEASE/tmp" "$RELEASE/programs" "$RELEASE$BATS_TEST_TMPDIR"
  cp "$SHIM" "$RELEASE/libnoclobber.so"
  cp "$RELEASE_FOLDER"/old/tests/programs/* "$RELEASE/programs/"
  behaves
  real_programs
}

real_programs() {
  local program
  echo "mv, ln, sed, perl and dash of the release"
  for program in 'mv new old' 'mv -f new old' 'mv -T new old' 'ln -sfn new old' 'sed -i s/old/x/ old' \
    'perl -e "exit(!rename(q(new), q(old)))"'; do
    afresh
    run guarded sh -c "$program"
    echo "$program: $output"
    [ "$status" -ne 0 ]
    [ "$(cat new old)" = $'new\nold' ]
    [ "$(refusals)" -ge 1 ]
  done
  afresh
  guarded sh -c 'mv new a && perl -e "exit(!rename(q(a), q(b)))" && mv b c'
  [ "$(cat c)" = new ] && [ ! -e "$LOG" ]
}

@test "bullseye, glibc 2.31" { release bullseye; }

@test "bookworm, glibc 2.36" { release bookworm; }

@test "trixie, glibc 2.41" { release trixie; }

@test "sid, the newest glibc" { release sid; }

# Linux's own headers are no part of musl's.
linux_headers() {
  echo "-idirafter /usr/include -idirafter /usr/include/$(cc -dumpmachine)"
}

@test "musl" {
  need musl-gcc
  build musl-gcc "$PWD/musl" "-O1 $(linux_headers)"
  MUSL=$PWD/musl/tests/programs
  "$MUSL/clone_stack" 2>/dev/null || export NO_LEAF=yes
  behaves
}

@test "musl: a child that returns from syscall(2) on a stack of its own" {
  need musl-gcc
  build musl-gcc "$PWD/musl" "-O1 $(linux_headers)"
  MUSL=$PWD/musl/tests/programs
  "$MUSL/clone_stack" || skip "this musl's own syscall(2) keeps a frame on the stack"
  hosted clone_stack
}

# command_with CC [FLAG…]: library and command build with it, without a warning, and the command keeps a file from being replaced.
command_with() {
  env -u MAKEFLAGS -u MAKELEVEL make -s -C "$ROOT" ${CI:+WERROR=1} BUILD="$PWD/b" CC="$1 ${*:2} $(linux_headers)" CFLAGS=-O1 \
    COMMAND_LDFLAGS=-static all
  echo old >old
  echo new >new
  run env NOCLOBBER_LIBRARY="$SHIM" b/noclobber --quiet --protect-all -- sh -c 'mv new old; exit 0'
  echo "$output"
  [ "$status" -eq 17 ]
  [ "$(cat old)" = old ]
}

@test "musl's headers as they are since 1.2.5, where struct statx is declared without stx_mnt_id" {
  need musl-gcc
  local header
  header=$(echo '#include <sys/stat.h>' | musl-gcc -E - | sed -n 's/^# 1 "\(.*sys\/stat.h\)".*/\1/p' | head -n 1)
  mkdir -p include/sys
  cp "$header" include/sys/stat.h
  cat >>include/sys/stat.h <<'END'
#if defined(_GNU_SOURCE) && !defined(STATX_BASIC_STATS)
#define STATX_BASIC_STATS 0x7ffU
#define STATX_INO 0x100U
#define STATX_BTIME 0x800U
struct statx_timestamp { long long tv_sec; unsigned tv_nsec, pad; };
struct statx {
	unsigned stx_mask, stx_blksize;
	unsigned long long stx_attributes;
	unsigned stx_nlink, stx_uid, stx_gid;
	unsigned short stx_mode, pad0[1];
	unsigned long long stx_ino, stx_size, stx_blocks, stx_attributes_mask;
	struct statx_timestamp stx_atime, stx_btime, stx_ctime, stx_mtime;
	unsigned stx_rdev_major, stx_rdev_minor, stx_dev_major, stx_dev_minor;
	unsigned long long pad1[14];
};
#endif
END
  command_with musl-gcc "-isystem $PWD/include"
}

# newest_musl RELEASE: the musl of that release of Debian.
newest_musl() {
  [ -n "${ALL-}" ] || skip "asks Debian's mirror: scripts/test all"
  need gcc dpkg
  local folder=$PWD/musl specs
  run "$BATS_TEST_DIRNAME/fetch" "$folder" "$1" "$(dpkg --print-architecture)" musl-dev musl musl-tools
  [ "$status" -eq 0 ] || skip "$output"
  specs=$(echo "$folder"/usr/lib/*/musl-gcc.specs)
  sed -i "s|/usr/|$folder/usr/|g" "$specs"
  command_with gcc "-specs=$specs"
}

@test "the musl of trixie, 1.2.5: the command builds with it" { newest_musl trixie; }

@test "the musl of sid: the command builds with it" { newest_musl sid; }
