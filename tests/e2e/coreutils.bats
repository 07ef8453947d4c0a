#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The everyday tools that replace a file: what is refused, what they say to it, what lies about afterwards; and, as plainly,
# which of them replace or truncate without any rename and so are not stopped.

load ../common

setup_files() {
  echo new >a
  echo old >b
  touch -d '2 days ago' b
}

# refused_once STATUS COMMAND…: the command ends with STATUS, b is as it was, and the log has exactly one refusal, of b.
refused_once() {
  local expected=$1
  shift
  run shim "$@"
  echo "status $status: $output"
  [ "$status" -eq "$expected" ]
  [ "$(cat b)" = old ]
  [ "$(refusals)" -eq 1 ]
  [ "$(events 'e["destination"]')" = "$PWD/b" ]
}

# not_stopped COMMAND…: the command succeeds, and no event tells of it.
not_stopped() {
  run shim "$@"
  echo "status $status: $output"
  [ "$status" -eq 0 ]
  [ ! -e "$LOG" ]
}

# ---- mv ----------------------------------------------------------------------------------------

@test "mv onto an existing file fails with File exists, and both files stay" {
  setup_files
  refused_once 1 mv a b
  [[ $output == *"'b'"*"File exists"* ]]
  [ "$(cat a)" = new ]
}

@test "mv says in the log who renamed what to what" {
  setup_files
  run shim mv a b
  [ "$(events '(e["verdict"], e["rule"], e["source"], e["destination"], e["program"])')" = \
    "('refused', 'default', '$PWD/a', '$PWD/b', '$(readlink -f "$(command -v mv)")')" ]
}

@test "mv -f, -T and -u are refused as mv is, the source stays" {
  local option
  for option in -f -T -u; do
    setup_files
    rm -f "$LOG"
    refused_once 1 mv $option a b
    [ "$(cat a)" = new ]
  done
}

@test "mv -n leaves both files by its own wish: no refusal is counted" {
  setup_files
  run shim mv -n a b
  [ "$(cat a b)" = $'new\nold' ]
  [ ! -e "$LOG" ]
}

@test "mv onto a free name, into a directory and with -t works and leaves no event" {
  mkdir d
  echo 1 >one
  echo 2 >two
  echo 3 >three
  not_stopped mv one d
  not_stopped mv two uno
  not_stopped mv -t d three
  [ "$(cat d/one uno d/three)" = $'1\n2\n3' ]
  [ ! -e one ] && [ ! -e two ] && [ ! -e three ]
}

@test "mv of many files into a directory moves those in whose way nothing is" {
  mkdir d
  echo kept >d/two
  touch one two three
  run shim mv one two three d
  [ "$status" -eq 1 ]
  [ -e d/one ] && [ -e d/three ] && [ -e two ]
  [ "$(cat d/two)" = kept ]
  [ "$(events 'e["destination"]')" = "$PWD/d/two" ]
}

@test "mv -b keeps the old file as a backup, so that nothing is refused" {
  setup_files
  not_stopped mv --backup=simple a b
  [ "$(cat b b~)" = $'new\nold' ]
}

@test "mv, cp and install -b onto an existing backup end with an error at once instead of trying for ever" {
  local tool
  for tool in mv cp install; do
    setup_files
    echo older >b~
    rm -f "$LOG"
    run shim timeout 300 "$tool" --backup=simple a b
    echo "$tool: status $status: $output"
    [ "$status" -eq 1 ]
    [ "$(cat a b b~)" = $'new\nold\nolder' ]
    # Some 32 refusals, of which the first and the one that makes a loop of them are written.
    [ "$(refusals)" -eq 2 ]
    [ "$(events 'e["destination"]' | uniq)" = "$PWD/b~" ]
  done
}

@test "mv of a directory onto an empty directory is refused, onto a full one it fails without a refusal" {
  mkdir -p source/sub empty/source full/source/x
  run shim mv -T source empty
  [ "$status" -eq 1 ]
  [ -d source/sub ]
  [ "$(refusals)" -eq 0 ] # `empty` has a subfolder: the kernel's own answer
  rmdir empty/source
  run shim mv -T source empty
  [ "$status" -eq 1 ]
  [ -d source/sub ]
  [ "$(refusals)" -eq 1 ]
  run shim mv source full
  [ "$status" -eq 1 ]
  [ -d full/source/x ]
  [ "$(refusals)" -eq 1 ]
}

