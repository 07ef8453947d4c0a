/* SPDX-License-Identifier: MIT */
#include "launcher/settings/outer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/policy.h"
#include "launcher/message.h"

#define PREFIX "NOCLOBBER_"

/* The number of the outer run in a name after the prefix, such as 1_MODE=, or 0. */
static unsigned number_of(const char *name)
{
    return name[0] >= '1' && name[0] <= '0' + POLICY_OUTER_MAX && name[1] == '_'
               ? (unsigned)(name[0] - '0')
               : 0;
}

/* The name after PREFIX and a number, if it is part of a run's policy; else NULL. */
static const char *policy_part(const char *variable)
{
    const char *name = variable + strlen(PREFIX);

    if (strncmp(variable, PREFIX, strlen(PREFIX)) != 0 || strncmp(name, "LIBRARY=", 8) == 0)
        return NULL;
    return number_of(name) ? name + 2 : name;
}

static unsigned count_runs(char **environment)
{
    unsigned most = 0;

    for (; *environment; environment++) {
        const char *const part = policy_part(*environment);
        const unsigned number = part ? number_of(*environment + strlen(PREFIX)) : 0;

        most = number > most ? number : most;
    }
    return most;
}

static int is_log(const char *part, const char *log)
{
    return log && strncmp(part, "LOG=", 4) == 0 && strcmp(part + 4, log) == 0;
}

int outer_collect(char **environment, const char *own_log, char **variables, size_t *count)
{
    const unsigned runs = count_runs(environment);

    if (!getenv(PREFIX "REPORT"))
        return 0;
    if (runs == POLICY_OUTER_MAX) {
        message_fault("noclobber", NULL, "already runs inside eight others; nest fewer");
        return -E2BIG;
    }
    for (; *environment; environment++) {
        const char *const part = policy_part(*environment);
        const unsigned number = part ? number_of(*environment + strlen(PREFIX)) : 0;

        if (!part || is_log(part, own_log))
            continue;
        if (asprintf(&variables[*count], PREFIX "%u_%s", number ? number : runs + 1, part) < 0)
            return -ENOMEM;
        ++*count;
    }
    return 0;
}
