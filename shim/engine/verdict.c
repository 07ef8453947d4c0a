/* SPDX-License-Identifier: MIT */
#include "engine/verdict.h"

#include <errno.h>

#include "engine/compare.h"
#include "engine/exclusive.h"
#include "engine/harmless.h"

/* ---- exceptions ---- */

/* Not across mounts: two paths may lead to one file there, and no rename follows. */
static int is_same(struct collision *collision)
{
    return collision->attempt != -EXDEV &&
           !file_is_same_inode(&collision->source, &collision->destination) &&
           compare_is_equal(collision->call, &collision->source, &collision->destination,
                            collision->scratch->large.contents,
                            sizeof collision->scratch->large.contents);
}

int verdict_stands(struct collision *collision)
{
    const struct call *const call = collision->call;
    char *const buffer = collision->scratch->path;
    struct file source;
    struct file destination;

    return file_look(call->sys, call->source_dirfd, call->source, buffer, &source) == 0 &&
           file_is_unchanged(&collision->source, &source) &&
           file_look(call->sys, call->destination_dirfd, call->destination, buffer, &destination) ==
               0 &&
           file_is_unchanged(&collision->destination, &destination);
}

static int is_empty_file(const struct file *file)
{
    return file_is(file, S_IFREG) && file->size == 0;
}

/* The exception of `allow_if` that holds, or EVENT_RULE_DEFAULT. */
static enum event_rule exception(struct collision *collision, unsigned allow_if)
{
    const struct file *const source = &collision->source;
    const struct file *const destination = &collision->destination;

    POLICY_EACH_CONDITION(3);
    if ((allow_if & POLICY_ALLOW_IF_SAME) && is_same(collision))
        return EVENT_RULE_ALLOW_IF_SAME;
    if ((allow_if & POLICY_ALLOW_IF_SYMLINK) && file_is(source, S_IFLNK) &&
        file_is(destination, S_IFLNK))
        return EVENT_RULE_ALLOW_IF_SYMLINK;
    /* A directory as the destination: the source is one, too, and the kernel checks that the
     * destination is empty. */
    if ((allow_if & POLICY_ALLOW_IF_EMPTY) &&
        (is_empty_file(destination) || file_is(destination, S_IFDIR)))
        return EVENT_RULE_ALLOW_IF_EMPTY;
    return EVENT_RULE_DEFAULT;
}

static enum event_rule guarding_rule(const struct collision *collision)
{
    if (collision->policy->is_fallen_back)
        return EVENT_RULE_POLICY_ERROR;
    if (policy_needs_path(collision->policy) && !collision->is_resolved)
        return EVENT_RULE_UNDECIDED;
    return collision->decision.pattern ? EVENT_RULE_PROTECT : EVENT_RULE_DEFAULT;
}

/* ---- judging ---- */

static struct verdict answer(int code)
{
    const struct verdict verdict = {VERDICT_ANSWER, code, EVENT_RULE_DEFAULT};

    return verdict;
}

static struct verdict judge_seen(struct collision *collision)
{
    struct verdict verdict = {VERDICT_REFUSE, 0, guarding_rule(collision)};
    const int harmless = collision->attempt == -EXDEV ? HARMLESS_NO : harmless_answer(collision);
    enum event_rule rule;

    if (harmless == HARMLESS_OWN_CALL)
        verdict.kind = VERDICT_OWN_CALL;
    else if (harmless != HARMLESS_NO)
        verdict = answer(harmless);
    if (harmless != HARMLESS_NO)
        return verdict;
    rule = exception(collision, collision->decision.allow_if);
    if (rule != EVENT_RULE_DEFAULT) {
        verdict.kind = VERDICT_ALLOW;
        verdict.rule = rule;
    } else if (harmless_is_full_directory(collision)) {
        return answer(EXCLUSIVE_EXISTS);
    }
    return verdict;
}

struct verdict verdict_of(struct collision *collision)
{
    const struct verdict refuse = {VERDICT_REFUSE, 0, EVENT_RULE_UNDECIDED};
    const int is_seen = collision->source_seen == 0 && collision->destination_seen == 0;

    if (is_seen)
        return judge_seen(collision);
    if (collision->source_seen == -ENOENT)
        return answer(-ENOENT);
    if (collision->destination_seen == -ENOENT && collision->attempt == -EXDEV)
        return answer(-EXDEV);
    return refuse;
}

enum event_rule verdict_excuse(struct collision *collision)
{
    if (collision->source_seen != 0 || collision->destination_seen != 0)
        return EVENT_RULE_DEFAULT;
    return exception(collision, POLICY_ALLOW_IF_SYMLINK | POLICY_ALLOW_IF_EMPTY);
}
