#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Real programs that each try to replace one file, each four times: without any guard it is replaced; under noclobber --seal it stays
# as it is, byte for byte, and under --restore it is so again at the end; and to a free name the program writes as usual under the
# seal. As root, an ordinary user, in bubblewrap.

# Scripts for inner shells.
# shellcheck disable=SC2016

load ../common
load guards

setup() {
  cd "$BATS_TEST_TMPDIR" || return 1
  AS=()
  IN=()
}

# ground SCRIPT: a folder with a file to be replaced, dist/old, which SCRIPT may make, and sources for all programs.
ground() {
  chmod -R u+w ground 2>/dev/null || true
  rm -rf ground
  mkdir -p ground/dist ground/home
  cp "$PROGRAMS/lose" "$PROGRAMS/bypass" ground/
  (
    cd ground || exit
    echo old >dist/old
    echo new >new
    echo 'int main(void) { return 0; }' >main.c
    echo 'package main
func main() {}' >main.go
    echo 'fn main() {}' >main.rs
    echo 'class W { public static void main(String[] a) throws Exception {
      java.nio.file.Files.writeString(java.nio.file.Path.of(a[0]), "new"); } }' >W.java
    D=dist/old sh -euc "$1"
    cp -p dist/old before
  ) >said 2>&1
  [ ${#AS[@]} -eq 0 ] || chown -R 65534:65534 ground
}

# try D PREFIX… -- SCRIPT: runs it with D, the destination, in its environment; sets STATUS.
try() {
  local destination=$1 prefix=()
  shift
  while [ "$1" != -- ]; do
    prefix+=("$1")
    shift
  done
  STATUS=0
  local variables=(D="$destination" HOME="$PWD/ground/home" GO111MODULE=off GOCACHE="${GOCACHE:-$PWD/ground/home}"
    RUSTUP_HOME="${RUSTUP_HOME:-$HOME/.rustup}")
  (cd ground && "${AS[@]}" env "${variables[@]}" "${IN[@]}" "${prefix[@]}" \
    sh -euc "$2") >said 2>&1 3>&- </dev/null || STATUS=$?
}

# replaces NAME TOOLS SCRIPT [BEFORE]: one program, and in BEFORE how the file comes about that it is to replace.
replaces() {
  local name=$1 script=$3 before=${4:-:} free=dist/free tool guard
  # What changes a file that is there already gets one that is not protected.
  [[ $before == : && $script != *'-e $D'* ]] || free=free
  for tool in $2; do
    command -v "$tool" >/dev/null || {
      echo "# skipped $name: no $tool on this machine" >&3
      return 0
    }
  done
  echo "$name"
  ground "$before"
  try dist/old -- "$script"
  [ "$STATUS" = 0 ] || {
    echo "# skipped $name: it does not work here: $(tail -n 1 said)" >&3
    return 0
  }
  ! cmp -s ground/dist/old ground/before || { cat said; echo "$name did not replace it unguarded"; return 1; }
  for guard in --restore --seal; do
    ground "$before"
    try dist/old "$NOCLOBBER" $guard -p dist/ -- "$script"
    cmp ground/dist/old ground/before || { cat said; return 1; }
    [ "$STATUS" != 125 ]
  done
  try $free "$NOCLOBBER" --seal -p dist/ -- "$before; $script"
  cat said
  [ "$STATUS" = 0 ]
  [ -e ground/$free ]
  TRIED=$((${TRIED:-0} + 1))
}

shells_and_tools() {
  replaces dash dash 'dash -c "echo new >$D"'
  replaces bash bash 'bash -c "set -C; echo new >|$D"'
  replaces cp cp 'cp new $D'
  replaces 'cp --remove-destination' cp 'cp --remove-destination new $D'
  replaces install install 'install new $D'
  replaces mv mv 'mv -f new $D'
  replaces tee tee 'tee $D <new'
  replaces dd dd 'dd if=new of=$D'
  replaces truncate truncate 'truncate -s 1 $D'
  replaces 'sort -o' sort 'sort -o $D new'
  replaces 'shuf -o' shuf 'shuf -o $D new'
  replaces uniq uniq 'uniq new $D'
  replaces 'ln -f' ln 'ln -f new $D'
  replaces 'sed -i' sed '[ -e $D ] || cp new $D; sed -i s/$/x/ $D'
  replaces 'busybox cp' busybox 'busybox cp -f new $D'
  replaces gawk gawk 'gawk "{ print >ENVIRON[\"D\"] }" new'
  replaces patch patch 'printf "%s\n" "--- a" "+++ b" "@@ -1 +1 @@" "-old" "+new" >p; [ -e $D ] || echo old >$D; patch $D p'
  replaces ed ed 'printf "a\nnew\n.\nwq\n" | ed -s $D'
  replaces vim vim '[ -e $D ] || cp new $D; vim -u NONE -es -c "normal iX" -c wq! $D'
  replaces script script 'script -qc "echo new" $D'
  replaces 'env -i cp' env 'env -i $(command -v cp) new $D'
  replaces 'static C' cc './write $D' 'echo "#include <stdio.h>
int main(int c, char **a) { FILE *f = fopen(a[c - 1], \"w\"); return !f || fputs(\"new\", f) < 0; }" >w.c; cc -static -o write w.c'
  replaces mmap cc '[ -e $D ] || cp new $D; ./lose map new $D'
  replaces io_uring cc './bypass uring new $D'
}

archives() {
  replaces tar tar 'mkdir -p x/dist; cp new x/$D; tar -C x -cf a.tar $D; tar -xf a.tar'
  replaces 'busybox tar' busybox 'mkdir -p x/dist; cp new x/$D; tar -C x -cf a.tar $D; busybox tar -xf a.tar'
  replaces unzip 'zip unzip' 'mkdir -p x/dist; cp new x/$D; rm -f a.zip; (cd x && zip -q ../a.zip $D); unzip -qo a.zip'
  replaces 'gzip -d' gzip 'gzip -c new >$D.gz; gzip -dkf $D.gz'
  replaces 'xz -d' xz 'xz -c new >$D.xz; xz -dkf $D.xz'
  replaces zstd zstd 'zstd -qf new -o $D'
  replaces jar jar 'jar cf $D new'
  replaces rsync rsync 'rsync -c new $D'
  replaces 'rsync --inplace' rsync 'rsync -c --inplace new $D'
  replaces 'git checkout' git 'mkdir -p x; git init -q x 2>/dev/null; cd x; git config user.email a; git config user.name a; mkdir -p dist
    cp ../new $D; git add .; git commit -qm one; cd ..
    git --git-dir=x/.git --work-tree=. checkout -f -q -- $D'
  replaces dpkg-deb dpkg-deb 'mkdir -p p/DEBIAN; chmod 755 p p/DEBIAN
    printf "Package: a\nVersion: 1\nArchitecture: all\nMaintainer: a <a@b>\nDescription: a\n" >p/DEBIAN/control; dpkg-deb -b p $D'
}

compilers() {
  replaces gcc gcc 'gcc -o $D main.c'
  replaces clang clang 'clang -c -o $D main.c'
  replaces as as 'gcc -S -o main.s main.c; as -o $D main.s'
  replaces ld ld 'gcc -c main.c; ld -r -o $D main.o'
  replaces ld.lld ld.lld 'gcc -c main.c; ld.lld -r -o $D main.o'
  replaces ar ar 'gcc -c main.c; ar rcs $D main.o' 'gcc -c -o b.o main.c; rm -f $D; ar rcs $D b.o'
  replaces ranlib ranlib 'ranlib $D' 'gcc -c -o b.o main.c; rm -f $D; ar qcS $D b.o'
  replaces strip strip 'strip $D' 'gcc -g -o $D main.c'
  replaces objcopy objcopy 'gcc -c main.c; objcopy main.o $D'
  replaces 'dependencies of gcc' gcc 'gcc -MD -MF $D -c main.c'
  replaces go go 'go build -o $D main.go'
  replaces rustc rustc 'rustc -o $D main.rs'
  replaces cmake cmake 'echo "file(WRITE \$ENV{D} new)" >s.cmake; cmake -P s.cmake'
  replaces 'strace -o' strace 'strace -o $D true'
}

languages() {
  replaces python python3 'python3 -c "import os; open(os.environ[\"D\"], \"w\").write(\"new\")"'
  replaces shutil.move python3 'python3 -c "import os, shutil; shutil.move(\"new\", os.environ[\"D\"])"'
  replaces 'perl -i' perl '[ -e $D ] || cp new $D; perl -i -pe "s/^/x/" $D'
  replaces File::Copy perl 'perl -MFile::Copy=move -e "move(qw(new), \$ENV{D}) or die"'
  replaces ruby ruby 'ruby -e "File.write(ENV[%q(D)], %q(new))"'
  replaces node node 'node -e "require(\"fs\").writeFileSync(process.env.D, \"new\")"'
  replaces php php 'php -r "exit(file_put_contents(getenv(\"D\"), \"new\") ? 0 : 1);"'
  replaces lua lua5.4 'lua5.4 -e "assert(io.open(os.getenv(\"D\"), \"w\")):write(\"new\")"'
  replaces tcl tclsh 'echo "puts [open \$env(D) w] new" >s.tcl; tclsh s.tcl'
  replaces java java 'java -XX:TieredStopAtLevel=1 W.java $D'
  replaces sqlite3 sqlite3 'sqlite3 $D "create table if not exists u(x); insert into u values(1)"' 'rm -f $D; sqlite3 $D "create table t(x)"'
  replaces curl curl 'curl -s -o $D file://$PWD/new'
  replaces openssl openssl 'openssl enc -base64 -in new -out $D'
  replaces mke2fs mke2fs 'PATH=$PATH:/sbin:/usr/sbin; mke2fs -q -F $D 256k'
}

# all_of LEAST GROUP: tries the programs of a group that are here. With fewer than that the case counts as skipped.
all_of() {
  "${AS[@]}" "${IN[@]}" "$NOCLOBBER" --seal -Pq true || skip "$("${AS[@]}" "${IN[@]}" "$NOCLOBBER" --seal -Pq true 2>&1)"
  "$2"
  echo "# tried ${TRIED:-0} of $2" >&3
  [ "${TRIED:-0}" -ge "$1" ] || skip "only ${TRIED:-0} of these programs on this machine"
}

@test "shells and small tools" {
  all_of 15 shells_and_tools
}

@test "archives and copies" {
  all_of 5 archives
}

@test "compilers and what belongs to them" {
  all_of 5 compilers
}

@test "languages and others" {
  all_of 5 languages
}

@test "shells and small tools of an ordinary user" {
  TITLE=- other_user
  all_of 15 shells_and_tools
}

@test "archives and copies of an ordinary user" {
  TITLE=- other_user
  all_of 5 archives
}

@test "compilers and what belongs to them, of an ordinary user" {
  TITLE=- other_user
  all_of 5 compilers
}

@test "languages and others of an ordinary user" {
  TITLE=- other_user
  all_of 5 languages
}

@test "shells and small tools in bubblewrap" {
  need bwrap
  TITLE=- other_user
  "${AS[@]}" bwrap --dev-bind / / true || skip "bwrap does not work here"
  IN=(bwrap --dev-bind / / --chdir "$PWD/ground")
  mkdir -p ground
  all_of 15 shells_and_tools
}
