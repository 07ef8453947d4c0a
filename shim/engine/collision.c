/* SPDX-License-Identifier: MIT */
#include "engine/collision.h"

#include <errno.h>
#include <string.h>

#include "engine/alias.h"
#include "engine/exclusive.h"
#include "engine/spelling.h"

void collision_begin(struct collision *collision)
{
    collision->source_parts = path_split(collision->given->source);
    collision->destination_parts = path_split(collision->given->destination);
    collision->held = *collision->given;
}

/* Whether a parent directory is held already. AT_FDCWD is: it needs no descriptor of its own. */
static int is_held(int parent)
{
    return parent != -1;
}

/* Makes the call relative to the directory `fd`, which is now open. */
static void adopt_source(struct collision *collision, int fd)
{
    collision->call = &collision->held;
    collision->source_parent = fd;
    collision->held.source_dirfd = fd;
    collision->held.source += collision->source_parts.name;
}

/* Whether both paths have the same directories, as they are written. */
static int is_one_directory(const struct collision *collision)
{
    const struct call *const given = collision->given;
    const size_t length = collision->destination_parts.name;

    return given->source_dirfd == given->destination_dirfd &&
           collision->source_parts.name == length &&
           memcmp(given->source, given->destination, length) == 0;
}

static void adopt_destination(struct collision *collision, int fd)
{
    struct call *const held = &collision->held;
    const size_t length = collision->destination_parts.name;

    collision->call = held;
    collision->is_shared = !is_held(collision->source_parent) && is_one_directory(collision);
    collision->destination_parent = fd;
    held->destination_dirfd = fd;
    held->destination += length;
    if (collision->is_shared) {
        held->source_dirfd = fd;
        held->source += length;
    }
}

/* A guarded destination without exceptions is not replaced in any directory: the cheaper check is
 * enough. */
static enum path_proof proof_for(const struct sys *sys, const struct policy_decision *decision)
{
    return decision->guard == POLICY_GUARDED && decision->mode == POLICY_ENFORCE &&
                   decision->allow_if == 0 && !decision->is_alike && !sys->is_remote
               ? PATH_PROOF_SEEN
               : PATH_PROOF_OPENED;
}

/* Opens the destination's directory, and decides by its path: the lexical one, if no component is a
 * symbolic link. */
static int hold_destination(struct collision *collision)
{
    const struct call *const call = collision->call;
    const struct sys *const sys = call->sys;
    struct policy_decision *const decision = &collision->decision;
    char *const out = collision->scratch->destination;
    struct path_words words;
    int fd = -1;
    int result =
        path_spell(sys, call->destination_dirfd, call->destination, out, PATH_RESOLVED_MAX, &words);

    if (result == 0) {
        *decision = policy_decide_alike(collision->policy, out);
        result = path_hold_words(sys, &words, proof_for(sys, decision), &fd);
    }
    if (result < 0) {
        result = path_hold_resolved(sys, call->destination_dirfd, call->destination, out,
                                    PATH_RESOLVED_MAX, &fd);
        if (result < 0)
            return result;
        *decision = policy_decide_alike(collision->policy, out);
    }
    collision->is_resolved = 1;
    if (sys->is_remote)
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
    if (!is_held(collision->destination_parent)) {
        result = open_parent(collision, call->destination_dirfd, call->destination, &fd);
        if (result == 0)
            adopt_destination(collision, fd);
    }
    call = collision->call;
    if (result == 0 && !is_held(collision->source_parent) && !collision->is_shared) {
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
    char *const out = collision->scratch->source;
    size_t length;

    if (!collision->is_shared || !collision->is_resolved)
        return path_resolve(call->sys, call->source_dirfd, call->source, out, PATH_RESOLVED_MAX);
    length = path_split(collision->scratch->destination).name;
    length -= length > 1;
    memcpy(out, collision->scratch->destination, length);
    out[length] = '\0';
    return path_append_last(call->source, out, PATH_RESOLVED_MAX);
}

void collision_decide(struct collision *collision)
{
    struct scratch *const scratch = collision->scratch;
    const struct sys *const sys = collision->call->sys;

    if (!policy_needs_path(collision->policy) || hold_destination(collision) < 0) {
        collision->decision = policy_decide(collision->policy, NULL);
        return;
    }
    spelling_settle(sys, collision->policy, scratch->destination, scratch->large.entries,
                    sizeof scratch->large.entries, &collision->decision);
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
