/* SPDX-License-Identifier: MIT */
#include "launcher/keeping.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "launcher/message.h"
#include "launcher/run/user.h"

enum options_verify keeping_verify(const struct options *options)
{
    if (options->seal != OPTIONS_SEAL_NONE && options->verify == OPTIONS_VERIFY_NONE)
        return OPTIONS_VERIFY_STAT;
    return options->verify;
}

/* Returns 0 where it may go on without. */
static int refuse(const struct keeping *keeping, const char *reason, int error)
{
    char line[1024];

    if (keeping->options->seal == OPTIONS_SEAL_REQUIRE) {
        message_fault("--seal", NULL, reason);
        return error;
    }
    snprintf(line, sizeof line, "goes on without: %s", reason);
    message_fault("--seal=auto", NULL, line);
    return 0;
}

static int begin_seal(struct keeping *keeping, const struct policy *policy,
                      const struct snapshot *files)
{
    char reason[900];
    int result = seal_check(reason, sizeof reason);

    if (result == 0)
        result = seal_begin(&keeping->seal, policy, files, reason, sizeof reason);
    if (result < 0)
        return refuse(keeping, reason, result);
    keeping->is_sealing = 1;
    return 0;
}

int keeping_begin(struct keeping *keeping, const struct options *options,
                  const struct policy *policy, const struct snapshot *files)
{
    memset(keeping, 0, sizeof *keeping);
    keeping->options = options;
    if (options->seal == OPTIONS_SEAL_NONE)
        return 0;
    if (policy->mode == POLICY_AUDIT)
        return refuse(keeping, "an audit lets everything through, a seal nothing; use one of them",
                      -EINVAL);
    if (policy->mode == POLICY_OFF)
        return refuse(keeping, "NOCLOBBER_MODE=off guards nothing; unset it", -EINVAL);
    return begin_seal(keeping, policy, files);
}

int keeping_enter(const void *context)
{
    const struct keeping *const keeping = context;
    int result = user_regain();

    if (result == 0 && keeping->is_sealing)
        result = seal_enter(&keeping->seal);
    return result < 0 ? result : user_drop();
}

int keeping_tell_failure(const struct keeping *keeping)
{
    const struct seal_result *const result = keeping->is_sealing ? keeping->seal.result : NULL;
    char reason[900];

    if (!result || result->error >= 0)
        return 0;
    seal_reason(result, reason, sizeof reason);
    message_fault(*result->path ? result->path : "--seal", NULL, reason);
    return 1;
}

void keeping_count(const struct keeping *keeping, struct run_result *result)
{
    if (!keeping->is_sealing)
        return;
    result->is_sealed = 1;
    result->sealed = keeping->seal.result->sealed;
    result->unsealed = keeping->seal.result->excepted;
}

void keeping_free(struct keeping *keeping)
{
    if (keeping->is_sealing)
        seal_free(&keeping->seal);
}
