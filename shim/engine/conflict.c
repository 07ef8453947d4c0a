/* SPDX-License-Identifier: MIT */
#include "engine/conflict.h"

#include <errno.h>
#include <string.h>

#include "engine/exclusive.h"

/* ---- deciding, looking, naming ---- */

static int resolve_destination(struct conflict *conflict)
{
    const struct call *const call = conflict->call;
    const int result =
        path_resolve(call->sys, call->destination_dirfd, call->destination,
                     conflict->scratch->destination, sizeof conflict->scratch->destination);

    conflict->is_resolved = result == 0;
    return result;
}

static int resolve_source(struct conflict *conflict)
{
    const struct call *const call = conflict->call;

    return path_resolve(call->sys, call->source_dirfd, call->source, conflict->scratch->source,
                        sizeof conflict->scratch->source);
}

void conflict_decide(struct conflict *conflict)
{
    conflict->decision.guard = POLICY_GUARDED;
    conflict->decision.pattern = NULL;
    if (!policy_needs_path(conflict->policy))
        return;
    if (resolve_destination(conflict) == 0)
        conflict->decision = policy_decide(conflict->policy, conflict->scratch->destination);
}

void conflict_look(struct conflict *conflict)
{
    const struct call *const call = conflict->call;
    char *const buffer = conflict->scratch->path;

    conflict->source_seen =
        file_look(call->sys, call->source_dirfd, call->source, buffer, &conflict->source);
    conflict->destination_seen = file_look(call->sys, call->destination_dirfd, call->destination,
                                           buffer, &conflict->destination);
}

