/* SPDX-License-Identifier: MIT */
#include "engine/guard.h"

#include <errno.h>

#include "engine/collision.h"
#include "engine/compare.h"
#include "engine/exclusive.h"
#include "engine/filesystem.h"
#include "engine/harmless.h"
#include "engine/log.h"
#include "engine/loop.h"
#include "engine/verdict.h"

/* ---- letting through ---- */

static void record(struct collision *collision, enum event_verdict verdict, enum event_rule rule,
                   unsigned repeated, const struct event_state *left)
{
    const struct call *const call = collision->call;
    struct event event = {
        .verdict = verdict,
        .rule = rule,
        .pattern = collision->decision.pattern,
        .call = call_name(call),
        .source = collision->scratch->source,
        .destination = collision->scratch->destination,
        .unless = collision->unless,
        .left = left,
        .repeated = repeated,
    };

    log_event(call->sys, collision->policy, &event, collision->scratch);
}

static struct loop count_pair(const struct collision *collision)
{
    const struct call *const call = collision->given;

    return loop_count(call->sys, call->source_dirfd, call->source,
                      collision->destination_seen == 0 ? &collision->destination : NULL);
}

/* A move across filesystems is one event, although GNU mv gets EXDEV twice: it tries an exclusive
 * rename, then a plain one, and then copies. */
static void record_crossing(struct collision *collision, enum event_verdict verdict,
                            enum event_rule rule)
{
    const struct loop loop = count_pair(collision);
    const struct event_state copied = {
        .size = collision->source.size,
        .modified = collision->source.modified,
        .mode = collision->source.mode,
    };

    if (loop.is_logged)
        record(collision, verdict, rule, loop.unlogged, &copied);
}

/* Records a rename that was let through, and the file that it left at the destination. */
static void record_passed(struct collision *collision, enum event_verdict verdict,
                          enum event_rule rule)
{
    const struct call *const call = collision->call;
    struct file file;
    struct event_state left;

    if (file_look(call->sys, call->destination_dirfd, call->destination, collision->scratch->path,
                  &file) < 0) {
        record(collision, verdict, rule, 0, NULL);
        return;
    }
    left = (struct event_state){
        .device_major = file.device_major,
        .device_minor = file.device_minor,
        .inode = file.inode,
        .size = file.size,
        .modified = file.modified,
        .changed = file.changed,
        .mode = file.mode,
        .links = file.links,
        .owner = file.owner,
        .group = file.group,
    };
    record(collision, verdict, rule, 0, &left);
}

/* Leaves the program's own call to the caller, unless the directories are open: then it is made
 * here, relative to them. */
static int let(struct collision *collision)
{
    return collision->call == collision->given ? GUARD_OWN_CALL : call_plain(collision->call);
}

/* Makes the program's own call, and records it if it replaced something or if the program will now
 * copy (EXDEV). The paths are resolved first, because the call may change what they mean. */
static int pass_recorded(struct collision *collision, enum event_verdict verdict,
                         enum event_rule rule)
{
    int result;

    if (!policy_is_recorded(collision->policy))
        return call_plain(collision->call);
    collision_name(collision);
    result = call_plain(collision->call);
    if (result == 0)
        record_passed(collision, verdict, rule);
    else if (result == -EXDEV)
        record_crossing(collision, verdict, rule);
    return result;
}

/* An exclusive rename without the kernel's flag: 0 or -errno as exclusive_emulate. EINVAL where
 * plain rename returns it, too: for a whiteout, and for a directory moved into itself. */
static int fall_back(struct collision *collision)
{
    if ((collision->call->flags & RENAME_WHITEOUT) ||
        (collision->destination_seen == -ENOENT && harmless_is_into_itself(collision)))
        return -EINVAL;
    if (collision->policy->fallback == POLICY_FALLBACK_EMULATE)
        return exclusive_emulate(collision->call, collision->scratch->path);
    if (collision->source_seen < 0)
        return exclusive_failure(collision->source_seen);
    if (collision->destination_seen < 0)
        return -EOPNOTSUPP;
    return file_is_same_device(&collision->source, &collision->destination) ? EXCLUSIVE_EXISTS
                                                                            : -EXDEV;
}

/* A rename that is let through, and whose destination does not exist. If enforce mode would have to
 * emulate it, audit does so, too, to find out whether that works. */
static int pass_free(struct collision *collision)
{
    int result;

    if (collision->attempt != EXCLUSIVE_MISSING || collision->decision.guard != POLICY_GUARDED ||
        call_is_exclusive(collision->call))
        return let(collision);
    result = fall_back(collision);
    if (result == -EOPNOTSUPP)
        return pass_recorded(collision, EVENT_AUDITED, EVENT_RULE_FALLBACK);
    return result == 0 ? 0 : let(collision);
}

