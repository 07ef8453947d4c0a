#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What --audit suggests, pasted back, lets the same command do the same work with everything else protected.

load ../common
load projects


# lacks GREP-ARGUMENT…: no line matches.
lacks() {
  if grep "$@"; then return 1; fi
}

# pasted COMMAND…: in a copy of the folder, audits the command and takes the suggested options; then, with the folder as it
# was, runs it under them: no refusal. The options are in $options.
pasted() {
  local here=$PWD
  cp -a "$here" "$here.before"
  "$NOCLOBBER" --protect-all --no-verify --audit -- "$@" 2>"$BATS_TEST_TMPDIR/said"
  cat "$BATS_TEST_TMPDIR/said"
  options=$(sed -n "s/^  *--allow '/--allow '/p" "$BATS_TEST_TMPDIR/said")
  [ -n "$options" ]
  cd /
  rm -rf "$here"
  mv "$here.before" "$here"
  cd "$here" || return 1
  eval "set -- --protect-all --no-verify $options -- $(printf '%q ' "$@")"
  "$NOCLOBBER" "$@" 2>"$BATS_TEST_TMPDIR/said"
  cat "$BATS_TEST_TMPDIR/said"
  lacks -q 'noclobber: refused' "$BATS_TEST_TMPDIR/said"
}

# no_wide: no option opens the working directory or what holds it.
no_wide() {
  local directory=$PWD
  while [ -n "$directory" ]; do
    [[ $options != *"'$directory/'"* ]]
    directory=${directory%/*}
  done
}

@test "suggest: an audit that saw nothing suggests nothing" {
  "$NOCLOBBER" --protect-all --no-verify --audit -- true 2>said
  lacks -q -e --allow said
}

@test "suggest: names that a shell, a pattern and a terminal would take for something else" {
  mkdir work
  cd work
  # shellcheck disable=SC2016
  for name in 'two words' "apos'trophe" 'st*r?[a-b]' 'co:lon' 'back\slash' $'new\nline' $'bytes\xff' '$HOME'; do
    mkdir "d$name"
    : >"d$name/x"
  done
  cat >replace.py <<'END'
import os
for name in os.listdir(b"."):
    if name.startswith(b"d"):
        open("source", "w").close()
        os.rename("source", name + b"/x")
END
  pasted python3 replace.py
  no_wide
}

@test "suggest: what --protect guards is not opened without saying so" {
  mkdir dist
  echo new >new
  echo old >dist/a
  "$NOCLOBBER" --protect dist/ --no-verify --audit -- mv new dist/a 2>said
  cat said
  grep -qF -e "--allow '$PWD/dist/a'" said
  grep -qF -e "--allow \"$PWD/dist/a\" opens what --protect \"" said
}

@test "suggest: names of a directory tell of what is protected there though this run did not touch it" {
  mkdir -p out/sub
  for f in a b c; do echo old >"out/$f"; done
  echo "protect out/kept" >policy
  # shellcheck disable=SC2016
  "$NOCLOBBER" --policy policy --protect-all --protect '*.bin' --protect "$PWD/out/sub/x" --no-verify --audit -- \
    bash -ec 'for f in a b c; do echo new >new; mv new out/$f; done' 2>said
  cat said
  grep -qxF "  --allow '$PWD/out/*'" said
  grep -qF "\"$PWD/out/*\" opens every name in that directory; this run replaced 3" said
  grep -qF 'may open what --protect "*.bin" guards' said
  grep -qF "opens what --protect \"$PWD/out/kept\" guards" said
  lacks -F out/sub/x said
}

@test "suggest: no raw control character, whatever the name" {
  local name
  name=$(printf 'a\342\200\256b\302\233c')
  echo old >"$name"
  echo new >new
  "$NOCLOBBER" --protect-all --no-verify --audit -- mv new "$name" 2>said
  cat -v said
  grep -qF "  --allow '$PWD/a?b?c'" said
  LC_ALL=C lacks "$(printf '[\200-\377]')" said
}

@test "suggest: a case of --allow-if rather than a place, where --protect names it; pasted back" {
  mkdir -p site/1 site/2
  ln -s 1 site/current
  echo x >site/kept
  flip='ln -s 2 site/next && mv -T site/next site/current'
  cp -a site before
  "$NOCLOBBER" --protect site/ --no-verify --audit -- sh -c "$flip" 2>said
  cat said
  grep -qx '  --allow-if symlink' said
  grep -qxF 'noclobber:   --allow-if symlink allows replacing any protected symbolic link by another' said
  [ "$(wc -l <said)" -eq 5 ]
  rm -r site && mv before site
  "$NOCLOBBER" --protect site/ --no-verify --allow-if symlink -- sh -c "$flip"
  [ "$(readlink site/current)" = 2 ]
}

@test "suggest: a case and a place, and no case for what the place lets through" {
  mkdir dist
  touch dist/empty new1 new2 new3
  echo old >dist/a
  "$NOCLOBBER" --protect dist/ --no-verify --audit -- sh -c 'mv new1 dist/a; echo x >>new2; mv new2 dist/empty; cp -p dist/a again; mv again dist/a' 2>said
  cat said
  grep -qxF "  --allow '$PWD/dist/a' --allow-if empty" said
  grep -qF -e "--allow-if empty allows replacing any protected empty file or directory" said
}

@test "suggest: in JSON they are words, and standard error is JSON alone" {
  mkdir dist
  ln -s a dist/link
  ln -s b next
  touch new
  echo old >'dist/a b'
  "$NOCLOBBER" --protect dist/ --no-verify --audit --format json -- sh -c 'mv -T next dist/link; mv new "dist/a b"' 2>said
  cat said
  [ "$(wc -l <said)" -eq 1 ]
  python3 -c '
import json, os
r = json.load(open("said"))
assert r["suggested"] == ["--allow", os.getcwd() + "/dist/a b", "--allow-if", "symlink"], r
'
}

@test "suggest: an automake build, pasted back" {
  automake_project
  pasted bash -euc 'autoreconf -i; ./configure -q; make -s; sed -i s/one/two/ word.h; make -s; autoreconf -fi; ./configure -q; make -s'
  no_wide
  [ "$(./hello)" = two ]
}

@test "suggest: git, pasted back" {
  need git
  export HOME=$PWD GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=$PWD/gitconfig
  export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.com
  mkdir work
  cd work
  pasted bash -euc '
    git init -q -b main .
    echo one >f; git add f; git commit -qm one
    git checkout -q -b side; echo two >g; git add g; git commit -qm two
    git checkout -q main; echo three >>f; git commit -qam three
    git merge -q -m merged side; git gc -q --prune=now'
  no_wide
  [[ $options == *"'$PWD/.git/"* ]]
  git fsck --strict --no-progress
  [ "$(git log -1 --format=%s)" = merged ]
}

@test "suggest: npm, pasted back" {
  npm_project
  pasted bash -euc 'npm ci; npm install; npm ci; for i in 1 2; do npm run build; npm run publish-dist; done; npm ci'
  no_wide
  [ "$options" = "--allow '$PWD/dist/app.txt'" ]
  [ "$(cat dist/app.txt)" = 'from the library' ]
}
