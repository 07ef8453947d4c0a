/* SPDX-License-Identifier: MIT */
#include "engine/collision.h"

#include <errno.h>

#include "engine/alias.h"
#include "engine/compare.h"
#include "engine/exclusive.h"
#include "engine/harmless.h"
#include "engine/spelling.h"

/* ---- holding, deciding, looking, naming ---- */

/* From now on the call goes by the directories that are held. */
static void adopt(struct collision *collision, int *parent, int fd, int *dirfd, const char **path)
{
    *parent = fd;
    *dirfd = fd;
    *path += path_split(*path).name;
    collision->call = &collision->held;
}

static void begin_to_hold(struct collision *collision)
{
    if (collision->call != &collision->held)
        collision->held = *collision->call;
}

static void adopt_source(struct collision *collision, int fd)
{
    begin_to_hold(collision);
    adopt(collision, &collision->source_parent, fd, &collision->held.source_dirfd,
          &collision->held.source);
}

static void adopt_destination(struct collision *collision, int fd)
{
    begin_to_hold(collision);
    adopt(collision, &collision->destination_parent, fd, &collision->held.destination_dirfd,
          &collision->held.destination);
}

static int hold_destination(struct collision *collision)
{
    const struct call *const call = collision->call;
    int fd;
    const int result =
        path_hold(call->sys, call->destination_dirfd, call->destination,
                  collision->scratch->destination, sizeof collision->scratch->destination, &fd);

    collision->is_resolved = result == 0;
    if (result < 0)
        return result;
    if (call->sys->is_remote)
        collision->destination_parent = fd;
    else
        adopt_destination(collision, fd);
    return 0;
}

static int open_parent(struct collision *collision, int dirfd, const char *path, int *fd)
{
    char *const buffer = collision->scratch->path;

    return path_open_parent(collision->call->sys, dirfd, path, buffer, PATH_RESOLVED_MAX, fd);
}

int collision_hold(struct collision *collision)
{
    const struct call *call = collision->call;
    int result = 0;
    int fd;

    if (call->sys->is_remote)
        return 0;
    if (collision->destination_parent < 0) {
        result = open_parent(collision, call->destination_dirfd, call->destination, &fd);
        if (result == 0)
            adopt_destination(collision, fd);
    }
    call = collision->call;
    if (result == 0 && collision->source_parent < 0) {
        result = open_parent(collision, call->source_dirfd, call->source, &fd);
        if (result == 0)
            adopt_source(collision, fd);
    }
    return result;
}

void collision_release(struct collision *collision)
{
    path_release(collision->call->sys, collision->source_parent);
    path_release(collision->call->sys, collision->destination_parent);
}

static int resolve_destination(struct collision *collision)
{
    const struct call *const call = collision->call;
    int result = 0;

    if (!collision->is_resolved)
        result =
            path_resolve(call->sys, call->destination_dirfd, call->destination,
                         collision->scratch->destination, sizeof collision->scratch->destination);
    collision->is_resolved = result == 0;
    return result;
}

static int resolve_source(struct collision *collision)
{
    const struct call *const call = collision->call;

    return path_resolve(call->sys, call->source_dirfd, call->source, collision->scratch->source,
                        sizeof collision->scratch->source);
}

void collision_decide(struct collision *collision)
{
    struct scratch *const scratch = collision->scratch;
    const struct sys *const sys = collision->call->sys;

    if (!policy_needs_path(collision->policy) || hold_destination(collision) < 0) {
        collision->decision = policy_decide(collision->policy, NULL);
        return;
    }
    collision->decision = spelling_decide(sys, collision->policy, scratch->destination,
                                          scratch->large.entries, sizeof scratch->large.entries);
    if (collision->decision.guard == POLICY_UNGUARDED)
        collision->decision = alias_decide(sys, collision->policy, collision->destination_parent,
                                           scratch->destination, scratch->large.contents,
                                           sizeof scratch->large.contents);
}

void collision_look(struct collision *collision)
{
    const struct call *const call = collision->call;
    char *const buffer = collision->scratch->path;

    collision->source_seen =
        file_look(call->sys, call->source_dirfd, call->source, buffer, &collision->source);
    collision->destination_seen = file_look(call->sys, call->destination_dirfd, call->destination,
                                            buffer, &collision->destination);
}

int collision_resolve(struct collision *collision)
{
    const int result = resolve_source(collision);

    return result < 0 ? result : resolve_destination(collision);
}

static void copy_as_written(const char *path, char *out)
{
    if (path_strip(path, out, PATH_RESOLVED_MAX) < 0)
        out[0] = '\0';
}

void collision_name(struct collision *collision)
{
    if (collision->is_named)
        return;
    if (resolve_source(collision) < 0)
        copy_as_written(collision->call->source, collision->scratch->source);
    if (!collision->is_resolved && resolve_destination(collision) < 0)
        copy_as_written(collision->call->destination, collision->scratch->destination);
    collision->is_named = 1;
}

/* ---- exceptions ---- */

/* Across mounts two paths may lead to one file, and no rename follows. */
static int is_same(struct collision *collision)
{
    return collision->attempt != -EXDEV &&
           !file_is_same_inode(&collision->source, &collision->destination) &&
           compare_is_equal(collision->call, &collision->source, &collision->destination,
                            collision->scratch->large.contents,
                            sizeof collision->scratch->large.contents);
}

int collision_stands_still(struct collision *collision)
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

/* Which exception of `allow_if` lets the destination be replaced, or EVENT_RULE_DEFAULT for none. */
static enum event_rule exception(struct collision *collision, unsigned allow_if)
{
    const struct file *const source = &collision->source;
    const struct file *const destination = &collision->destination;

    if ((allow_if & POLICY_ALLOW_IF_SAME) && is_same(collision))
        return EVENT_RULE_ALLOW_IF_SAME;
    if ((allow_if & POLICY_ALLOW_IF_SYMLINK) && file_is(source, S_IFLNK) &&
        file_is(destination, S_IFLNK))
        return EVENT_RULE_ALLOW_IF_SYMLINK;
    /* Onto a directory only a directory comes this far, and the kernel itself makes sure that it is
     * empty. */
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
        return answer(-EEXIST);
    }
    return verdict;
}

struct verdict collision_judge(struct collision *collision)
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

enum event_rule collision_excuse(struct collision *collision)
{
    if (collision->source_seen != 0 || collision->destination_seen != 0)
        return EVENT_RULE_DEFAULT;
    return exception(collision, POLICY_ALLOW_IF_SYMLINK | POLICY_ALLOW_IF_EMPTY);
}
