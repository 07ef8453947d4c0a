#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# git replaces its own files by rename all day (index, refs, config). With a tree like dist/ protected it must not notice
# anything; with everything protected it is refused, and what it leaves must be sound and good for a retry.

load ../common

git_env() {
  export HOME=$PWD GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=$PWD/gitconfig
  export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.com
  export GIT_EDITOR=true GIT_TERMINAL_PROMPT=0
}

# protected COMMAND…: under the shim, with a floating dist/ protected.
protected() {
  shim NOCLOBBER_PROTECT=dist/ "$@"
}

# The same history each time: main with f in two commits, side with g on the first of them.
repository() {
  git_env
  git init -q -b main repo
  cd repo || return 1
  echo one >f && git add f && git commit -qm one
  git branch side
  echo two >>f && git commit -qam two
  git checkout -q side && echo g >g && git add g && git commit -qm g
  git checkout -q main
}

# sound: the repository in the current folder has no missing, dangling or broken object that a command left half-done.
sound() {
  run git fsck --strict --no-dangling --no-progress
  echo "fsck: $output"
  [ "$status" -eq 0 ]
  [ -z "$output" ]
  [ -z "$(find .git -name '*.lock')" ]
}

# everything COMMAND…: refused somewhere with everything protected, the repository sound after that, and the same command
# without the shim does it.
everything() {
  run shim "$@"
  echo "under the shim: status $status: $output"
  [ "$status" -ne 0 ]
  [ "$(refusals)" -ge 1 ]
  sound
  run "$@"
  echo "retried: status $status: $output"
  [ "$status" -eq 0 ]
  sound
}

# ---- a protected tree --------------------------------------------------------------------------

@test "with dist/ protected, git does all its work without one event" {
  need git
  git_env
  protected git init -q -b main repo
  cd repo
  # shellcheck disable=SC2016
  protected bash -euxc '
    mkdir dist
    echo one >f; echo artifact >dist/app
    git add f dist; git commit -qm one
    git config core.fileMode true; git config user.nickname B
    git branch side; git tag light; git tag -a -m annotated heavy
    echo two >>f; git commit -qam two; git commit -q --amend -m "two, amended"
    git checkout -q side; echo g >g; echo second >dist/app; git add .; git commit -qm g
    git checkout -q main; git merge -q -m merged side
    git checkout -q -b topic side; echo h >h; git add h; git commit -qm h
    git rebase -q main
    git branch -m topic renamed; git branch -D side
    echo dirty >>f; git stash -q; git stash pop -q; git checkout -q f
    git mv h i; git commit -qm "h is i"; git revert --no-edit HEAD; git reset -q --hard HEAD~1
    git cherry-pick -x --allow-empty --keep-redundant-commits main^ >/dev/null
    git worktree add -q ../tree main~1; git worktree remove ../tree
    git gc -q --prune=now; git repack -adq; git pack-refs --all
    git clone -q . ../clone
    cd ../clone; echo k >k; git add k; git commit -qm k; git push -q origin HEAD:fromclone
    cd ../repo; git fetch -q ../clone; git archive --prefix=x/ -o ../x.tar HEAD
  '
  [ ! -e "$LOG" ]
  sound
  [ "$(git log -1 --format=%s fromclone)" = k ]
  [ "$(git show renamed:dist/app)" = second ]
  [ "$(git -C ../clone status --porcelain)" = "" ]
}

@test "git may check out a new version of a protected file: it unlinks and creates, no rename replaces it" {
  need git
  repository
  mkdir dist
  echo 1 >dist/app && git add dist && git commit -qm 1
  echo 2 >dist/app && git commit -qam 2
  protected git checkout -q HEAD~1
  [ "$(cat dist/app)" = 1 ]
  [ ! -e "$LOG" ]
}

@test "a floating dist/ guards the refs of a branch named dist/x too; an anchored one does not" {
  need git
  repository
  git branch dist/x
  run protected git branch -f dist/x main~1
  [ "$status" -ne 0 ]
  [ "$(events 'e["destination"]')" = "$PWD/.git/refs/heads/dist/x" ]
  sound
  rm "$LOG"
  shim NOCLOBBER_PROTECT="$PWD/dist/" git branch -f dist/x main~1
  [ "$(git rev-parse dist/x)" = "$(git rev-parse main~1)" ]
  [ ! -e "$LOG" ]
}

# ---- everything protected ----------------------------------------------------------------------

@test "everything protected: git init is refused, and a second git init makes it good" {
  need git
  git_env
  run shim git init -q repo
  [ "$status" -ne 0 ]
  [ "$(events 'e["destination"]')" = "$PWD/repo/.git/config" ]
  git init -q repo
  cd repo
  echo one >f && git add f && git commit -qm one
  sound
}

@test "everything protected: git clone is refused and leaves nothing" {
  need git
  repository
  run shim git clone -q . ../clone
  [ "$status" -ne 0 ]
  [ "$(refusals)" -ge 1 ]
  [ ! -e ../clone ]
}

@test "everything protected: git add is refused, and a retry adds" {
  need git
  repository
  echo new >new
  everything git add new
  [ "$(git diff --cached --name-only)" = new ]
}