int conflict_is_into_itself(struct conflict *conflict)
{
    const char *source = conflict->scratch->source;
    const char *destination = conflict->scratch->destination;

    if (conflict->source_seen < 0 || !file_is(&conflict->source, S_IFDIR) ||
        conflict->destination_seen != -ENOENT || resolve_source(conflict) < 0 ||
        resolve_destination(conflict) < 0)
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

void conflict_name(struct conflict *conflict)
{
    if (conflict->is_named)
        return;
    if (resolve_source(conflict) < 0)
        copy_as_written(conflict->call->source, conflict->scratch->source);
    if (!conflict->is_resolved && resolve_destination(conflict) < 0)
        copy_as_written(conflict->call->destination, conflict->scratch->destination);
    conflict->is_named = 1;
}

/* ---- would anything be lost? ---- */

static int has_trailing_slash(const struct call *call)
{
    return path_split(call->source).has_trailing_slash ||
           path_split(call->destination).has_trailing_slash;
}

/* Whether both paths are one directory entry, by their words or by their resolved parents. */
static int is_same_entry(struct conflict *conflict)
{
    const struct call *const call = conflict->call;

    if (call->source_dirfd == call->destination_dirfd &&
        strcmp(call->source, call->destination) == 0)
        return 1;
    return resolve_source(conflict) == 0 && resolve_destination(conflict) == 0 &&
           strcmp(conflict->scratch->source, conflict->scratch->destination) == 0;
}

/*
 * POSIX: a rename of a file onto itself does nothing and succeeds. Two names with one inode number
 * but a single link are believed to be one file only where they are the same entry: some FUSE
 * servers make inode numbers up. (Others remember link counts for a while, so either name's will
 * do.)
 */
static int is_onto_itself(struct conflict *conflict)
{
    return file_is_same_inode(&conflict->source, &conflict->destination) &&
           (conflict->source.links >= 2 || conflict->destination.links >= 2 ||
            file_is(&conflict->source, S_IFDIR) || is_same_entry(conflict));
}

/* A directory that is not empty is never replaced: POSIX lets rename say EEXIST, and that is no
 * refusal of ours. */
static int is_onto_full_directory(struct conflict *conflict)
{
    const struct call *const call = conflict->call;
    struct scratch *const scratch = conflict->scratch;

    return path_strip(call->destination, scratch->path, sizeof scratch->path) == 0 &&
           file_is_empty_directory(call->sys, call->destination_dirfd, scratch->path,
                                   scratch->large.entries, sizeof scratch->large.entries) == 0;
}

/* What plain rename would say without replacing anything, or 1 when it would replace. */
static int harmless_answer(struct conflict *conflict)
{
    const int from_directory = file_is(&conflict->source, S_IFDIR);
    const int onto_directory = file_is(&conflict->destination, S_IFDIR);

    if (!from_directory && has_trailing_slash(conflict->call))
        return -ENOTDIR;
    if (is_onto_itself(conflict))
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
static int is_alike_entry(struct conflict *conflict)
{
    return has_alike_name(conflict->call) &&
           (resolve_source(conflict) < 0 || resolve_destination(conflict) < 0 ||
            is_alike(conflict->scratch->source, conflict->scratch->destination));
}

/*
 * Equal files need one name less, so that nothing is replaced: but only where they are two files
 * for certain. Across mounts they may be one file that is seen twice; so may two paths that differ
 * in case alone, or one path, on a FUSE server that makes inode numbers up (sshfs to a system that
 * folds case). A whiteout is wanted in the source's place, and not nothing.
 */
static int is_same(struct conflict *conflict)
{
    const struct call *const call = conflict->call;
    const struct file_place source = {call->sys, call->source_dirfd, call->source,
                                      &conflict->source};
    const struct file_place destination = {call->sys, call->destination_dirfd, call->destination,
                                           &conflict->destination};

    return conflict->attempt != -EXDEV && !(call->flags & RENAME_WHITEOUT) &&
           !file_is_same_inode(&conflict->source, &conflict->destination) &&
           !is_alike_entry(conflict) &&
           file_is_equal(&source, &destination, conflict->scratch->large.contents,
                         sizeof conflict->scratch->large.contents);
}

static int is_empty_file(const struct file *file)
{
    return file_is(file, S_IFREG) && file->size == 0;
}

/* Which exception of `allow_if` lets the destination be replaced, or EVENT_RULE_DEFAULT for none. */
static enum event_rule exception(struct conflict *conflict, unsigned allow_if)
{
    const struct file *const source = &conflict->source;
    const struct file *const destination = &conflict->destination;

    if ((allow_if & POLICY_ALLOW_IF_SAME) && is_same(conflict))
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

static enum event_rule guarding_rule(const struct conflict *conflict)
{
    if (conflict->policy->is_fallen_back)
        return EVENT_RULE_POLICY_ERROR;
    if (policy_needs_path(conflict->policy) && !conflict->is_resolved)
        return EVENT_RULE_UNDECIDED;
    return conflict->decision.pattern ? EVENT_RULE_PROTECT : EVENT_RULE_DEFAULT;
}

/* ---- judging ---- */

static struct judgement answer(int code)
{
    const struct judgement judgement = {JUDGEMENT_ANSWER, code, EVENT_RULE_DEFAULT};

    return judgement;
}

static struct judgement judge_seen(struct conflict *conflict)
{
    struct judgement judgement = {JUDGEMENT_REFUSE, 0, guarding_rule(conflict)};
    const int harmless = conflict->attempt == -EXDEV ? 1 : harmless_answer(conflict);
    enum event_rule rule;

    if (harmless != 1)
        return answer(harmless);
    rule = exception(conflict, conflict->policy->allow_if);
    if (rule != EVENT_RULE_DEFAULT) {
        judgement.kind = JUDGEMENT_ALLOW;
        judgement.rule = rule;
    } else if (file_is(&conflict->destination, S_IFDIR) && is_onto_full_directory(conflict)) {
        return answer(-EEXIST);
    }
    return judgement;
}

struct judgement conflict_judge(struct conflict *conflict)
{
    const struct judgement refuse = {JUDGEMENT_REFUSE, 0, EVENT_RULE_UNDECIDED};
    const int is_seen = conflict->source_seen == 0 && conflict->destination_seen == 0;

    if (is_seen)
        return judge_seen(conflict);
    if (conflict->source_seen == -ENOENT)
        return answer(-ENOENT);
    if (conflict->destination_seen == -ENOENT && conflict->attempt == -EXDEV)
        return answer(-EXDEV);
    return refuse;
}

enum event_rule conflict_excuse(struct conflict *conflict)
{
    const unsigned any = POLICY_ALLOW_IF_SAME | POLICY_ALLOW_IF_SYMLINK | POLICY_ALLOW_IF_EMPTY;

    if (conflict->source_seen != 0 || conflict->destination_seen != 0)
        return EVENT_RULE_DEFAULT;
    return exception(conflict, any);
}
