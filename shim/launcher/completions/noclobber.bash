# SPDX-License-Identifier: MIT
# bash completion for noclobber(1). The command's own arguments are completed by that command's completion if bash-completion
# is loaded, otherwise as files.
# shellcheck shell=bash

_noclobber_takes_value() { # _noclobber_takes_value WORD: whether the next word is the value of WORD
  case $1 in
  --protect | --allow | --allow-if | --fallback | --log | --policy | --format | --report-file | --verify | --refused-status | --user)
    return 0
    ;;
  esac
  [[ $1 =~ ^-[Pnxtqed]*[paiflc]$ ]]
}

# Sets `option` (the current word is its value), `question` (explain, doctor) and `first` (the index of the first word that is
# not an option); each is empty if there is none.
_noclobber_read() {
  local i=1

  option='' question='' first=''
  while ((i < COMP_CWORD)); do
    case ${COMP_WORDS[i]} in
    -e | --explain) question=explain ;;
    -d | --doctor) question=doctor ;;
    esac
    if [[ ${COMP_WORDS[i]} == -- ]]; then
      first=$((i + 1))
      return
    elif [[ ${COMP_WORDS[i]} != -* ]]; then
      first=$i
      return
    elif _noclobber_takes_value "${COMP_WORDS[i]}"; then
      option=${COMP_WORDS[i]}
      # The shell splits words at '=' and ':', which become separate words.
      [[ ${COMP_WORDS[i + 1]} == = ]] && ((i += 1))
      ((i += 1))
      while ((i < COMP_CWORD)) && [[ ${COMP_WORDS[i + 1]} == [=:]* ]]; do ((i += 2)); done
      ((i >= COMP_CWORD)) && return
      option=''
    fi
    ((i += 1))
  done
}

_noclobber_files() { # _noclobber_files CURRENT [-d]: files, or only directories (-d)
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen "${2:--f}" -- "$1")
}

_noclobber_words() { # _noclobber_words CURRENT WORD…
  mapfile -t COMPREPLY < <(compgen -W "${*:2}" -- "$1")
}

_noclobber_list() { # _noclobber_list CURRENT WORD…: one more word of a comma-separated list, without repetition
  local done=${1%"${1##*,}"} word
  COMPREPLY=()
  for word in "${@:2}"; do
    [[ $word == "${1##*,}"* && ,$done != *",$word,"* ]] && COMPREPLY+=("$done$word")
  done
}

_noclobber_value() { # _noclobber_value OPTION CURRENT
  case $1 in
  --allow-if | -*i) _noclobber_list "$2" same symlink empty ;;
  --fallback | -*f) _noclobber_words "$2" emulate refuse ;;
  --format) _noclobber_words "$2" text json github gitlab ;;
  --restore) _noclobber_words "$2" auto require ;;
  --seal) _noclobber_words "$2" require auto ;;
  --user) mapfile -t COMPREPLY < <(compgen -u -- "$2") ;;
  --verify) _noclobber_words "$2" stat hash ;;
  --refused-status) COMPREPLY=() ;;
  *) _noclobber_files "$2" ;;
  esac
}

_noclobber_options() { # _noclobber_options CURRENT
  _noclobber_words "$1" --protect --protect-all --allow --allow-if --audit --enforce --exit-on-refusal --fallback --log --policy \
    --trace --seal --user --restore --verify --no-verify --quiet --format --report-file --refused-status --explain --doctor --version --help \
    -p -P -a -i -n -x -f -l -c -t -q -e -d -V -h
}

_noclobber() {
  local cur=${COMP_WORDS[COMP_CWORD]} option question first lead

  _noclobber_read
  COMPREPLY=()
  if [[ $option ]]; then
    [[ $cur == = ]] && cur=''
    _noclobber_value "$option" "$cur"
  elif [[ ! $first && $cur == --*=* ]]; then
    lead=${cur%%=*}=
    _noclobber_value "${lead%=}" "${cur#*=}"
    COMPREPLY=("${COMPREPLY[@]/#/$lead}")
  elif [[ ! $first && $cur == -* ]]; then
    _noclobber_options "$cur"
  elif [[ $question ]]; then
    _noclobber_files "$cur" "$([[ $question == doctor ]] && echo -d)"
  elif declare -F _command_offset >/dev/null; then
    _command_offset "${first:-$COMP_CWORD}"
  elif ((${first:-COMP_CWORD} == COMP_CWORD)); then
    _noclobber_files "$cur" -c
  else
    _noclobber_files "$cur"
  fi
}

complete -F _noclobber noclobber
