/* SPDX-License-Identifier: MIT */
#include "unit/sandbox.h"

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONTENT_MAX 4096

static char base[512];
static char current[600];

/* Empties the directory `fd` and closes it. By descriptors: some tests make paths too long for a
 * call. */
static void empty_directory(int fd)
{
    DIR *const stream = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry;

    if (!stream)
        return;
    while ((entry = readdir(stream))) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (unlinkat(fd, entry->d_name, 0) == 0)
            continue;
        empty_directory(openat(fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
        unlinkat(fd, entry->d_name, AT_REMOVEDIR);
    }
    closedir(stream);
}

static void remove_below(const char *directory)
{
    empty_directory(open(directory, O_RDONLY | O_DIRECTORY));
}

void sandbox_create(void)
{
    const char *const given = getenv("TMPDIR");
    char *const parent = realpath(given ? given : "/tmp", NULL);

    if (parent)
        snprintf(base, sizeof base, "%s/noclobber-unit.XXXXXX", parent);
    free(parent);
    if (!mkdtemp(base)) {
        perror("a directory for unit tests");
        exit(EXIT_FAILURE);
    }
}

void sandbox_destroy(void)
{
    remove_below(base);
    rmdir(base);
}

void sandbox_enter(void)
{
    umask(022);
    snprintf(current, sizeof current, "%s/XXXXXX", base);
    ck_assert_ptr_nonnull(mkdtemp(current));
    ck_assert_int_eq(chdir(current), 0);
}

const char *sandbox_path(void)
{
    return current;
}

char *sandbox_name(const char *name, char *out, size_t size)
{
    const int length = snprintf(out, size, "%s/%s", current, name);

    ck_assert_int_lt(length, (int)size);
    return out;
}

const char *sandbox_expand(const char *text)
{
    static char out[2][8192];
    static int turn;
    char *const slot = out[turn ^= 1];
    size_t used = 0;

    for (; *text != '\0' && used < sizeof out[0]; text++)
        used += (size_t)snprintf(slot + used, sizeof out[0] - used, *text == '@' ? "%s" : "%.1s",
                                 *text == '@' ? sandbox_path() : text);
    ck_assert_uint_lt(used, sizeof out[0]);
    slot[used] = '\0';
    return slot;
}

void put_file(const char *name, const char *content)
{
    const size_t length = strlen(content);
    const int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

    ck_assert_msg(fd >= 0, "cannot create %s: %m", name);
    ck_assert_int_eq(write(fd, content, length), (long)length);
    close(fd);
}

void put_link(const char *name, const char *target)
{
    ck_assert_msg(symlink(target, name) == 0, "cannot make link %s: %m", name);
}

void put_directory(const char *name)
{
    ck_assert_msg(mkdir(name, 0755) == 0, "cannot make directory %s: %m", name);
}

int file_holds(const char *name, const char *content)
{
    char found[CONTENT_MAX];
    const int fd = open(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const ssize_t length = fd < 0 ? -1 : read(fd, found, sizeof found);

    if (fd >= 0)
        close(fd);
    return length >= 0 && (size_t)length == strlen(content) &&
           memcmp(found, content, (size_t)length) == 0;
}

int is_there(const char *name)
{
    struct stat facts;

    return lstat(name, &facts) == 0;
}

int is_directory(const char *name)
{
    struct stat facts;

    return lstat(name, &facts) == 0 && S_ISDIR(facts.st_mode);
}

int is_one_inode(const char *one, const char *other)
{
    struct stat left;
    struct stat right;

    return lstat(one, &left) == 0 && lstat(other, &right) == 0 && left.st_ino == right.st_ino &&
           left.st_dev == right.st_dev;
}

static const char *wanted;

static int is_wanted(const char *path, const struct stat *facts, int type, struct FTW *ftw)
{
    (void)facts;
    (void)ftw;
    return type == FTW_F && file_holds(path, wanted);
}

int is_kept(const char *content)
{
    wanted = content;
    return nftw(".", is_wanted, 16, FTW_PHYS) == 1;
}

int count_names(const char *directory)
{
    DIR *const stream = opendir(directory);
    int count = -2;

    if (!stream)
        return -1;
    while (readdir(stream))
        count++;
    closedir(stream);
    return count;
}

int count_descriptors(void)
{
    return count_names("/proc/self/fd");
}

void sweep(void)
{
    remove_below(".");
}
