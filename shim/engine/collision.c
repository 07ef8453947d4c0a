/* SPDX-License-Identifier: MIT */
#include "engine/collision.h"

#include <errno.h>

#include "engine/alias.h"
#include "engine/exclusive.h"
#include "engine/spelling.h"

/* Makes the call relative to the directory `fd`, which is now open. */
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
