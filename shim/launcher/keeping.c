/* SPDX-License-Identifier: MIT */
#include "launcher/keeping.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "launcher/message.h"
#include "launcher/run/user.h"
#include "launcher/verify/snapshot.h"

int keeping_is_wanted(const struct options *options)
{
    return options->seal != OPTIONS_SEAL_NONE || options->restore != OPTIONS_RESTORE_NONE;
}

int keeping_is_active(const struct keeping *keeping)
{
    return keeping->is_sealing || keeping->lease.has_keeper;
}

enum options_verify keeping_verify(const struct options *options)
{
    if (keeping_is_wanted(options) && options->verify == OPTIONS_VERIFY_NONE)
        return OPTIONS_VERIFY_STAT;
    return options->verify;
}

/* Returns 0 if the run may go on without a seal. */
static int refuse(const struct keeping *keeping, const char *reason, int error)
{
    char line[1024];

    if (keeping->options->seal != OPTIONS_SEAL_AUTO) {
        message_fault(keeping->options->seal == OPTIONS_SEAL_NONE ? "--restore" : "--seal", NULL,
                      reason);
        return error;
    }
    snprintf(line, sizeof line, "continuing without a seal: %s", reason);
    message_fault("--seal=auto", NULL, line);
    return 0;
}

static int begin_seal(struct keeping *keeping, const struct policy *policy,
                      const struct snapshot *files)
{
    char reason[900];
    int result;

    if (policy->allow_if & POLICY_ALLOW_IF_SAME)
        return refuse(keeping,
                      "can't be combined with --allow-if=same, which replaces sealed files; use "
                      "only one of them",
                      -EINVAL);
    result = seal_check(reason, sizeof reason);
    if (result == 0)
        result = seal_begin(&keeping->seal, policy, files, reason, sizeof reason);
    if (result < 0)
        return refuse(keeping, reason, result);
    keeping->is_sealing = 1;
    return 0;
}

/* ---- --restore ---- */

static const char *lease_reason(int error)
{
    switch (error) {
    case -EACCES: return "it belongs to another user, or can't be read";
    case -EAGAIN: return "it is open for writing";
    case -EINVAL: return "its filesystem has no leases";
    default: return strerror(-error);
    }
}

/* Writes to `line` why no file could be tried. */
static void say_nothing_kept(const struct keeping *keeping, const struct lease_begun *begun,
                             char *line, size_t size)
{
    if (begun->error == -EMFILE)
        snprintf(line, size,
                 "%zu files are too many: a process may have %zu open here, %d of them for itself; "
                 "protect fewer, or raise the limit (ulimit -Hn)",
                 keeping->files->count, begun->limit, KEEPER_RESERVE);
    else
        snprintf(line, size, "nothing can be kept: %s", strerror(-begun->error));
}

/* Reports the files that can't be kept. */
static int judge_lease(const struct keeping *keeping, const struct lease_begun *begun)
{
    const size_t tried = begun->kept + begun->unkept;
    char line[512];

    if (begun->error == 0)
        return 0;
    if (tried == 0)
        say_nothing_kept(keeping, begun, line, sizeof line);
    else
        snprintf(line, sizeof line, "%zu of %zu files can't be kept; '%.200s': %s", begun->unkept,
                 tried, begun->first, lease_reason(begun->error));
    message_fault("--restore", NULL, line);
    return tried == 0 || keeping->options->restore == OPTIONS_RESTORE_REQUIRE ? -EINVAL : 0;
}

static int begin_lease(struct keeping *keeping)
{
    static struct lease_begun begun;
    const int result = lease_begin(&keeping->lease, keeping->files, &begun);

    if (result < 0)
        message_fault("--restore", NULL, strerror(-result));
    return result < 0 ? result : judge_lease(keeping, &begun);
}

static const char *put_back_reason(int error)
{
    return error == -ELOOP ? "a directory of its path is a symbolic link or a file now"
                           : strerror(-error);
}

void keeping_restore(const struct keeping *keeping, struct changes *changes)
{
    static struct put_back result;

    for (size_t i = 0; keeping->lease.has_keeper && i < changes->count; i++) {
        struct change *const change = &changes->list[i];

        lease_put_back(&keeping->lease, (size_t)(change->seen - keeping->files->list), &result);
        change->back = result.error < 0  ? CHANGE_NOT_BACK
                       : result.is_other ? CHANGE_BACK_PARTLY
                                         : CHANGE_BACK;
        change->beside = *result.path ? strdup(result.path) : NULL;
        if (result.error < 0 && result.error != -ENODATA)
            message_fault(change->path, NULL, put_back_reason(result.error));
    }
}

/* ---- both ---- */

static int begin_both(struct keeping *keeping, const struct policy *policy)
{
    int result = 0;

    if (keeping->options->seal != OPTIONS_SEAL_NONE)
        result = begin_seal(keeping, policy, keeping->files);
    if (result == 0 && keeping->options->restore != OPTIONS_RESTORE_NONE)
        result = begin_lease(keeping);
    return result;
}

int keeping_begin(struct keeping *keeping, const struct options *options,
                  const struct policy *policy, const struct snapshot *files)
{
    memset(keeping, 0, sizeof *keeping);
    keeping->options = options;
    keeping->files = files;
    if (!keeping_is_wanted(options))
        return 0;
    if (policy->mode == POLICY_AUDIT)
        return refuse(
            keeping,
            "can't be combined with audit mode, which refuses nothing; use only one of them",
            -EINVAL);
    if (policy->mode == POLICY_OFF)
        return refuse(keeping, "NOCLOBBER_MODE=off guards nothing; unset it", -EINVAL);
    return begin_both(keeping, policy);
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
    lease_end(&keeping->lease);
}