@test "everything protected: git commit is refused, and a retry commits" {
  need git
  repository
  echo three >>f
  everything git commit -qam three
  [ "$(git log -1 --format=%s)" = three ]
  [ "$(git status --porcelain)" = "" ]
}

@test "everything protected: a new branch and a new tag need no overwrite and work" {
  need git
  repository
  shim git branch new
  shim git tag new-tag
  [ "$(git rev-parse new new-tag)" = "$(git rev-parse main main)" ]
  [ ! -e "$LOG" ]
}

@test "everything protected: moving a branch or a tag is refused and the ref stays, a retry moves it" {
  need git
  repository
  git tag t
  local was
  was=$(git rev-parse side t)
  run shim git branch -f side main
  [ "$status" -ne 0 ]
  run shim git tag -f t main~1
  [ "$status" -ne 0 ]
  [ "$(git rev-parse side t)" = "$was" ]
  everything git branch -f side main
  everything git tag -f t main~1
  [ "$(git rev-parse side t)" = "$(git rev-parse main main~1)" ]
}

@test "everything protected: git branch -m renames to a free name and then cannot write its configuration" {
  need git
  repository
  git config branch.side.description x
  run shim git branch -m side renamed
  [ "$status" -ne 0 ]
  [ "$(events 'e["destination"]' | tail -n 1)" = "$PWD/.git/config" ]
  sound
  [ "$(git log -1 --format=%s renamed)" = g ]
  [ "$(git config branch.side.description)" = x ]
  git branch -m renamed again
  [ "$(git log -1 --format=%s again)" = g ]
}

@test "refs protected: git branch -m onto an empty folder of refs works, because EISDIR is what git reads" {
  need git
  repository
  mkdir -p .git/refs/heads/empty/deep .git/logs/refs/heads/empty/deep
  shim NOCLOBBER_PROTECT=.git/refs/:.git/logs/ git branch -m side empty
  [ "$(git log -1 --format=%s empty)" = g ]
  [ ! -e "$LOG" ]
  sound
}

@test "everything protected: git checkout is refused; the work tree may have changed, a forced retry repairs it" {
  need git
  repository
  run shim git checkout -q side
  [ "$status" -ne 0 ]
  [ "$(refusals)" -ge 1 ]
  sound
  git checkout -q -f side
  [ "$(git rev-parse HEAD)" = "$(git rev-parse side)" ]
  [ "$(git status --porcelain)" = "" ]
}

@test "everything protected: git merge is refused; after a reset the retry merges" {
  need git
  repository
  run shim git merge -q -m merged side
  [ "$status" -ne 0 ]
  [ "$(refusals)" -ge 1 ]
  sound
  git reset -q --hard && git clean -qfd
  git merge -q -m merged side
  [ "$(cat f g)" = $'one\ntwo\ng' ]
  [ "$(git status --porcelain)" = "" ]
}

@test "everything protected: git rebase is refused; after an abort the retry rebases" {
  need git
  repository
  git checkout -q side
  run shim git rebase -q main
  [ "$status" -ne 0 ]
  [ "$(refusals)" -ge 1 ]
  sound
  [ "$(git log -1 --format=%s side)" = g ]
  git rebase --abort || rm -rf .git/rebase-merge .git/rebase-apply
  git checkout -q -f side && git clean -qfd
  git rebase -q main
  [ "$(git log --format=%s side)" = $'g\ntwo\none' ]
  sound
}

@test "everything protected: git stash is refused and loses no change" {
  need git
  repository
  echo precious >>f
  run shim git stash -q
  [ "$status" -ne 0 ]
  [ "$(refusals)" -ge 1 ]
  sound
  [ "$(tail -n 1 f)" = precious ] || [ "$(git show 'stash@{0}:f' | tail -n 1)" = precious ]
}

@test "everything protected: git gc is refused or has nothing to replace, and loses no object" {
  need git
  repository
  git gc -q
  echo more >>f && git commit -qam more
  local all
  all=$(git rev-list --objects --all | sort)
  run shim git gc -q --prune=now
  echo "status $status: $output"
  [ "$(refusals)" -ge 1 ]
  sound
  [ "$(git rev-list --objects --all | sort)" = "$all" ]
  git gc -q --prune=now
  [ "$(git rev-list --objects --all | sort)" = "$all" ]
  sound
}

@test "everything protected: git push to a bare repository creates branches and is refused to move them" {
  need git
  repository
  git clone -q --bare . ../bare.git
  shim git push -q ../bare.git main:new
  [ ! -e "$LOG" ]
  echo three >>f && git commit -qam three
  git -C ../bare.git branch loose main
  run shim git push -q ../bare.git main:loose
  echo "status $status: $output"
  [ "$status" -ne 0 ]
  [ "$(events 'e["destination"]')" = "$(cd .. && pwd)/bare.git/refs/heads/loose" ]
  [ "$(git -C ../bare.git rev-parse loose)" = "$(git rev-parse main~1)" ]
  cd ../bare.git
  [ "$(git fsck --strict --no-dangling --no-progress 2>&1)" = "" ]
}
