#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Other preloaded libraries in the same process: fake roots see the renames that are made, translate the paths of our calls
# like the program's own, and what is refused stays refused. In either order of LD_PRELOAD, where that can be chosen.
# What stands in single quotes is for the shell inside.
# shellcheck disable=SC2016

load ../common

teardown() {
  # pseudo leaves a server behind.
  [ ! -d state ] || PSEUDO_PREFIX=/usr PSEUDO_LOCALSTATEDIR=$PWD/state pseudo -S || true
}

pair() {
  echo new >"$1/new"
  echo old >"$1/old"
  echo free >"$1/free"
}

# inside ORDER COMMANDS: prints them with what puts the shim `first` or `last` in an LD_PRELOAD that is set already.
inside() {
  local order=$1
  shift
  case $order in
  first) printf '%s' 'export LD_PRELOAD="$SHIM:$LD_PRELOAD"; ' ;;
  last) printf '%s' 'export LD_PRELOAD="$LD_PRELOAD:$SHIM"; ' ;;
  esac
  printf '%s' "$*"
}

# ---- another copy of the library ----

@test "two copies of the library count and log a call once" {
  library_only "it is about LD_PRELOAD"
  cp "$SHIM" second.so
  cp "$SHIM" third.so
  SHIM=$SHIM:$PWD/second.so:$PWD/third.so
  pair .
  shim NOCLOBBER_MODE=audit "$PROGRAMS/call" 0 rename new old
  pair .
  shim "$PROGRAMS/call" EEXIST rename new old EEXIST syscall:renameat2 new old
  shim NOCLOBBER_ALLOW=free "$PROGRAMS/call" 0 rename new free
  [ "$(events 'e["verdict"]')" = $'audited\nrefused\nallowed' ]
  pair .
  shim NOCLOBBER_MODE=typo "$PROGRAMS/call" EEXIST rename new old 2>err
  [ "$(wc -l <err)" -eq 1 ]
}

@test "two copies of the library, and fakeroot behind both" {
  library_only "it is about LD_PRELOAD"
  cp "$SHIM" second.so
  SHIM=$SHIM:$PWD/second.so under_fakeroot first
}

# ---- fakeroot: a table of owners by inode ----

# Renames that replace are what its table must see: else the new file's owner is lost with its inode. Its own rename does
# not leave errno alone.
under_fakeroot() { # under_fakeroot ORDER
  need fakeroot
  pair .
  NOCLOBBER_ALLOW='*/free' NOCLOBBER_LOG=$LOG fakeroot sh -e -c "$(inside "$1" '
    chown 12:34 new
    chown 56:78 free old
    "$PROGRAMS/call" --any-errno EEXIST rename new old
    stat -c %u:%g new old >refused
    "$PROGRAMS/call" --any-errno 0 rename new free
    stat -c %u:%g free >allowed
    "$PROGRAMS/call" --any-errno 0 rename free vacant
    stat -c %u:%g vacant >vacant.owner
    echo other >free
    stat -c %u:%g free >fresh')"
  [ "$(tr '\n' ' ' <refused)" = "12:34 56:78 " ]
  [ "$(cat allowed)" = 12:34 ]
  [ "$(cat vacant.owner)" = 12:34 ]
  [ "$(cat fresh)" = 0:0 ]
  [ "$(cat old)" = old ]
  [ "$(events 'e["verdict"]' | tr '\n' ' ')" = "refused allowed " ]
}

@test "fakeroot behind the shim keeps its owners right" {
  under_fakeroot first
}

@test "fakeroot before the shim keeps its owners right" {
  under_fakeroot last
}

@test "fakeroot started under the shim puts itself before it, and both work" {
  need fakeroot
  pair .
  shim NOCLOBBER_ALLOW='*/free' fakeroot sh -e -c 'chown 12:34 new
    "$PROGRAMS/call" --any-errno EEXIST rename new old 0 rename new free; stat -c %u:%g free >allowed'
  [ "$(cat allowed)" = 12:34 ]
  [ "$(refusals)" -eq 1 ]
}