/* Lets a collision through: ALLOW, or audit mode. Does not read the files to fill in the event. */
static int pass(struct collision *collision)
{
    struct verdict verdict;

    if (!policy_is_recorded(collision->policy))
        return let(collision);
    collision_look(collision);
    if (collision->destination_seen == -ENOENT)
        return pass_free(collision);
    collision->decision.allow_if &= ~(unsigned)POLICY_ALLOW_IF_SAME;
    verdict = verdict_of(collision);
    if (verdict.kind == VERDICT_ANSWER || verdict.kind == VERDICT_OWN_CALL)
        return let(collision);
    if (collision->decision.guard == POLICY_ALLOWED)
        return pass_recorded(collision, EVENT_ALLOWED, EVENT_RULE_ALLOW);
    if (verdict.kind == VERDICT_ALLOW)
        return pass_recorded(collision, EVENT_ALLOWED, verdict.rule);
    collision->unless = verdict_excuse(collision);
    return pass_recorded(collision, EVENT_AUDITED, verdict.rule);
}

/* ---- enforcing ---- */

/* What the program gets for a rename that we refuse because it would replace something. */
#define REFUSED (-EEXIST)

/* Records a refusal and returns `error`, or -EBUSY in a loop; may end the process. */
static int refuse(struct collision *collision, enum event_rule rule, int error)
{
    const struct call *const call = collision->call;
    const struct policy *const policy = collision->policy;
    const struct loop loop = count_pair(collision);

    if (policy_is_recorded(policy) && loop.is_logged) {
        collision_name(collision);
        record(collision, EVENT_REFUSED, rule, loop.unlogged, NULL);
    }
    if (policy->on_refusal == POLICY_REFUSAL_EXIT) {
        collision_name(collision);
        log_exit(call->sys, collision->scratch->destination, collision->scratch);
    }
    return error == REFUSED && loop.count >= LOOP_LIMIT ? -EBUSY : error;
}

/* How often equal files are compared if other processes change them in between; all comparisons of
 * one rename together read at most COMPARE_SIZE_MAX of a file. */
#define SAME_TRIES 16

/* Whether the verdict depends on a comparison of the files and they have changed since. Called
 * right before the program's own call or a refusal. */
static int is_outdated(struct collision *collision, const struct verdict *verdict)
{
    if (!(collision->decision.allow_if & POLICY_ALLOW_IF_SAME) || verdict->kind == VERDICT_ANSWER ||
        verdict->kind == VERDICT_OWN_CALL ||
        (verdict->kind == VERDICT_ALLOW && verdict->rule != EVENT_RULE_ALLOW_IF_SAME))
        return 0;
    if (policy_is_recorded(collision->policy))
        collision_name(collision); /* now, not between the check below and the call */
    return !verdict_stands(collision);
}

/* The verdict on a guarded destination that exists. If several jobs rename equal files to one name
 * at once, the files are equal again after each rename, so an outdated comparison is repeated. */
static struct verdict judge(struct collision *collision)
{
    struct verdict verdict = verdict_of(collision);

    for (unsigned tries = 1; is_outdated(collision, &verdict); tries++) {
        collision_look(collision);
        if (tries == SAME_TRIES || collision->source.size > COMPARE_SIZE_MAX / (tries + 1)) {
            verdict.kind = VERDICT_REFUSE;
            verdict.rule = EVENT_RULE_UNDECIDED;
            break;
        }
        verdict = verdict_of(collision);
    }
    return verdict;
}

/* A guarded destination that exists, or is on another filesystem. */
static int settle(struct collision *collision)
{
    const struct verdict verdict = judge(collision);

    switch (verdict.kind) {
    case VERDICT_ANSWER: return verdict.answer;
    case VERDICT_OWN_CALL: return let(collision);
    case VERDICT_REFUSE: return refuse(collision, verdict.rule, REFUSED);
    case VERDICT_ALLOW: break;
    }
    return pass_recorded(collision, EVENT_ALLOWED, verdict.rule);
}

/* The program's own exclusive rename: EEXIST is the result that it asked for; after EXDEV it would
 * copy over the destination. */
static int settle_exclusive(const struct collision *collision)
{
    return collision->destination_seen == -ENOENT ? collision->attempt : EXCLUSIVE_EXISTS;
}

static int enforce(struct collision *collision)
{
    /* If the directories cannot be opened, no exception holds: the files that are judged might not
     * be the ones that are renamed. */
    if (collision->decision.allow_if != 0 && collision_hold(collision) < 0)
        collision->decision.allow_if = 0;
    collision_look(collision);
    if (collision->attempt == EXCLUSIVE_MISSING) {
        collision->attempt = fall_back(collision);
        if (collision->attempt == -EOPNOTSUPP && !call_is_exclusive(collision->call))
            return refuse(collision, EVENT_RULE_FALLBACK, -EOPNOTSUPP);
        if (collision->attempt != EXCLUSIVE_EXISTS && collision->attempt != -EXDEV)
            return collision->attempt;
        collision_look(collision); /* another process may have come first */
    }
    return call_is_exclusive(collision->call) ? settle_exclusive(collision) : settle(collision);
}

