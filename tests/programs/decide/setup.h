/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_DECIDE_SETUP_H
#define NOCLOBBER_TESTS_DECIDE_SETUP_H

/* Makes the files that a row of decide.c starts from, and removes them again. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#define SETUP_WORD 512

struct stage {
    char root[PATH_MAX]; /* absolute */
    int removed;         /* descriptor of what a u: word removed, or -1 */
    int has_attributes;
};

/* ---- names ---- */

static size_t setup_fill(char *out, const char *unit, int times)
{
    const size_t length = strlen(unit);

    for (int i = 0; i < times; i++)
        memcpy(out + (size_t)i * length, unit, length);
    return (size_t)times * length;
}

/* Copies `text` to `out`, with its %-words expanded; `out` is large enough for any. */
static void setup_expand(const struct stage *stage, const char *text, char *out)
{
    for (; *text != '\0'; text++) {
        if (*text != '%') {
            *out++ = *text;
            continue;
        }
        switch (*++text) {
        case 'D': out += setup_fill(out, stage->root, 1); break;
        case 'L': out += setup_fill(out, "x", 255); break;
        case 'T': out += setup_fill(out, "y", 256); break;
        case 'P': out += setup_fill(out, "./", 2100); break;
        case 'Q': out += setup_fill(out, "./", 1800); break;
        default: abort();
        }
    }
    *out = '\0';
}

/* ---- words: each of these returns 0, or -1 with errno ---- */

static int make_file(const char *name, const char *bytes)
{
    const int fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    const size_t length = strlen(bytes);

    if (fd < 0)
        return -1;
    if (write(fd, bytes, length) != (ssize_t)length) {
        close(fd);
        return -1;
    }
    return close(fd);
}

static int make_socket(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int result;

    memcpy(address.sun_path, name, strnlen(name, sizeof address.sun_path - 1));
    result = bind(fd, (const struct sockaddr *)&address, sizeof address);
    close(fd);
    return result;
}

static int set_attribute(const char *name, int set, int clear)
{
    const int fd = open(name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
    int flags = 0;
    int result;

    if (fd < 0)
        return -1;
    result = ioctl(fd, FS_IOC_GETFLAGS, &flags);
    flags = (flags | set) & ~clear;
    if (result == 0)
        result = ioctl(fd, FS_IOC_SETFLAGS, &flags);
    close(fd);
    return result;
}

static int own_mounts(void)
{
    return unshare(CLONE_NEWNS) < 0 ? -1 : mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

static int mount_read_only(const char *name)
{
    if (mount(name, name, NULL, MS_BIND, NULL) < 0)
        return -1;
    return mount("", name, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL);
}

static int remove_open(struct stage *stage, const char *name)
{
    stage->removed = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return stage->removed < 0 ? -1 : rmdir(name);
}

/* Words with two names; `first` is the one before the '>'. */
static int do_pair(char kind, const char *first, const char *name)
{
    switch (kind) {
    case 'l': return symlink(first, name);
    case 'h': return linkat(AT_FDCWD, first, AT_FDCWD, name, 0);
    case 'x': return chmod(name, (mode_t)strtoul(first, NULL, 8));
    case 'o': return chown(name, (uid_t)atoi(first), (gid_t)-1);
    case 'M': return own_mounts() < 0 ? -1 : mount(first, name, NULL, MS_BIND, NULL);
    default: abort();
    }
}

static int do_word(struct stage *stage, char kind, char *name)
{
    char *const second = strchr(name, '>');

    if (second) {
        *second = '\0';
        return do_pair(kind, name, second + 1);
    }
    stage->has_attributes |= kind == 'i' || kind == 'a';
    switch (kind) {
    case 'f': return make_file(name, name);
    case 'e': return make_file(name, "");
    case 'd': return mkdir(name, 0755);
    case 'p': return mkfifo(name, 0644);
    case 's': return make_socket(name);
    case 'c': return mknod(name, S_IFCHR | 0644, makedev(1, 3));
    case 'i': return set_attribute(name, FS_IMMUTABLE_FL, 0);
    case 'a': return set_attribute(name, FS_APPEND_FL, 0);
    case 'm': return own_mounts() < 0 ? -1 : mount("none", name, "tmpfs", 0, "size=1m");
    case 'r': return own_mounts() < 0 ? -1 : mount_read_only(name);
    case 'u': return remove_open(stage, name);
    case 'C': return chdir(name);
    default: abort();
    }
}

/* Makes the fresh directory `root`, changes to it and executes the words of `setup`. Returns 0; or
 * an errno, with the word that failed in `failed`. */
static int setup_build(struct stage *stage, const char *root, const char *setup, char *failed)
{
    strcpy(stage->root, root);
    stage->removed = -1;
    if (mkdir(root, 0755) < 0 || chdir(root) < 0) {
        strcpy(failed, "mkdir");
        return errno;
    }
    while (*setup != '\0') {
        const size_t length = strcspn(setup, " ");
        char name[SETUP_WORD];
        char word[64];

        snprintf(word, sizeof word, "%.*s", (int)length, setup);
        snprintf(failed, sizeof word, "%s", word);
        setup_expand(stage, word + 2, name);
        if (do_word(stage, word[0], name) < 0)
            return errno;
        setup += length;
        setup += *setup == ' ';
    }
    return 0;
}

/* ---- removing ---- */

static void remove_below(const char *path, int has_attributes)
{
    DIR *directory;
    const struct dirent *entry;

    while (umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) == 0)
        ;
    if (has_attributes)
        set_attribute(path, 0, FS_IMMUTABLE_FL | FS_APPEND_FL);
    directory = opendir(path);
    while (directory && (entry = readdir(directory))) {
        char name[PATH_MAX];

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        while (umount2(name, MNT_DETACH | UMOUNT_NOFOLLOW) == 0)
            ;
        if (has_attributes)
            set_attribute(name, 0, FS_IMMUTABLE_FL | FS_APPEND_FL);
        if (unlink(name) < 0)
            remove_below(name, has_attributes);
    }
    if (directory)
        closedir(directory);
    rmdir(path);
}

/* Removes the fresh directory and all in it. */
static void setup_clear(const struct stage *stage)
{
    if (chdir("/") == 0)
        remove_below(stage->root, stage->has_attributes);
}

#endif