@test "fakeroot: files are compared by the owners that the program sees" {
  need fakeroot
  echo same | tee one two >three
  NOCLOBBER_ALLOW_IF=same NOCLOBBER_LOG=$LOG fakeroot sh -e -c "$(inside first '
    chown 12:34 one
    "$PROGRAMS/call" EEXIST rename one two 0 rename three two')"
  [ -e one ] && [ ! -e three ]
}

# ---- fakechroot: paths below a root of its own ----

under_fakechroot() { # under_fakechroot ORDER COMMAND: with ./root as "/", in its /inside, the policy in the environment
  need fakechroot chroot
  # The programs are the host's own: these paths are not translated.
  FAKECHROOT_EXCLUDE_PATH=/usr:/lib:/lib64:/bin:/proc:/dev:$PROGRAMS:$(dirname "$SHIM") fakechroot \
    chroot "$(pwd -P)/root" /bin/sh -e -c "$(inside "$1" "cd /inside; $2")"
}

fakechroot_cases() { # fakechroot_cases ORDER
  mkdir -p root/inside
  pair root/inside
  export NOCLOBBER_LOG=$LOG NOCLOBBER_ALLOW='*/free'
  under_fakechroot "$1" '"$PROGRAMS/call" EEXIST rename /inside/new /inside/old EEXIST rename new old \
    0 rename /inside/new /inside/vacant 0 rename vacant /inside/new 0 rename /inside/new new 0 rename /inside/new /inside/free \
    0 rename /inside/free /inside/last'
  [ "$(cat root/inside/old)" = old ]
  [ "$(cat root/inside/last)" = new ]
  [ ! -e /inside/last ]
  [ "$(find root/inside -type f | sort | tr '\n' ' ')" = "root/inside/last root/inside/old " ]
  events '(e["verdict"], e["destination"])'
  # As the kernel sees it: the real path.
  [ "$(events 'e["destination"]' | sort -u | tr '\n' ' ')" = "$(pwd -P)/root/inside/free $(pwd -P)/root/inside/old " ]
}

@test "fakechroot behind the shim: renames inside stay inside" {
  fakechroot_cases first
}

@test "fakechroot before the shim: renames inside stay inside" {
  fakechroot_cases last
}

@test "fakechroot: an absolute symbolic link in the parent is taken from the fake root, in either order" {
  local order
  export NOCLOBBER_LOG=$LOG NOCLOBBER_PROTECT='**/target/old'
  for order in first last; do
    rm -rf root
    mkdir -p root/inside root/target
    pair root/inside
    echo old >root/target/old
    under_fakechroot "$order" 'ln -s /target link
      "$PROGRAMS/call" EEXIST rename new /inside/link/old 0 rename new link/vacant'
    [ "$(cat root/target/old root/target/vacant | tr '\n' ' ')" = "old new " ]
  done
  [ "$(refusals)" -eq 2 ]
}

@test "fakechroot: identical files are compared and emptied of one name inside, in either order" {
  local order
  export NOCLOBBER_LOG=$LOG NOCLOBBER_ALLOW_IF=same
  for order in first last; do
    rm -rf root
    mkdir -p root/inside
    echo same | tee root/inside/one >root/inside/two
    under_fakechroot "$order" '"$PROGRAMS/call" 0 rename /inside/one /inside/two'
    [ ! -e root/inside/one ] && [ "$(cat root/inside/two)" = same ]
  done
}

@test "fakechroot and fakeroot together, as debootstrap is run: both keep what is theirs, in either order" {
  local order
  need fakechroot fakeroot chroot
  export NOCLOBBER_LOG=$LOG NOCLOBBER_PROTECT='*/old'
  for order in first last; do
    rm -rf root
    mkdir -p root/inside
    pair root/inside
    FAKECHROOT_EXCLUDE_PATH=/usr:/lib:/lib64:/bin:/proc:/dev:$PROGRAMS:$(dirname "$SHIM") fakechroot fakeroot \
      chroot "$(pwd -P)/root" /bin/sh -e -c "$(inside "$order" 'cd /inside; chown 12:34 new; chown 56:78 old free
        "$PROGRAMS/call" --any-errno EEXIST rename /inside/new /inside/old 0 rename /inside/new free \
          0 rename /inside/free vacant
        stat -c %u:%g old vacant >owners')"
    [ "$(xargs <root/inside/owners)" = "56:78 12:34" ]
    [ "$(cat root/inside/old root/inside/vacant | xargs)" = "old new" ]
  done
  [ "$(refusals)" -eq 2 ]
}

