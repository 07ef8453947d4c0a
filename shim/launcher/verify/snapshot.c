/* SPDX-License-Identifier: MIT */
#include "launcher/verify/snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>

#include "launcher/verify/scope.h"
#include "launcher/verify/walk.h"

#define CHUNK_SIZE ((size_t)256 * 1024)

/* What is read without --verify=hash: about a tenth of a second's work. */
#define QUICK_FILES ((size_t)4096)
#define QUICK_BYTES ((uint64_t)64 * 1024 * 1024)

struct chunk {
    struct chunk *next;
    size_t used;
    char bytes[CHUNK_SIZE];
};

/* ---- the first look ---- */

/*
 * Filesystems store times in ticks of up to 10 ms, some in whole seconds, FAT in two: a file
 * written in the tick of the snapshot may be written again in that tick without a new time. A
 * time without a fraction is taken for whole seconds.
 */
static int is_fresh(int64_t time, int64_t now)
{
    return time > now - (time % FACTS_SECOND == 0 ? 2 * FACTS_SECOND : FACTS_SECOND / 50);
}

static int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_REALTIME, &time);
    return time.tv_sec * FACTS_SECOND + time.tv_nsec;
}

/*
 * If only the ctime moves, that is a chmod, a chown, a new link, or new contents with the old
 * size and modification time (cp -p, tar -x of a reproducible build). Contents decide, so they
 * are read if a tree is small.
 */
static int is_quick(struct snapshot *snapshot, uint64_t size)
{
    if (snapshot->files_read >= QUICK_FILES || size > QUICK_BYTES - snapshot->bytes_read)
        return 0;
    snapshot->files_read++;
    snapshot->bytes_read += size;
    return 1;
}

/* Reads the facts that the second look is compared with. Returns 0, or -errno. */
static int look_first(struct snapshot *snapshot, int dirfd, const char *name, struct facts *facts)
{
    const int result = facts_look(dirfd, name, facts);

    if (result < 0 || !S_ISREG(facts->mode))
        return result;
    facts->is_suspect = is_fresh(facts->modified, now()) || is_fresh(facts->changed, now());
    if (snapshot->how == OPTIONS_VERIFY_HASH || facts->is_suspect ||
        is_quick(snapshot, facts->size))
        facts_read(dirfd, name, facts);
    return 0;
}

/* ---- storage ---- */

static char *keep_path(struct snapshot *snapshot, const char *path, size_t length)
{
    struct chunk *chunk = snapshot->chunks;
    char *kept;

    if (!chunk || chunk->used + length + 1 > CHUNK_SIZE) {
        chunk = malloc(sizeof *chunk);
        if (!chunk)
            return NULL;
        chunk->next = snapshot->chunks;
        chunk->used = 0;
        snapshot->chunks = chunk;
    }
    kept = chunk->bytes + chunk->used;
    memcpy(kept, path, length + 1);
    chunk->used += length + 1;
    return kept;
}

static struct seen *next_seen(struct snapshot *snapshot)
{
    if (snapshot->count == snapshot->room) {
        const size_t room = snapshot->room ? 2 * snapshot->room : 1024;
        struct seen *const list = reallocarray(snapshot->list, room, sizeof *list);

        if (!list)
            return NULL;
        snapshot->list = list;
        snapshot->room = room;
    }
    return &snapshot->list[snapshot->count];
}

static void note_blind_spot(struct snapshot *snapshot, const char *path)
{
    if (!snapshot->blind_spot)
        snapshot->blind_spot = strdup(path);
    snapshot->blind_spots++;
}

/* ---- the walk ---- */

struct taking {
    struct scope scope;
    struct snapshot *snapshot;
    struct facts
        records[2 * (POLICY_OUTER_MAX + 1)]; /* device and inode of files that are not looked at */
    unsigned record_count;
};

static int enters(void *context, const char *directory)
{
    const struct taking *const taking = context;

    return scope_reaches(&taking->scope, directory);
}

