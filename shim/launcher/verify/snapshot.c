/* SPDX-License-Identifier: MIT */
#include "launcher/verify/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "launcher/kernel.h"
#include "launcher/verify/scope.h"
#include "launcher/verify/walk.h"

#define CHUNK_SIZE ((size_t)256 * 1024)
#define READ_SIZE ((size_t)64 * 1024)

struct chunk {
    struct chunk *next;
    size_t used;
    char bytes[CHUNK_SIZE];
};

/* ---- one file ---- */

static int64_t nanoseconds(const struct statx_timestamp *time)
{
    return time->tv_sec * 1000000000 + time->tv_nsec;
}

static int read_facts(int dirfd, const char *name, struct facts *facts, unsigned *mode)
{
    struct statx found;
    const long result = kernel_sys.kernel(SYS_statx, dirfd, (long)name, AT_SYMLINK_NOFOLLOW,
                                          STATX_BASIC_STATS | STATX_BTIME, (long)&found, 0);

    if (result < 0)
        return (int)result;
    memset(facts, 0, sizeof *facts);
    facts->device = (uint64_t)found.stx_dev_major << 32 | found.stx_dev_minor;
    facts->inode = found.stx_ino;
    facts->size = found.stx_size;
    facts->modified = nanoseconds(&found.stx_mtime);
    if (found.stx_mask & STATX_BTIME)
        facts->born = nanoseconds(&found.stx_btime);
    *mode = found.stx_mode;
    return 0;
}

static int hash_target(int dirfd, const char *name, struct hash *hash)
{
    char target[PATH_MAX];
    const ssize_t length = readlinkat(dirfd, name, target, sizeof target);

    if (length < 0)
        return -errno;
    hash_update(hash, target, (size_t)length);
    return 0;
}

/* O_NONBLOCK: by now the name may be a fifo. */
static int hash_contents(int dirfd, const char *name, struct hash *hash)
{
    static char buffer[READ_SIZE];
    const int fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    ssize_t length;

    if (fd < 0)
        return -errno;
    while ((length = read(fd, buffer, sizeof buffer)) > 0)
        hash_update(hash, buffer, (size_t)length);
    close(fd);
    return length < 0 ? -EIO : 0;
}

int snapshot_look(int dirfd, const char *name, enum options_verify how, struct facts *facts)
{
    struct hash hash;
    unsigned mode;
    int result = read_facts(dirfd, name, facts, &mode);

    if (result < 0 || (!S_ISLNK(mode) && (how != OPTIONS_VERIFY_HASH || !S_ISREG(mode))))
        return result;
    hash_begin(&hash);
    result = S_ISLNK(mode) ? hash_target(dirfd, name, &hash) : hash_contents(dirfd, name, &hash);
    facts->is_hashed = result == 0;
    if (facts->is_hashed)
        hash_end(&hash, facts->digest);
    return 0;
}

/*
 * Filesystems count time in ticks of up to 10 ms: a file written in the tick of the snapshot may be
 * written again in the same one, and its time does not tell. Contents do.
 */
#define TICK_MAX ((int64_t)20 * 1000 * 1000)

/* Written in this tick, or as far as its time tells in one to come. */
static int is_fresh(const struct facts *facts)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return facts->modified > (int64_t)now.tv_sec * 1000000000 + now.tv_nsec - TICK_MAX;
}

/* The first look, which the second one is compared with. */
static int look_first(int dirfd, const char *name, enum options_verify how, struct facts *facts)
{
    const int result = snapshot_look(dirfd, name, how, facts);

    if (result < 0 || facts->is_hashed || !is_fresh(facts))
        return result;
    return snapshot_look(dirfd, name, OPTIONS_VERIFY_HASH, facts);
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
    struct stat records[2]; /* of the log and the report: the run itself writes these */
};

static int enters(void *context, const char *directory)
{
    const struct taking *const taking = context;

    return scope_reaches(&taking->scope, directory);
}

/* By whatever name: that of the policy need not be the resolved one. */
static int is_record(const struct taking *taking, const struct facts *facts)
{
    for (int i = 0; i < 2; i++) {
        const struct stat *const record = &taking->records[i];

        if (record->st_ino == facts->inode && record->st_nlink > 0 &&
            major(record->st_dev) == facts->device >> 32 &&
            minor(record->st_dev) == (uint32_t)facts->device)
            return 1;
    }
    return 0;
}

static void look_at_record(const char *path, struct stat *record)
{
    if (!path || stat(path, record) < 0)
        memset(record, 0, sizeof *record);
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
    result = look_first(dirfd, name, snapshot->how, &seen->now);
    if (result == -ENOENT || (result == 0 && is_record(taking, &seen->now)))
        return 0;
    if (result < 0 || (snapshot->how == OPTIONS_VERIFY_HASH && !seen->now.is_hashed))
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
    struct taking taking;
    int result;

    *snapshot = NULL;
    if (how == OPTIONS_VERIFY_NONE)
        return 0;
    result = scope_begin(policy, &taking.scope);
    if (result < 0)
        return result;
    look_at_record(policy->log, &taking.records[0]);
    look_at_record(policy->report, &taking.records[1]);
    taking.snapshot = calloc(1, sizeof *taking.snapshot);
    if (taking.snapshot) {
        taking.snapshot->how = how;
        result = walk_roots(&taking);
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

size_t snapshot_count(const struct snapshot *snapshot)
{
    return snapshot ? snapshot->count : 0;
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
    free(snapshot->blind_spot);
    free(snapshot->list);
    free(snapshot);
}
