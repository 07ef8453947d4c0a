/* SPDX-License-Identifier: MIT */
#include "engine/guard.h"

#include <errno.h>

#include "engine/conflict.h"
#include "engine/exclusive.h"
#include "engine/journal.h"
#include "engine/loop.h"
#include "engine/placeholder.h"

/* ---- letting through ---- */

static void record(struct conflict *conflict, enum event_verdict verdict, enum event_rule rule,
                   unsigned repeated)
{
    const struct call *const call = conflict->call;
    struct event event = {
        .verdict = verdict,
        .rule = rule,
        .pattern = conflict->decision.pattern,
        .call = call_name(call),
        .source = conflict->scratch->source,
        .destination = conflict->scratch->destination,
        .unless = conflict->unless,
        .repeated = repeated,
    };

    journal_write(call->sys, conflict->policy, &event, conflict->scratch);
}

static struct loop count_pair(const struct conflict *conflict)
{
    const struct call *const call = conflict->call;

    return loop_count(call->sys, call->source_dirfd, call->source,
                      conflict->destination_seen == 0 ? &conflict->destination : NULL);
}

/* A move across filesystems is one event, though GNU mv is told EXDEV twice of it: it tries an
 * exclusive rename first, then a plain one, and then copies. */
static void record_crossing(struct conflict *conflict, enum event_verdict verdict,
                            enum event_rule rule)
{
    const struct loop loop = count_pair(conflict);

    if (loop.is_logged)
        record(conflict, verdict, rule, loop.unlogged);
}

/* The program's own call, and a record of it where it replaced something, or will be made up for by
 * a copy (EXDEV). The paths are resolved before, because the call may change what they mean. */
static int pass_recorded(struct conflict *conflict, enum event_verdict verdict,
                         enum event_rule rule)
{
    int result;

    if (policy_is_recorded(conflict->policy))
        conflict_name(conflict);
    result = call_plain(conflict->call);
    if (result == 0)
        record(conflict, verdict, rule, 0);
    else if (result == -EXDEV)
        record_crossing(conflict, verdict, rule);
    return result;
}

/* Lets a conflict through under ALLOW or in audit mode. */
static int pass(struct conflict *conflict)
{
    struct judgement judgement;

    if (!policy_is_recorded(conflict->policy))
        return call_plain(conflict->call);
    conflict_look(conflict);
    if (conflict->destination_seen == -ENOENT)
        return call_plain(conflict->call);
    judgement = conflict_judge(conflict);
    if (judgement.kind == JUDGEMENT_ANSWER)
        return call_plain(conflict->call);
    if (conflict->decision.guard == POLICY_ALLOWED)
        return pass_recorded(conflict, EVENT_ALLOWED, EVENT_RULE_ALLOW);
    if (judgement.kind == JUDGEMENT_ALLOW)
        return pass_recorded(conflict, EVENT_ALLOWED, judgement.rule);
    conflict->unless = conflict_excuse(conflict);
    return pass_recorded(conflict, EVENT_AUDITED, judgement.rule);
}

/* ---- enforcing ---- */

/* Refuses with `error`, on the record. */
static int refuse(struct conflict *conflict, enum event_rule rule, int error)
{
    const struct call *const call = conflict->call;
    const struct policy *const policy = conflict->policy;
    const struct loop loop = count_pair(conflict);

    if (policy_is_recorded(policy) && loop.is_logged) {
        conflict_name(conflict);
        record(conflict, EVENT_REFUSED, rule, loop.unlogged);
    }
    if (policy->on_refusal == POLICY_REFUSAL_EXIT) {
        conflict_name(conflict);
        journal_exit(call->sys, conflict->scratch->destination, conflict->scratch);
    }
    return error == -EEXIST && loop.count >= LOOP_LIMIT ? -EBUSY : error;
}

/* ALLOW_IF=same: the destination stays, and the source, which is still the file that was compared,
 * goes. (A file put there between the last look and unlinkat goes too: see exclusive.c.) */
