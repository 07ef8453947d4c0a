#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Completions: each shell loads its own, and completes options, their values, files where a file is wanted, and after the
# options what the command itself completes.

load ../common

# A terminal, or signals between processes: on a loaded machine a case may want a second try. One that is wrong fails each.
# shellcheck disable=SC2034 # bats reads it
BATS_TEST_RETRIES=2

setup() {
  cd "$BATS_TEST_TMPDIR" || return 1
  mkdir folder
  touch a.file
  COMPLETIONS=$ROOT/shim/launcher/completions
  export HOME=$PWD LC_ALL=C
}

# ---- bash ----

# in_bash WORD…: what bash offers for the last word, after bash has cut the line into these words; with FIRST, a file, loaded
# before.
in_bash() {
  cat >complete.bash <<'END'
[ -z "$FIRST" ] || source "$FIRST"
source "$1"
shift
compopt() { :; }
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*"
COMP_POINT=${#COMP_LINE}
_noclobber
[ "${#COMPREPLY[@]}" = 0 ] || printf '%s\n' "${COMPREPLY[@]}"
END
  FIRST=${FIRST-} bash --norc complete.bash "$COMPLETIONS/noclobber.bash" "$@" | sort -u
}

@test "bash: noclobber is completed by _noclobber" {
  run bash --norc -c "source '$COMPLETIONS/noclobber.bash'; complete -p noclobber"
  [ "$output" = "complete -F _noclobber noclobber" ]
}

@test "bash: options" {
  [ "$(in_bash noclobber --fo)" = --format ]
  [ "$(in_bash noclobber --protect dist/ --report)" = --report-file ]
  [ "$(in_bash noclobber -p)" = -p ]
  [ "$(in_bash noclobber --nothing-like-that)" = "" ]
}

@test "bash: values, in either form, and however bash cuts words" {
  [ "$(in_bash noclobber --fallback '')" = $'emulate\nrefuse' ]
  [ "$(in_bash noclobber -f e)" = emulate ]
  [ "$(in_bash noclobber --format = gi)" = $'github\ngitlab' ]
  [ "$(in_bash noclobber --format =)" = $'github\ngitlab\njson\ntext' ]
  [ "$(in_bash noclobber --format=gi)" = $'--format=github\n--format=gitlab' ]
  [ "$(in_bash noclobber --verify '')" = $'hash\nstat' ]
  [ "$(in_bash noclobber --refused-status '')" = "" ]
  [ "$(in_bash noclobber -p a : b -f e)" = emulate ]
}

@test "bash: a list of cases grows, none twice" {
  [ "$(in_bash noclobber --allow-if '')" = $'empty\nsame\nsymlink' ]
  [ "$(in_bash noclobber -i s)" = $'same\nsymlink' ]
  [ "$(in_bash noclobber -ni same,)" = $'same,empty\nsame,symlink' ]
  [ "$(in_bash noclobber --allow-if=same,e)" = --allow-if=same,empty ]
}

@test "bash: files" {
  local option
  for option in --log --policy --report-file --protect --allow -l -c -p -a; do
    [ "$(in_bash noclobber "$option" a)" = a.file ]
  done
  [ "$(in_bash noclobber --log=a)" = --log=a.file ]
  [ "$(in_bash noclobber --explain a)" = a.file ]
  [ "$(in_bash noclobber --explain folder a)" = a.file ]
  [ "$(in_bash noclobber --doctor '')" = folder ]
}

@test "bash: the command and its arguments, without bash-completion" {
  [ "$(in_bash noclobber -n bas | grep -x bash)" = bash ]
  [ "$(in_bash noclobber --protect = dist/ -- bas | grep -x bash)" = bash ]
  [ "$(in_bash noclobber -p dist/ cat a)" = a.file ]
  [ "$(in_bash noclobber cat --fo)" = "" ]
}

@test "bash: the command's own completion, by bash-completion" {
  local library=/usr/share/bash-completion/bash_completion
  [ -e "$library" ] || skip "no bash-completion on this machine"
  # shellcheck disable=SC2016 # for the other shell
  printf '%s\n' "source $library" '_own() { COMPREPLY=("own of ${COMP_WORDS[*]} at $COMP_CWORD"); }' \
    'complete -F _own own' >first
  FIRST=$PWD/first
  [ "$(in_bash noclobber --protect = dist/ -n own x --pro)" = "own of own x --pro at 2" ]
  [ "$(in_bash noclobber -i same -- own --fo)" = "own of own --fo at 1" ]
  [ "$(in_bash noclobber -n bas | grep -x bash)" = bash ]
}

# ---- zsh ----

# in_zsh LINE: what LINE becomes by Tab, in an interactive zsh on a terminal.
in_zsh() {
  cat >complete.zsh <<'END'
zmodload zsh/zpty
zpty z env TERM=dumb zsh -f -i
zpty -w z "PS1=; fpath=(${(q)1} \$fpath); autoload -Uz compinit; compinit -u -D
show() { zle -I; print -r -- \"<<\$BUFFER>>\" }; zle -N show
bindkey '^X' show; bindkey '^I' expand-or-complete; print rea''dy"
zpty -r z out '*ready*'
zpty -w -n z $2$'\t\x18'
zpty -r z out '*<<*>>*'
print -r -- ${${out##*<<}%%>>*}
zpty -d z
END
  timeout 300 zsh -f complete.zsh "$COMPLETIONS" "$1"
}

@test "zsh: the file is well formed" {
  need zsh
  zsh -n "$COMPLETIONS/_noclobber"
  [ "$(head -n 1 "$COMPLETIONS/_noclobber")" = "#compdef noclobber" ]
}

@test "zsh: compinit takes it for noclobber" {
  need zsh
  # shellcheck disable=SC2016 # for the other shell
  run zsh -f -c 'fpath=($1 $fpath); autoload -Uz compinit; compinit -u -D; print $_comps[noclobber]' zsh "$COMPLETIONS"
  [ "$output" = _noclobber ]
}

@test "zsh: options, values, lists, files" {
  need zsh
  zsh -f -c 'zmodload zsh/zpty' || skip "this zsh has no zpty"
  [ "$(in_zsh 'noclobber --fo')" = 'noclobber --format=' ]
  [ "$(in_zsh 'noclobber --format=gith')" = 'noclobber --format=github ' ]
  [ "$(in_zsh 'noclobber --fallback em')" = 'noclobber --fallback emulate ' ]
  [ "$(in_zsh 'noclobber -i same,sy')" = 'noclobber -i same,symlink,' ]
  [ "$(in_zsh 'noclobber --policy a.')" = 'noclobber --policy a.file ' ]
  [ "$(in_zsh 'noclobber --explain a.')" = 'noclobber --explain a.file ' ]
  [ "$(in_zsh 'noclobber --doctor f')" = 'noclobber --doctor folder/' ]
}

@test "zsh: the command, and its own completion" {
  need zsh git
  zsh -f -c 'zmodload zsh/zpty' || skip "this zsh has no zpty"
  [ "$(in_zsh 'noclobber -p dist/ printen')" = 'noclobber -p dist/ printenv ' ]
  [ "$(in_zsh 'noclobber -p dist/ -- git --versi')" = 'noclobber -p dist/ -- git --version ' ]
  [ "$(in_zsh 'noclobber git --expl')" = 'noclobber git --expl' ]
}

# ---- fish ----

# in_fish LINE: what fish offers at the end of LINE, without descriptions. The command "own" has an option --mine.
in_fish() {
  fish -c "source '$COMPLETIONS/noclobber.fish'; complete -c own -l mine; complete -C '$1'" | cut -f 1 | sort -u
}

@test "fish: the file is well formed" {
  need fish
  fish --no-execute "$COMPLETIONS/noclobber.fish"
}

@test "fish: options, values, lists, files" {
  need fish
  [ "$(in_fish 'noclobber --form')" = --format ] # since 4.0 it offers what has the letters anywhere
  [ "$(in_fish 'noclobber --format ')" = $'github\ngitlab\njson\ntext' ]
  [ "$(in_fish 'noclobber --format=gi')" = $'--format=github\n--format=gitlab' ]
  [ "$(in_fish 'noclobber -f e')" = emulate ]
  [ "$(in_fish 'noclobber --verify ')" = $'hash\nstat' ]
  [ "$(in_fish 'noclobber -i same,')" = $'same,empty\nsame,symlink' ]
  [ "$(in_fish 'noclobber --allow-if=same,e')" = --allow-if=same,empty ]
  [ "$(in_fish 'noclobber --policy a.')" = a.file ]
  [ "$(in_fish 'noclobber --explain a.')" = a.file ]
  [ "$(in_fish 'noclobber --doctor f')" = folder/ ]
}

@test "fish: the command, and its own completion" {
  need fish
  in_fish 'noclobber -n printen' | grep -qx printenv
  [ "$(in_fish 'noclobber -p dist/ -- own --mi')" = --mine ]
  [ "$(in_fish 'noclobber --allow-if same own --mi')" = --mine ]
  [ "$(in_fish 'noclobber own --expl')" = "" ]
}