# Its renameat2 is the host's: there a call of the shim's own must not go.
@test "a fake root that does not know renameat2: renames inside stay inside, in either order" {
  local order
  need cc
  cc -shared -fPIC -D_GNU_SOURCE -o liboldroot.so "$BATS_TEST_DIRNAME/libraries/oldroot.c"
  export OLDROOT=$PWD/root
  for order in "$SHIM:$PWD/liboldroot.so" "$PWD/liboldroot.so:$SHIM"; do
    mkdir -p root/inside root/inside/folder
    pair root/inside
    shim LD_PRELOAD="$order" NOCLOBBER_PROTECT="$(pwd -P)/root/inside/old" "$PROGRAMS/call" --any-errno \
      0 rename /inside/new /inside/vacant 0 renameat /inside/vacant /inside/new EEXIST rename /inside/new /inside/old \
      0 rename /inside/new /inside/free 0 rename /inside/folder /inside/new
    [ "$(cat root/inside/old root/inside/free | tr '\n' ' ')" = "old new " ]
    [ "$(cd root/inside && echo *)" = "free new old" ]
    rm -r root/inside
  done
  [ "$(refusals)" -eq 2 ]
  [ ! -e /inside ]
}

# ---- pseudo: renameat2 is ENOSYS there ----

# under_pseudo ORDER: with the database of owners in ./state. That it answers ENOSYS shows that it is there.
under_pseudo() {
  need pseudo
  mkdir state from
  pair .
  export PSEUDO_PREFIX=/usr PSEUDO_LOCALSTATEDIR=$PWD/state
  pseudo "$PROGRAMS/call" ENOSYS renameat2 new vacant || skip "pseudo does not preload its library here"
  NOCLOBBER_LOG=$LOG NOCLOBBER_ALLOW='*/free' pseudo sh -e -c "$(inside "$1" '
    chown 12:34 new
    "$PROGRAMS/call" --any-errno EEXIST rename new old 0 rename new vacant 0 rename vacant new 0 rename new free \
      0 rename from to ENOSYS syscall:renameat2 free vacant ENOSYS syscall:renameat2 free old
    stat -c %u:%g free >owner')"
  [ "$(cat old)" = old ] && [ "$(cat free)" = new ] && [ -d to ]
  [ "$(cat owner)" = 12:34 ]
  [ "$(refusals)" -eq 1 ]
}

@test "pseudo behind the shim: renames are exclusive without renameat2, and owners stay right" {
  under_pseudo first
}

@test "pseudo before the shim: refusals stay refusals, and owners stay right" {
  under_pseudo last
}

# ---- libraries that take over other names ----

@test "eatmydata and the shim do not meet, in either order" {
  local library
  library=$(find /usr/lib /lib -name 'libeatmydata.so*' 2>/dev/null | head -n 1)
  [ -n "$library" ] || skip "no eatmydata on this machine"
  pair .
  shim LD_PRELOAD="$SHIM:$library" "$PROGRAMS/call" EEXIST rename new old
  shim LD_PRELOAD="$library:$SHIM" "$PROGRAMS/call" EEXIST rename new old
}

@test "the shim twice in LD_PRELOAD refuses once" {
  pair .
  cp "$SHIM" again.so
  shim LD_PRELOAD="$SHIM:$PWD/again.so" "$PROGRAMS/call" EEXIST rename new old 0 rename new vacant
  [ "$(refusals)" -eq 1 ]
  [ "$(cat old)" = old ]
}