/* ---- the way in ---- */

/* Whether a destination with an unknown path would be refused: 0 if every policy only audits. */
static int is_enforced(const struct policy *policy)
{
    return policy_decide(policy, NULL).mode == POLICY_ENFORCE;
}

/*
 * `.`, `..` and "/" are never replaced, so the result is the kernel's: EBUSY, or EEXIST if the
 * program asked for an exclusive rename. Without the kernel's flag, plain renameat gives it.
 */
static int answer_dot(struct collision *collision)
{
    const struct call *const call = collision->call;
    int result;

    if (collision->attempt != EXCLUSIVE_MISSING || !is_enforced(collision->policy))
        return GUARD_OWN_CALL;
    result = sys_renameat2(call->sys, call->source_dirfd, call->source, call->destination_dirfd,
                           call->destination, 0);
    return call_is_exclusive(call) && result == -EBUSY &&
                   collision->source_parts.last == PATH_LAST_NAME
               ? EXCLUSIVE_EXISTS
               : result;
}

static int decide(struct collision *collision)
{
    collision_begin(collision);
    if (collision->source_parts.last != PATH_LAST_NAME ||
        collision->destination_parts.last != PATH_LAST_NAME)
        return answer_dot(collision);
    collision_decide(collision);
    if (collision->decision.guard == POLICY_UNGUARDED)
        return let(collision);
    if (collision->decision.guard == POLICY_ALLOWED || collision->decision.mode == POLICY_AUDIT)
        return pass(collision);
    return enforce(collision);
}

/* If the kernel does not know the call, or a filter answered it, the kernel has not read the paths.
 * Returns 0 or the error that the call has for the strings themselves. */
static int check_paths(const struct call *call)
{
    const int result = path_check(call->sys, call->source_dirfd, call->source);

    return result < 0 ? result : path_check(call->sys, call->destination_dirfd, call->destination);
}

static int is_in_the_way(const struct call *call, int result)
{
    return result == -EXDEV || result == EXCLUSIVE_MISSING ||
           (result == EXCLUSIVE_EXISTS && !call_is_exclusive(call));
}

static int meet(const struct policy *policy, const struct call *call, int attempt)
{
    struct scratch *const scratch = scratch_take(call->sys);
    struct collision collision = {.policy = policy,
                                  .call = call,
                                  .given = call,
                                  .source_parent = -1,
                                  .destination_parent = -1,
                                  .scratch = scratch,
                                  .attempt = attempt};
    int result;

    if (!scratch)
        return is_enforced(policy) ? -ENOMEM : GUARD_OWN_CALL;
    result = decide(&collision);
    collision_release(&collision);
    scratch_release(call->sys, scratch);
    return result;
}

/* noinline: keeps this frame off the path of a rename without collision. */
__attribute__((noinline)) int guard_answer(const struct policy *policy, const struct call *call,
                                           int attempt)
{
    const int result = attempt == EXCLUSIVE_MISSING ? check_paths(call) : 0;

    if (result < 0)
        return result;
    return is_in_the_way(call, attempt) ? meet(policy, call, attempt) : attempt;
}

int guard_undecided(const struct policy *policy, const struct call *call, int attempt)
{
    struct scratch *scratch;
    int result;

    if (!is_in_the_way(call, attempt))
        return attempt;
    if (!is_enforced(policy))
        return GUARD_OWN_CALL;
    scratch = scratch_take(call->sys);
    if (!scratch)
        return -ENOMEM;
    struct collision collision = {.policy = policy,
                                  .call = call,
                                  .given = call,
                                  .scratch = scratch,
                                  .attempt = attempt,
                                  .destination_seen = -EACCES};
    result = refuse(&collision, EVENT_RULE_UNDECIDED,
                    attempt == EXCLUSIVE_EXISTS ? REFUSED : -EOPNOTSUPP);
    scratch_release(call->sys, scratch);
    return result;
}

int guard_rename(const struct policy *policy, const struct call *call)
{
    const unsigned known = RENAME_NOREPLACE | RENAME_WHITEOUT;
    int result;

    if (policy->mode == POLICY_OFF || (call->flags & ~known) != 0)
        return call_plain(call);
    result = filesystem_may_be_smb && filesystem_is_smb(call) ? EXCLUSIVE_MISSING
                                                              : exclusive_rename(call);
    if (result == 0)
        return 0;
    result = guard_answer(policy, call, result);
    return result == GUARD_OWN_CALL ? call_plain(call) : result;
}