@test "mv across filesystems copies to a free name, and is refused where the destination exists" {
  local other
  other=$(mktemp -d -p /dev/shm) || skip "no /dev/shm"
  [ "$(stat -c %d "$other")" != "$(stat -c %d .)" ] || skip "/dev/shm is on the same filesystem"
  setup_files
  echo kept >"$other/a"
  run shim mv a "$other/a"
  echo "status $status: $output"
  local seen
  seen=$(cat "$other/a")
  shim mv a "$other/free"
  seen+=" $(cat "$other/free")"
  rm -r "$other"
  [ "$status" -eq 1 ]
  [ "$seen" = "kept new" ]
  [ ! -e a ]
  [ "$(refusals)" -eq 1 ]
}

@test "busybox mv and sed -i are refused, their sources stay" {
  need busybox
  setup_files
  refused_once 1 busybox mv a b
  [ "$(cat a)" = new ]
  rm "$LOG"
  refused_once 1 busybox sed -i s/old/changed/ b
}

# ---- links and edits in place ------------------------------------------------------------------

@test "ln -sf and ln -f onto an existing file are refused and leave no temporary link" {
  setup_files
  refused_once 1 ln -sf a b
  [ ! -L b ]
  rm "$LOG"
  refused_once 1 ln -f a b
  rm "$LOG"
  [ "$(ls)" = $'a\nb' ]
}

@test "ln -f of a hard link onto its own other name stays the nothing that POSIX says it is" {
  setup_files
  ln a c
  not_stopped ln -f a c
  [ a -ef c ]
}

@test "ln -sfn of a release link is refused, ALLOW_IF=symlink lets it flip" {
  mkdir r1 r2
  ln -s r1 current
  run shim ln -sfn r2 current
  [ "$status" -eq 1 ]
  [ "$(readlink current)" = r1 ]
  shim NOCLOBBER_ALLOW_IF=symlink ln -sfn r2 current
  [ "$(readlink current)" = r2 ]
  [ "$(events '(e["verdict"], e["rule"])')" = "('refused', 'default')"$'\n'"('allowed', 'allow_if:symlink')" ]
}

@test "sed -i is refused and removes its temporary file; with a backup suffix it replaces nothing" {
  setup_files
  refused_once 4 sed -i s/old/changed/ b
  rm "$LOG"
  [ "$(ls)" = $'a\nb' ]
  not_stopped sed -i.bak s/old/changed/ b
  [ "$(cat b b.bak)" = $'changed\nold' ]
}

@test "perl -i is refused with status 17, which is its errno EEXIST and no exit of ours" {
  need perl
  setup_files
  refused_once 17 perl -i -pe s/old/changed/ b
  [ "$(cat b)" = old ]
  rm "$LOG"
  [ "$(ls)" = $'a\nb' ]
}

@test "perl -i.bak links its backup and then replaces the original: refused, the two names are one file" {
  need perl
  setup_files
  refused_once 17 perl -i.bak -pe s/old/changed/ b
  [ b -ef b.bak ]
}

@test "patch is refused; onto a new file it works" {
  need patch
  setup_files
  printf '%s\n' '--- b' '+++ b' '@@ -1 +1 @@' '-old' '+changed' >p
  refused_once 2 patch b p
  rm "$LOG"
  not_stopped patch -o c b p
  [ "$(cat c)" = changed ]
}

@test "logrotate's chain of renames replaces nothing from the free end on" {
  echo 0 >log
  echo 1 >log.1
  not_stopped sh -c 'mv log.1 log.2 && mv log log.1'
  [ "$(cat log.1 log.2)" = $'0\n1' ]
}

# ---- no rename, so not stopped -----------------------------------------------------------------

@test "not stopped: cp, sort -o, tee, dd and the shell's > truncate in place" {
  local command
  for command in 'cp a b' 'sort -o b a' 'tee b <a' 'dd if=a of=b' 'cat a >b'; do
    setup_files
    not_stopped sh -c "$command"
    [ "$(cat b)" = new ]
  done
}

@test "not stopped: install, cp --remove-destination, gzip -f and tar -x unlink first" {
  local command
  tar -cf t.tar -C / --transform 's,.*,b,' etc/passwd
  for command in 'install a b' 'cp --remove-destination a b' 'tar -xf t.tar' 'gzip -kf b'; do
    setup_files
    echo old >b.gz
    not_stopped sh -c "$command"
    [ "$(cat b)" != old ] || [ "$(cat b.gz)" != old ]
  done
}

@test "tar -x into an empty folder works under the shim, and so does tar -c" {
  mkdir from to
  seq 1000 >from/numbers
  ln -s numbers from/link
  not_stopped tar -C from -czf all.tar.gz .
  not_stopped tar -C to -xzf all.tar.gz
  cmp from/numbers to/numbers
  [ "$(readlink to/link)" = numbers ]
}
