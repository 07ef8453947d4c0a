/* SPDX-License-Identifier: MIT */
/* settings: prints a line for each setting of the command: name, letter, value, variable; "-" for
 * what it lacks. */
#include "launcher/settings/table.h"

#include <stdio.h>

static const char *or_none(const char *word)
{
    return word && *word != '\0' ? word : "-";
}

int main(void)
{
    for (const struct setting *setting = settings_table; setting < settings_table + SETTING_COUNT;
         setting++) {
        const char letter[2] = {setting->letter, '\0'};

        printf("%s %s %s %s\n", setting->name, or_none(letter), or_none(setting->argument),
               setting->variable == VARIABLE_NONE ? "-" : setting_variable_name(setting->variable));
    }
    return 0;
}
