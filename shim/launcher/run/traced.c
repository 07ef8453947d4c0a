/* SPDX-License-Identifier: MIT */
#include "launcher/run/traced.h"

#include "tracer/tracer.h"

static char mode[] = "NOCLOBBER_MODE=" POLICY_TRACED;
char *traced_variables[] = {mode, NULL};

static int enter(const void *context)
{
    return tracer_enter(context);
}

int traced_run(const struct policy *policy, char **command, char **environment,
               struct run_result *result)
{
    struct tracer tracer;
    const struct run_entry entry = {enter, &tracer};
    int outcome = tracer_start(policy, &tracer);

    if (outcome < 0)
        return outcome;
    outcome = run_command(command, environment, &entry, result);
    tracer_leave(&tracer);
    return outcome;
}