static int drop_source(struct conflict *conflict)
{
    const struct call *const call = conflict->call;
    struct file now;
    int result;

    conflict_name(conflict);
    result = file_look(call->sys, call->source_dirfd, call->source, conflict->scratch->path, &now);
    if (result == 0 && !file_is_same_inode(&now, &conflict->source))
        return refuse(conflict, EVENT_RULE_UNDECIDED, -EEXIST);
    if (result == 0)
        result = sys_unlinkat(call->sys, call->source_dirfd, call->source, 0);
    if (result == 0)
        record(conflict, EVENT_ALLOWED, EVENT_RULE_ALLOW_IF_SAME, 0);
    return exclusive_failure(result);
}

/* What an emulation left at the destination when its process was killed is in nobody's way. Returns
 * -EEXIST for anything else. */
static int take_over(struct conflict *conflict)
{
    if (conflict->attempt == -EXDEV || conflict->source_seen < 0 ||
        conflict->destination_seen < 0 || !file_is(&conflict->source, S_IFDIR) ||
        !placeholder_is(&conflict->destination))
        return -EEXIST;
    return exclusive_take_over(conflict->call, &conflict->source, conflict->scratch->path);
}

static int refuse_unless_left(struct conflict *conflict, enum event_rule rule)
{
    const int result = take_over(conflict);

    return result == -EEXIST ? refuse(conflict, rule, -EEXIST) : result;
}

/* Something is in the way of a guarded destination. */
static int settle(struct conflict *conflict)
{
    const struct judgement judgement = conflict_judge(conflict);

    switch (judgement.kind) {
    case JUDGEMENT_ANSWER: return judgement.answer;
    case JUDGEMENT_REFUSE: return refuse_unless_left(conflict, judgement.rule);
    case JUDGEMENT_ALLOW: break;
    }
    if (judgement.rule == EVENT_RULE_ALLOW_IF_SAME)
        return drop_source(conflict);
    return pass_recorded(conflict, EVENT_ALLOWED, judgement.rule);
}

/* The program's own exclusive rename: EEXIST is what it asked to be told, EXDEV would make it copy
 * over the destination. */
static int settle_exclusive(const struct conflict *conflict)
{
    return conflict->destination_seen == -ENOENT ? conflict->attempt : -EEXIST;
}

/* An exclusive rename without the kernel's flag: 0 or -errno as exclusive_emulate. EINVAL is the
 * answer where plain rename says it too: to a whiteout, and to a directory moved into itself. */
static int fall_back(struct conflict *conflict)
{
    if ((conflict->call->flags & RENAME_WHITEOUT) || conflict_is_into_itself(conflict))
        return -EINVAL;
    if (conflict->policy->fallback == POLICY_FALLBACK_EMULATE)
        return exclusive_emulate(conflict->call, conflict->scratch->path);
    if (conflict->source_seen < 0)
        return exclusive_failure(conflict->source_seen);
    if (conflict->destination_seen < 0)
        return -EOPNOTSUPP;
    return file_is_same_device(&conflict->source, &conflict->destination) ? -EEXIST : -EXDEV;
}

static int enforce(struct conflict *conflict)
{
    conflict_look(conflict);
    if (conflict->attempt == EXCLUSIVE_MISSING) {
        conflict->attempt = fall_back(conflict);
        if (conflict->attempt == -EOPNOTSUPP && !call_is_exclusive(conflict->call))
            return refuse(conflict, EVENT_RULE_FALLBACK, -EOPNOTSUPP);
        if (conflict->attempt != -EEXIST && conflict->attempt != -EXDEV)
            return conflict->attempt;
        conflict_look(conflict); /* somebody may have come first meanwhile */
    }
    return call_is_exclusive(conflict->call) ? settle_exclusive(conflict) : settle(conflict);
}

/* ---- the way in ---- */

static int ends_in_dot(const char *path)
{
    return path_split(path).last != PATH_LAST_NAME;
}

