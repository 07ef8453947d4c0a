/* SPDX-License-Identifier: MIT */
#include "engine/collision.h"

#include <errno.h>
#include <string.h>

#include "engine/exclusive.h"
#include "engine/spelling.h"

/* ---- deciding, looking, naming ---- */

static int resolve_destination(struct collision *collision)
{
    const struct call *const call = collision->call;
    const int result =
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
    char *const path =
        policy_needs_path(collision->policy) && resolve_destination(collision) == 0
            ? collision->scratch->destination
            : NULL;

    collision->decision =
        path ? spelling_decide(collision->call->sys, collision->policy, path,
                               collision->scratch->large.entries,
                               sizeof collision->scratch->large.entries)
             : policy_decide(collision->policy, NULL);
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

int collision_is_into_itself(struct collision *collision)
{
    const char *source = collision->scratch->source;
    const char *destination = collision->scratch->destination;

    if (collision->source_seen < 0 || !file_is(&collision->source, S_IFDIR) ||
        collision->destination_seen != -ENOENT || resolve_source(collision) < 0 ||
        resolve_destination(collision) < 0)
        return 0;
    while (*source != '\0' && *source == *destination) {
        source++;
        destination++;
    }
    return *source == '\0' && *destination == '/';
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

/* ---- would anything be lost? ---- */

static int has_trailing_slash(const struct call *call)
{
    return path_split(call->source).has_trailing_slash ||
           path_split(call->destination).has_trailing_slash;
}

/* Whether both paths are one directory entry, by their words or by their resolved parents. */
static int is_same_entry(struct collision *collision)
{
    const struct call *const call = collision->call;

    if (call->source_dirfd == call->destination_dirfd &&
        strcmp(call->source, call->destination) == 0)
        return 1;
    return resolve_source(collision) == 0 && resolve_destination(collision) == 0 &&
           strcmp(collision->scratch->source, collision->scratch->destination) == 0;
}

/*
 * POSIX: a rename of a file onto itself does nothing and succeeds. Two names with one inode number
 * but a single link are believed to be one file only where they are the same entry: some FUSE
 * servers make inode numbers up. (Others remember link counts for a while, so either name's will
 * do.)
 */
static int is_onto_itself(struct collision *collision)
{
    return file_is_same_inode(&collision->source, &collision->destination) &&
           (collision->source.links >= 2 || collision->destination.links >= 2 ||
            file_is(&collision->source, S_IFDIR) || is_same_entry(collision));
}

/* A directory that is not empty is never replaced: POSIX lets rename say EEXIST, and that is no
 * refusal of ours. */
static int is_onto_full_directory(struct collision *collision)
{
    const struct call *const call = collision->call;
    struct scratch *const scratch = collision->scratch;

    return path_strip(call->destination, scratch->path, sizeof scratch->path) == 0 &&
           file_is_empty_directory(call->sys, call->destination_dirfd, scratch->path,
                                   scratch->large.entries, sizeof scratch->large.entries) == 0;
}

/* What plain rename would say without replacing anything, or 1 when it would replace. */
static int harmless_answer(struct collision *collision)
{
    const int from_directory = file_is(&collision->source, S_IFDIR);
    const int onto_directory = file_is(&collision->destination, S_IFDIR);

    if (!from_directory && has_trailing_slash(collision->call))
        return -ENOTDIR;
    if (is_onto_itself(collision))
        return 0;
    if (from_directory != onto_directory)
        return onto_directory ? -EISDIR : -ENOTDIR;
    return 1;
}

/* ---- exceptions ---- */

static int to_lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte;
}

static int is_alike(const char *one, const char *other)
{
    while (*one != '\0' && to_lower(*one) == to_lower(*other)) {
        one++;
        other++;
    }
    return *one == *other;
}

/* Files: their paths end in no slash. */
static int has_alike_name(const struct call *call)
{
    return is_alike(call->source + path_split(call->source).name,
                    call->destination + path_split(call->destination).name);
}

/* Whether both paths may be one directory entry where case does not count. Folders that have no
 * name from here may be one folder. */
static int is_alike_entry(struct collision *collision)
{
    return has_alike_name(collision->call) &&
           (resolve_source(collision) < 0 || resolve_destination(collision) < 0 ||
            is_alike(collision->scratch->source, collision->scratch->destination));
}

/*
 * Equal files need one name less, so that nothing is replaced: but only where they are two files
 * for certain. Across mounts they may be one file that is seen twice; so may two paths that differ
 * in case alone, or one path, on a FUSE server that makes inode numbers up (sshfs to a system that
 * folds case). A whiteout is wanted in the source's place, and not nothing.
 */
static int is_same(struct collision *collision)
{
    const struct call *const call = collision->call;
    const struct file_place source = {call->sys, call->source_dirfd, call->source,
                                      &collision->source};
    const struct file_place destination = {call->sys, call->destination_dirfd, call->destination,
                                           &collision->destination};

    return collision->attempt != -EXDEV && !(call->flags & RENAME_WHITEOUT) &&
           !file_is_same_inode(&collision->source, &collision->destination) &&
           !is_alike_entry(collision) &&
           file_is_equal(&source, &destination, collision->scratch->large.contents,
                         sizeof collision->scratch->large.contents);
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
    const int harmless = collision->attempt == -EXDEV ? 1 : harmless_answer(collision);
    enum event_rule rule;

    if (harmless != 1)
        return answer(harmless);
    rule = exception(collision, collision->decision.allow_if);
    if (rule != EVENT_RULE_DEFAULT) {
        verdict.kind = VERDICT_ALLOW;
        verdict.rule = rule;
    } else if (file_is(&collision->destination, S_IFDIR) && is_onto_full_directory(collision)) {
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
    const unsigned any = POLICY_ALLOW_IF_SAME | POLICY_ALLOW_IF_SYMLINK | POLICY_ALLOW_IF_EMPTY;

    if (collision->source_seen != 0 || collision->destination_seen != 0)
        return EVENT_RULE_DEFAULT;
    return exception(collision, any);
}
