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

#include "core/hash.h"
#include "launcher/kernel.h"
#include "launcher/verify/scope.h"
#include "launcher/verify/walk.h"

#define CHUNK_SIZE ((size_t)256 * 1024)
#define READ_SIZE ((size_t)64 * 1024)
#define SECOND ((int64_t)1000000000)

/* What is read without --verify=hash: a tenth of a second's work. */
#define QUICK_FILES ((size_t)4096)
#define QUICK_BYTES ((uint64_t)64 * 1024 * 1024)

struct chunk {
    struct chunk *next;
    size_t used;
    char bytes[CHUNK_SIZE];
};

/* ---- one file ---- */

static int64_t nanoseconds(int64_t seconds, int64_t rest)
{
    return seconds * SECOND + rest;
}

static uint64_t device_of(unsigned high, unsigned low)
{
    return (uint64_t)high << 32 | low;
}

static int ask_statx(int dirfd, const char *name, struct facts *facts)
{
    struct statx found;
    const long result = kernel_sys.kernel(SYS_statx, dirfd, (long)name, AT_SYMLINK_NOFOLLOW,
                                          STATX_BASIC_STATS | STATX_BTIME, (long)&found, 0);

    if (result < 0)
        return (int)result;
    *facts = (struct facts){
        .device = device_of(found.stx_dev_major, found.stx_dev_minor),
        .inode = found.stx_ino,
        .size = found.stx_size,
        .modified = nanoseconds(found.stx_mtime.tv_sec, found.stx_mtime.tv_nsec),
        .changed = nanoseconds(found.stx_ctime.tv_sec, found.stx_ctime.tv_nsec),
        .mode = found.stx_mode,
        .owner = found.stx_uid,
        .group = found.stx_gid,
        .links = found.stx_nlink,
    };
    if (found.stx_mask & STATX_BTIME)
        facts->born = nanoseconds(found.stx_btime.tv_sec, found.stx_btime.tv_nsec);
    return 0;
}

static int ask_stat(int dirfd, const char *name, struct facts *facts)
{
    struct stat found;

    if (fstatat(dirfd, name, &found, AT_SYMLINK_NOFOLLOW) < 0)
        return -errno;
    *facts = (struct facts){
        .device = device_of(major(found.st_dev), minor(found.st_dev)),
        .inode = found.st_ino,
        .size = (uint64_t)found.st_size,
        .modified = nanoseconds(found.st_mtim.tv_sec, found.st_mtim.tv_nsec),
        .changed = nanoseconds(found.st_ctim.tv_sec, found.st_ctim.tv_nsec),
        .mode = found.st_mode,
        .owner = found.st_uid,
        .group = found.st_gid,
        .links = (uint32_t)found.st_nlink,
    };
    return 0;
}

static int read_target(int dirfd, const char *name, struct facts *facts)
{
    char target[PATH_MAX];
    const ssize_t length = readlinkat(dirfd, name, target, sizeof target);

    if (length < 0)
        return -errno;
    facts->hash = hash_bytes(HASH_START, target, (size_t)length);
    facts->is_read = 1;
    return 0;
}

int snapshot_look(int dirfd, const char *name, struct facts *facts)
{
    int result = ask_statx(dirfd, name, facts);

    if (result == -ENOSYS || result == -EPERM)
        result = ask_stat(dirfd, name, facts);
    return result == 0 && S_ISLNK(facts->mode) ? read_target(dirfd, name, facts) : result;
}

/* Fills the buffer, unless the file ends before. Returns the bytes read, or -1. */
static ssize_t read_full(int fd, char *buffer, size_t size)
{
    size_t used = 0;
    ssize_t got = 1;

    while (used < size && got != 0) {
        got = read(fd, buffer + used, size - used);
        if (got < 0 && errno != EINTR)
            return -1;
        used += got > 0 ? (size_t)got : 0;
    }
    return (ssize_t)used;
}

/* O_NONBLOCK: by now the name may be a fifo. O_NOATIME, which only the owner may ask for: reading is to leave no trace. */
static int open_to_read(int dirfd, const char *name)
{
    const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    const int fd = openat(dirfd, name, flags | O_NOATIME);

    return fd < 0 && errno == EPERM ? openat(dirfd, name, flags) : fd;
}

int snapshot_read(int dirfd, const char *name, struct facts *facts)
{
    static char buffer[READ_SIZE];
    const int fd = open_to_read(dirfd, name);
    uint64_t hash = HASH_START;
    ssize_t length;

    facts->is_read = 0;
    if (fd < 0)
        return -errno;
    while ((length = read_full(fd, buffer, sizeof buffer)) > 0)
        hash = hash_bytes(hash, buffer, (size_t)length);
    close(fd);
    facts->hash = hash;
    facts->is_read = length == 0;
    return length == 0 ? 0 : -EIO;
}

/* ---- the first look ---- */

/*
 * Filesystems count time in ticks of up to 10 ms, some in whole seconds, FAT in two: what was written
 * in the tick of the snapshot may be written again in the same one, and its time does not tell. A time
 * without a fraction is taken for one of whole seconds.
 */
static int is_fresh(int64_t time, int64_t now)
{
    return time > now - (time % SECOND == 0 ? 2 * SECOND : SECOND / 50);
}

static int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_REALTIME, &time);
    return nanoseconds(time.tv_sec, time.tv_nsec);
}

/*
 * A ctime that moves alone is a chmod, a chown, a new link, or other bytes of one size and time
 * (cp -p, tar -x of a reproducible build). Contents tell which, and a tree that is quick to read is
 * read for them.
 */
static int is_quick(struct snapshot *snapshot, uint64_t size)
{
    if (snapshot->files_read >= QUICK_FILES || size > QUICK_BYTES - snapshot->bytes_read)
        return 0;
    snapshot->files_read++;
    snapshot->bytes_read += size;
    return 1;
}

/* The first look, which the second one is compared with. Returns 0, or -errno. */
static int look_first(struct snapshot *snapshot, int dirfd, const char *name, struct facts *facts)
{
    const int result = snapshot_look(dirfd, name, facts);

    if (result < 0 || !S_ISREG(facts->mode))
        return result;
    facts->is_suspect = is_fresh(facts->modified, now()) || is_fresh(facts->changed, now());
    if (snapshot->how == OPTIONS_VERIFY_HASH || facts->is_suspect ||
        is_quick(snapshot, facts->size))
        snapshot_read(dirfd, name, facts);
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
