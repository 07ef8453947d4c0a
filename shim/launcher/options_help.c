/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "launcher/options.h"

static const char head[] = "usage: noclobber [options] [--] COMMAND [ARGUMENT...]\n"
                           "       noclobber [options] --explain PATH... | --doctor [DIRECTORY]\n"
                           "Runs a command that may add files but not replace protected ones.\n";
static const char foot[] =
    "  -V, --version  -h, --help\n"
    "Exit status: the command's; 17: refused or changed; 125: own error; 126, 127.\n";

void options_help(void)
{
    char words[64];

    fputs(head, stdout);
    for (const struct setting *setting = settings_table; setting < settings_table + SETTING_COUNT;
         setting++) {
        const char *const argument = setting->argument ? setting->argument : "";

        snprintf(words, sizeof words, "--%s%s%s", setting->name,
                 *argument == '\0' || *argument == '[' ? "" : " ", argument);
        if (setting->help && setting->letter)
            printf("  -%c, %-23s%s\n", setting->letter, words, setting->help);
        else if (setting->help)
            printf("      %-23s%s\n", words, setting->help);
    }
    fputs(foot, stdout);
}
