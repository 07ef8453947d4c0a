/* SPDX-License-Identifier: MIT */
#include "launcher/keep/put_back.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/path.h"
#include "launcher/kernel.h"

#define COPY_SIZE ((size_t)64 * 1024)
#define TRIES 100

/* ---- bytes ---- */

static int write_all(int to, const char *bytes, size_t length, off_t at)
{
    while (length > 0) {
        const ssize_t done = pwrite(to, bytes, length, at);

        if (done < 0 && errno != EINTR)
            return -errno;
        if (done > 0) {
            bytes += done;
            at += done;
            length -= (size_t)done;
        }
    }
    return 0;
}

/* The offset of the next data that is not in a hole; -1: none. */
static off_t skip_hole(int from, off_t at)
{
    const off_t data = lseek(from, at, SEEK_DATA);

    return data < 0 && errno != ENXIO ? at : data;
}

/* Keeps holes, because the disk may be smaller than the size of the file. */
int put_back_copy(int from, int to)
{
    static char buffer[COPY_SIZE];
    struct stat facts;
    off_t at = 0;
    ssize_t got;
    int result = fstat(from, &facts) < 0 ? -errno : 0;

    while (result == 0 && (at = skip_hole(from, at)) >= 0 &&
           (got = pread(from, buffer, sizeof buffer, at)) != 0) {
        if (got < 0 && errno != EINTR)
            return -errno;
        if (got > 0) {
            result = write_all(to, buffer, (size_t)got, at);
            at += got;
        }
    }
    return result == 0 && ftruncate(to, facts.st_size) < 0 ? -errno : result;
}

/* ---- metadata ---- */

/*
 * The owner first, because chown(2) clears bits of the mode and capabilities; the mode after the
 * access list, which changes it.
 */
static int dress(int fd, const struct original *original)
{
    const struct timespec times[2] = {original->facts.st_atim, original->facts.st_mtim};
    int result = 0;

    if (fchown(fd, original->facts.st_uid, original->facts.st_gid) != 0)
        result = -errno;
    if (attributes_write(fd, original->attributes) < 0)
        result = -EPERM;
    if (fchmod(fd, original->facts.st_mode & 07777) != 0)
        result = -errno;
    if (futimens(fd, times) != 0)
        result = -errno;
    return result;
}

/* ---- the file beside ---- */

/* `beside` ends in six X. */
static int make_file(char *beside, const struct original *original, struct put_back *result)
{
    const int fd = mkostemp(beside, O_CLOEXEC);
    int failed;

    if (fd < 0)
        return -errno;
    failed = put_back_copy(original->fd, fd);
    if (failed == 0)
        result->is_other |= dress(fd, original) < 0;
    if (failed == 0 && fsync(fd) != 0)
        failed = -errno;
    close(fd);
    if (failed < 0)
        unlink(beside);
    return failed;
}

/* mktemp(3) races, but symlink(2) is exclusive. */
static int make_link(char *beside, const struct original *original)
{
    char *const end = beside + strlen(beside) - sizeof "XXXXXX" + 1;

    for (unsigned i = 0; i < TRIES; i++) {
        snprintf(end, sizeof "XXXXXX", "%06u", ((unsigned)getpid() * TRIES + i) % 1000000);
        if (symlink(original->target, beside) == 0)
            return 0;
        if (errno != EEXIST)
            return -errno;
    }
    return -EEXIST;
}

/* Returns 0, also if it exists; or -errno. For one that exists, mkdir(2) may return another error than
 * EEXIST. */
static int make_directory(const char *path)
{
    const int error = mkdir(path, 0777) == 0 || errno == EEXIST ? 0 : -errno;

    return error < 0 && access(path, F_OK) == 0 ? 0 : error;
}

/* Stops at the first that cannot be made. Returns 0, or -errno of that. */
static int make_directories(const char *path)
{
    char directory[PATH_MAX];
    int result = 0;

    snprintf(directory, sizeof directory, "%s", path);
    for (char *slash = strchr(directory + 1, '/'); slash && result == 0;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        result = make_directory(directory);
        *slash = '/';
    }
    return result;
}

/* Names have at most 255 bytes: a longer one is cut. */
static int name_beside(const char *path, char beside[PATH_MAX])
{
    static const char ending[] = ".noclobber-XXXXXX";
    const char *const name = strrchr(path, '/') + 1;
    size_t length = strlen(name);

    if (length + sizeof ending - 1 > NAME_MAX)
        length = NAME_MAX - (sizeof ending - 1);
    if ((size_t)(name - path) + length + sizeof ending > PATH_MAX)
        return -ENAMETOOLONG;
    snprintf(beside, PATH_MAX, "%.*s%s", (int)((size_t)(name - path) + length), path, ending);
    return 0;
}

/* ---- the name ---- */

static int rename_with(const char *source, const char *destination, unsigned flags)
{
    return syscall(SYS_renameat2, AT_FDCWD, source, AT_FDCWD, destination, flags) == 0 ? 0 : -errno;
}

/* Without exclusive rename: link(2) is exclusive as well. */
static int take_free_name(const char *beside, const char *path)
{
    const int result = rename_with(beside, path, RENAME_NOREPLACE);

    if (result != -EINVAL && result != -ENOSYS)
        return result;
    if (link(beside, path) != 0)
        return -errno;
    unlink(beside);
    return 0;
}

/* Renames `beside` to `path`. Returns 1 if the name was free, 0 after an exchange, or -errno. */
static int take_name(const char *beside, const char *path)
{
    int result = -EAGAIN;

    for (int i = 0; i < TRIES; i++) {
        result = take_free_name(beside, path);
        if (result != -EEXIST)
            return result < 0 ? result : 1;
        result = rename_with(beside, path, RENAME_EXCHANGE);
        if (result != -ENOENT)
            return result;
    }
    return result;
}

/*
 * Makes missing directories. If one on the path is now a symbolic link, the name is another file's.
 */
static int prepare_directories(const char *path)
{
    char resolved[PATH_RESOLVED_MAX];
    const int made = make_directories(path);
    const int result = path_resolve(&kernel_sys, AT_FDCWD, path, resolved, sizeof resolved);

    if (result == -ENOTDIR || (result == 0 && strcmp(path, resolved) != 0))
        return -ELOOP;
    return result == -ENOENT && made < 0 ? made : result;
}

void put_back(const char *path, const struct original *original, struct put_back *result)
{
    int taken;

    memset(result, 0, sizeof *result);
    result->is_other = original->facts.st_nlink > 1;
    result->error = name_beside(path, result->path);
    if (result->error == 0)
        result->error = prepare_directories(path);
    if (result->error == 0) {
        result->error = original->target ? make_link(result->path, original)
                                         : make_file(result->path, original, result);
    }
    if (result->error < 0) {
        *result->path = '\0';
        return;
    }
    taken = take_name(result->path, path);
    if (taken < 0)
        result->error = taken;
    else if (taken == 1)
        *result->path = '\0';
}
