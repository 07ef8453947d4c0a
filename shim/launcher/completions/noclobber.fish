# SPDX-License-Identifier: MIT
# fish completion for noclobber(1).

set -g __fish_noclobber_with_value -p --protect -a --allow -i --allow-if -f --fallback -l --log -c --policy \
    --user --verify --format --report-file --refused-status

function __fish_noclobber_in_options -d "Whether all words so far are options and their values"
    set -l tokens (commandline -opc)
    set -l is_value 0
    for token in $tokens[2..-1]
        if test $is_value = 1
            set is_value 0
        else if test "$token" = --
            return 1
        else if contains -- $token $__fish_noclobber_with_value
            set is_value 1
        else if not string match -q -- '-*' $token
            return 1
        end
    end
    return 0
end

function __fish_noclobber_asks -d "Whether a question was asked: -e --explain, or -d --doctor" -a short long
    contains -- $short (commandline -opc); or contains -- $long (commandline -opc)
end

function __fish_noclobber_cases -d "The cases of --allow-if that are not in the list yet"
    set -l word (string replace -r -- '^--allow-if=' '' (commandline -ct))
    set -l before (string match -r -- '^.*,' $word)
    for case in same symlink empty
        contains -- $case (string split , -- "$before"); or echo $before$case
    end
end

complete -c noclobber -n 'not __fish_noclobber_asks -e --explain; and not __fish_noclobber_asks -d --doctor' \
    -xa '(__fish_complete_subcommand $__fish_noclobber_with_value)'
complete -c noclobber -n '__fish_noclobber_asks -e --explain' -F
complete -c noclobber -n '__fish_noclobber_asks -d --doctor' -xa '(__fish_complete_directories)'

complete -c noclobber -n __fish_noclobber_in_options -s p -l protect -r -F -d 'Protect what the pattern matches'
complete -c noclobber -n __fish_noclobber_in_options -s P -l protect-all -d 'Protect every destination'
complete -c noclobber -n __fish_noclobber_in_options -s a -l allow -r -F -d 'Allow replacing what the pattern matches'
complete -c noclobber -n __fish_noclobber_in_options -s i -l allow-if -xa '(__fish_noclobber_cases)' -d 'Allow these replacements'
complete -c noclobber -n __fish_noclobber_in_options -s n -l audit -d 'Refuse nothing, report what would be refused'
complete -c noclobber -n __fish_noclobber_in_options -l enforce -d 'Refuse, whatever the environment or policy file says'
complete -c noclobber -n __fish_noclobber_in_options -s x -l exit-on-refusal -d 'End a process at its first refusal'
complete -c noclobber -n __fish_noclobber_in_options -s f -l fallback -xa 'emulate refuse' -d 'What to do without exclusive rename'
complete -c noclobber -n __fish_noclobber_in_options -s l -l log -r -F -d 'Append events to a file'
complete -c noclobber -n __fish_noclobber_in_options -s c -l policy -r -F -d 'Read settings from a file'
complete -c noclobber -n __fish_noclobber_in_options -s t -l trace -d 'Use a tracer, which reaches static programs too'
complete -c noclobber -n __fish_noclobber_in_options -l seal -d 'Make protected files read-only'
complete -c noclobber -n __fish_noclobber_in_options -l user -xa '(__fish_complete_users)' -d 'Run the command as this user'
complete -c noclobber -n __fish_noclobber_in_options -l restore -d 'Keep copies and restore lost files'
complete -c noclobber -n __fish_noclobber_in_options -l verify -xa 'stat hash' -d 'How to compare protected files afterwards'
complete -c noclobber -n __fish_noclobber_in_options -l no-verify -d 'Do not compare protected files afterwards'
complete -c noclobber -n __fish_noclobber_in_options -s q -l quiet -d 'No summary'
complete -c noclobber -n __fish_noclobber_in_options -l format -xa 'text json github gitlab' -d 'Format of the summary'
complete -c noclobber -n __fish_noclobber_in_options -l report-file -r -F -d 'File for the json or gitlab report'
complete -c noclobber -n __fish_noclobber_in_options -l refused-status -x -d 'Exit status if something was refused'
complete -c noclobber -n __fish_noclobber_in_options -s e -l explain -d 'Print which rule applies to a path'
complete -c noclobber -n __fish_noclobber_in_options -s d -l doctor -d 'Check what works on this machine'
complete -c noclobber -n __fish_noclobber_in_options -s V -l version -d 'Print the version'
complete -c noclobber -n __fish_noclobber_in_options -s h -l help -d 'Print a summary of the options'