/*
 * `.`, `..` and "/" are never replaced, so that the kernel may say so in its own words: EBUSY, but
 * EEXIST where the program asked for an exclusive rename. Where that is missing, it is renameat
 * that has the words.
 */
static int answer_dot(const struct conflict *conflict)
{
    const struct call *const call = conflict->call;
    int result;

    if (conflict->attempt != EXCLUSIVE_MISSING || conflict->policy->mode == POLICY_AUDIT)
        return call_plain(call);
    result = sys_renameat2(call->sys, call->source_dirfd, call->source, call->destination_dirfd,
                           call->destination, 0);
    return call_is_exclusive(call) && result == -EBUSY && !ends_in_dot(call->source) ? -EEXIST
                                                                                     : result;
}

static int decide(struct conflict *conflict)
{
    if (ends_in_dot(conflict->call->source) || ends_in_dot(conflict->call->destination))
        return answer_dot(conflict);
    conflict_decide(conflict);
    if (conflict->decision.guard == POLICY_UNGUARDED)
        return call_plain(conflict->call);
    if (conflict->decision.guard == POLICY_ALLOWED || conflict->policy->mode == POLICY_AUDIT)
        return pass(conflict);
    return enforce(conflict);
}

/*
 * Where the call is unknown or a filter answers for it, no kernel has read the paths yet: a bad
 * pointer must be EFAULT there too, before anybody here reads it. readlinkat(2) copies the whole
 * path in before it looks at anything. Returns 0 or -EFAULT.
 */
static int check_paths(const struct call *call)
{
    const struct sys *const sys = call->sys;
    char byte;

    if (sys_readlinkat(sys, call->source_dirfd, call->source, &byte, 1) == -EFAULT ||
        sys_readlinkat(sys, call->destination_dirfd, call->destination, &byte, 1) == -EFAULT)
        return -EFAULT;
    return 0;
}

static int is_in_the_way(const struct call *call, int result)
{
    return result == -EXDEV || result == EXCLUSIVE_MISSING ||
           (result == -EEXIST && !call_is_exclusive(call));
}

static int meet(const struct policy *policy, const struct call *call, int attempt)
{
    struct scratch *const scratch = scratch_take(call->sys);
    struct conflict conflict = {
        .policy = policy, .call = call, .scratch = scratch, .attempt = attempt};
    int result;

    if (!scratch)
        return policy->mode == POLICY_AUDIT ? call_plain(call) : -ENOMEM;
    result = decide(&conflict);
    scratch_release(call->sys, scratch);
    return result;
}

/* Kept out of the way of the call without conflict, which so needs hardly any stack. */
__attribute__((noinline)) int guard_answer(const struct policy *policy, const struct call *call,
                                           int attempt)
{
    if (attempt == EXCLUSIVE_MISSING && check_paths(call) < 0)
        return -EFAULT;
    return is_in_the_way(call, attempt) ? meet(policy, call, attempt) : attempt;
}

int guard_undecided(const struct policy *policy, const struct call *call, int attempt)
{
    struct scratch *scratch;
    int result;

    if (!is_in_the_way(call, attempt))
        return attempt;
    if (policy->mode == POLICY_AUDIT)
        return call_plain(call);
    scratch = scratch_take(call->sys);
    if (!scratch)
        return -ENOMEM;
    struct conflict conflict = {.policy = policy,
                                .call = call,
                                .scratch = scratch,
                                .attempt = attempt,
                                .destination_seen = -EACCES};
    result = refuse(&conflict, EVENT_RULE_UNDECIDED, attempt == -EEXIST ? -EEXIST : -EOPNOTSUPP);
    scratch_release(call->sys, scratch);
    return result;
}

int guard_rename(const struct policy *policy, const struct call *call)
{
    const unsigned known = RENAME_NOREPLACE | RENAME_WHITEOUT;
    int result;

    if (policy->mode == POLICY_OFF || (call->flags & ~known) != 0)
        return call_plain(call);
    result = exclusive_rename(call);
    return result == 0 ? 0 : guard_answer(policy, call, result);
}
