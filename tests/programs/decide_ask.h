/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_DECIDE_ASK_H
#define NOCLOBBER_TESTS_DECIDE_ASK_H

/* The one call that a row of decide.c is about: its arguments put in place, made by one of the
 * library's names or past it, and both its ends looked at. */

#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "decide_rows.h"
#include "decide_rules.h"
#include "decide_setup.h"
#include "preload/raw.h"

#define PAGE 4096

/* Who is asked: the kernel, or the library by one of its names. */
enum asked {
    BY_KERNEL,
    BY_KERNEL_EXCLUSIVELY,
    BY_RENAME,
    BY_RENAMEAT,
    BY_RENAMEAT2,
    BY_NUMBER_RENAME,
    BY_NUMBER_RENAMEAT,
    BY_NUMBER_RENAMEAT2,
    BY_END,
};

static const char *const asked_names[] = {
    "kernel",
    "kernel, NOREPLACE",
    "rename",
    "renameat",
    "renameat2",
    "syscall(SYS_rename)",
    "syscall(SYS_renameat)",
    "syscall(SYS_renameat2)",
};

/* ---- the arguments ---- */

/* The two paths, each so that a byte beyond its NUL is a fault. */
static const char *place_string(const struct stage *stage, const char *text)
{
    char expanded[8192];
    char *const pages =
        mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *const guard = pages + 3 * PAGE;

    mprotect(guard, PAGE, PROT_NONE);
    if (strcmp(text, POINTER_NULL) == 0)
        return NULL;
    if (strcmp(text, POINTER_LOW) == 0)
        return (const char *)(uintptr_t)1;
    if (strcmp(text, POINTER_KERNEL) == 0)
        return (const char *)(UINTPTR_MAX - 0xFFFFF);
    if (strcmp(text, POINTER_UNMAPPED) == 0)
        return guard;
    if (strcmp(text, POINTER_UNTERMINATED) == 0)
        return memset(guard - 8, 'a', 8);
    setup_expand(stage, text, expanded);
    return strcpy(guard - strlen(expanded) - 1, expanded);
}

static int place_descriptor(const struct stage *stage, enum place place)
{
    switch (place) {
    case AT_CWD: return AT_FDCWD;
    case AT_DIRECTORY: return open("d", O_RDONLY | O_DIRECTORY);
    case AT_PATH: return open("d", O_PATH);
    case AT_FILE: return open("f", O_RDONLY);
    case AT_REMOVED: return stage->removed;
    case AT_NEGATIVE: return -1;
    case AT_CLOSED: return 1000;
    }
    abort();
}

/* The arguments of the call, in place. */
struct arguments {
    int source_at;
    const char *source;
    int destination_at;
    const char *destination;
    unsigned flags;
};

/* ---- the call ---- */

static long ask_kernel(const struct arguments *call, unsigned flags)
{
    const long result = raw_call(SYS_renameat2, call->source_at, (long)call->source,
                                 call->destination_at, (long)call->destination, (long)flags, 0);

    if (result < 0)
        errno = (int)-result;
    return result < 0 ? -1 : result;
}

static long ask(enum asked asked, const struct arguments *call)
{
    const char *const source = call->source;
    const char *const destination = call->destination;

    switch (asked) {
    case BY_KERNEL: return ask_kernel(call, call->flags);
    case BY_KERNEL_EXCLUSIVELY: return ask_kernel(call, call->flags | RENAME_NOREPLACE);
    case BY_RENAME: return rename(source, destination);
    case BY_RENAMEAT: return renameat(call->source_at, source, call->destination_at, destination);
    case BY_RENAMEAT2:
        return renameat2(call->source_at, source, call->destination_at, destination, call->flags);
#ifdef SYS_rename
    case BY_NUMBER_RENAME: return syscall(SYS_rename, source, destination);
#else
    case BY_NUMBER_RENAME: break;
#endif
#ifdef SYS_renameat
    case BY_NUMBER_RENAMEAT:
        return syscall(SYS_renameat, call->source_at, source, call->destination_at, destination);
#else
    case BY_NUMBER_RENAMEAT: break;
#endif
    case BY_NUMBER_RENAMEAT2:
        return syscall(SYS_renameat2, call->source_at, source, call->destination_at, destination,
                       call->flags);
    case BY_END: break;
    }
    abort();
}

/* ---- its ends ---- */

static int has_end(const char *path)
{
    return path[0] != '%' || strchr("01UEK", path[1]) == NULL;
}

static int is_dot(const char *path)
{
    const char *const slash = strrchr(path, '/');
    const char *const last = slash ? slash + 1 : path;

    return *last == '\0' || strcmp(last, ".") == 0 || strcmp(last, "..") == 0;
}

static int is_full_directory(int dirfd, const char *path)
{
    const int fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *const directory = fd < 0 ? NULL : fdopendir(fd);
    int count = 0;

    while (directory && readdir(directory))
        count++;
    if (directory)
        closedir(directory);
    return count > 2;
}

static void look(const struct stage *stage, enum place place, const char *text, struct end *end)
{
    const int dirfd = place_descriptor(stage, place);
    char path[8192];
    struct stat facts;
    size_t length;

    memset(end, 0, sizeof *end);
    if (!has_end(text))
        return;
    setup_expand(stage, text, path);
    for (length = strlen(path); length > 1 && path[length - 1] == '/'; length--)
        path[length - 1] = '\0';
    end->is_dot = is_dot(path);
    if (fstatat(dirfd, path, &facts, AT_SYMLINK_NOFOLLOW) < 0)
        return;
    end->is_there = 1;
    end->mode = facts.st_mode;
    end->device = facts.st_dev;
    end->inode = facts.st_ino;
    end->links = facts.st_nlink;
    end->is_full_directory = is_full_directory(dirfd, path);
}

#endif
