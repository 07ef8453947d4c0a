/* SPDX-License-Identifier: MIT */
#include "launcher/run/traced.h"

#include "engine/alias.h"
#include "launcher/kernel.h"
#include "tracer/tracer.h"

static char mode[] = "NOCLOBBER_MODE=" POLICY_TRACED;
char *traced_variables[] = {mode, NULL};

struct context {
    const struct run_entry *first;
    struct tracer tracer;
};

static int enter(const void *data)
{
    const struct context *const context = data;
    const int result = context->first ? context->first->enter(context->first->context) : 0;

    return result < 0 ? result : tracer_enter(&context->tracer);
}

int traced_run(const struct policy *policy, char **command, char **environment,
               const struct run_entry *first, struct run_result *result)
{
    struct context context = {.first = first};
    const struct run_entry entry = {enter, &context};
    int outcome;

    alias_learn(&kernel_sys, policy);
    outcome = tracer_start(policy, &context.tracer);

    if (outcome < 0)
        return outcome;
    outcome = run_command(command, environment, &entry, result);
    tracer_leave(&context.tracer);
    return outcome;
}