/* By device and inode, because the path in the policy need not be resolved. */
static int is_record(const struct taking *taking, const struct facts *facts)
{
    for (unsigned i = 0; i < taking->record_count; i++)
        if (taking->records[i].inode == facts->inode && taking->records[i].device == facts->device)
            return 1;
    return 0;
}

static void add_record(struct taking *taking, const char *path)
{
    struct stat found;

    if (path && stat(path, &found) == 0)
        taking->records[taking->record_count++] = (struct facts){
            .device = (uint64_t)major(found.st_dev) << 32 | minor(found.st_dev),
            .inode = found.st_ino,
        };
}

/* Logs and event files, also of outer runs: the library writes to them. */
static void list_records(struct taking *taking, const struct policy *policy)
{
    add_record(taking, policy->log);
    add_record(taking, policy->report);
    for (unsigned i = 0; i < policy->outer_count; i++) {
        add_record(taking, policy->outer[i].log);
        add_record(taking, policy->outer[i].report);
    }
}

static int take(void *context, int dirfd, const char *path, size_t length, const char *name)
{
    const struct taking *const taking = context;
    struct snapshot *const snapshot = taking->snapshot;
    struct seen *seen;
    int result;

    if (policy_decide(taking->scope.policy, path).guard != POLICY_GUARDED)
        return 0;
    seen = next_seen(snapshot);
    if (!seen)
        return -ENOMEM;
    result = look_first(snapshot, dirfd, name, &seen->now);
    if (result == -ENOENT || (result == 0 && is_record(taking, &seen->now)))
        return 0;
    if (result < 0 || (snapshot->how == OPTIONS_VERIFY_HASH && !seen->now.is_read))
        note_blind_spot(snapshot, path);
    if (result < 0)
        return 0;
    seen->path = keep_path(snapshot, path, length);
    if (!seen->path)
        return -ENOMEM;
    seen->name = (unsigned)(strrchr(path, '/') + 1 - path);
    snapshot->count++;
    return 0;
}

static void blind(void *context, const char *directory)
{
    const struct taking *const taking = context;

    note_blind_spot(taking->snapshot, directory);
}

static int walk_roots(struct taking *taking)
{
    const struct walk walk = {enters, take, blind, taking};
    int result = 0;

    for (size_t i = 0; i < taking->scope.count && result == 0; i++)
        result = walk_tree(&walk, taking->scope.roots[i]);
    return result;
}

int snapshot_take(const struct policy *policy, enum options_verify how, struct snapshot **snapshot)
{
    struct taking taking = {.record_count = 0};
    int result;

    *snapshot = NULL;
    if (how == OPTIONS_VERIFY_NONE)
        return 0;
    result = scope_begin(policy, NULL, &taking.scope);
    if (result < 0)
        return result;
    list_records(&taking, policy);
    taking.snapshot = calloc(1, sizeof *taking.snapshot);
    if (taking.snapshot) {
        taking.snapshot->how = how;
        taking.snapshot->here = strdup(taking.scope.here);
        result = taking.snapshot->here ? walk_roots(&taking) : -ENOMEM;
    } else {
        result = -ENOMEM;
    }
    scope_free(&taking.scope);
    if (result == 0)
        *snapshot = taking.snapshot;
    else
        snapshot_free(taking.snapshot);
    return result;
}

const char *snapshot_blind_spot(const struct snapshot *snapshot, size_t *count)
{
    *count = snapshot ? snapshot->blind_spots : 0;
    return snapshot ? snapshot->blind_spot : NULL;
}

void snapshot_free(struct snapshot *snapshot)
{
    if (!snapshot)
        return;
    while (snapshot->chunks) {
        struct chunk *const next = snapshot->chunks->next;

        free(snapshot->chunks);
        snapshot->chunks = next;
    }
    free(snapshot->here);
    free(snapshot->blind_spot);
    free(snapshot->list);
    free(snapshot);
}
