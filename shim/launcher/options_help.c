/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "launcher/options.h"

static const char help[] =
    "usage: noclobber [options] [--] COMMAND [ARGUMENT...]\n"
    "       noclobber [options] --explain PATH... | --doctor [DIRECTORY]\n"
    "Runs a command that may add files but replace none of the protected ones.\n"
    "  -p, --protect PATTERN      protect this: 'dist/' is a tree, '*.deb' any at all\n"
    "  -P, --protect-all          protect every destination\n"
    "  -a, --allow PATTERN        an exception; stronger than --protect\n"
    "  -i, --allow-if LIST        of same, symlink, empty: what may be replaced\n"
    "  -c, --policy FILE          read settings, one a line\n"
    "  -n, --audit                refuse nothing; report, and suggest exceptions\n"
    "  -x, --exit-on-refusal      end a process at its first refusal\n"
    "  -f, --fallback HOW         emulate, refuse: without the kernel's help\n"
    "  -l, --log FILE             append events to FILE; - is standard error\n"
    "  -t, --trace                reach static and Go programs too, by ptrace(2)\n"
    "      --verify HOW           stat, hash: how to look afterwards; or --no-verify\n"
    "      --refused-status N     exit status for a refusal (17; 0: the command's)\n"
    "  -q, --quiet                no summary\n"
    "      --format FORMAT        text, json, github, gitlab\n"
    "      --report-file FILE     where a json or gitlab report goes\n"
    "  -e, --explain              which rule decides about these paths\n"
    "  -d, --doctor               what works on this machine, and what does not\n"
    "  -V, --version  -h, --help\n"
    "Exit status: the command's; 17 refused or changed; 125 own error, 126, 127.\n";

void options_help(void *stream)
{
    fputs(help, stream);
}
