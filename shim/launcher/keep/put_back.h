/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_KEEP_PUT_BACK_H
#define NOCLOBBER_LAUNCHER_KEEP_PUT_BACK_H

/* Restores a lost file under its name, without losing what has the name now. */

#include <limits.h>
#include <sys/stat.h>

#include "launcher/keep/attributes.h"

/* What was kept of a file. */
struct original {
    int fd;                              /* open on its contents, or -1 */
    const char *target;                  /* target of a symbolic link, or NULL */
    const struct attributes *attributes; /* as they were */
    struct stat facts;                   /* mode, owner, times and links, as they were */
};

struct put_back {
    int error;           /* 0: the file is restored; or -errno */
    int is_other;        /* owner, group, extended attributes or hard links could not be restored */
    char path[PATH_MAX]; /* path of the other version; after an error, of the original; or "" */
};

/*
 * Creates the file again beside `path`, under a temporary name, and then gives it the name in one
 * step: by RENAME_NOREPLACE or link(2) if the name is free, else by RENAME_EXCHANGE, so that the
 * other version gets the temporary name. Whenever this process is killed, the other version is
 * under one of the two names, and the original is where it was kept or under one of them. If the
 * filesystem has no RENAME_EXCHANGE, the original stays under the temporary name. Makes missing
 * directories. `path` is absolute; -ELOOP in `result->error` if a symbolic link or a file is on the
 * way.
 */
void put_back(const char *path, const struct original *original, struct put_back *result);

/*
 * Copies the contents of `from`, from its beginning, to `to`, which is empty. Returns 0 or
 * -errno.
 */
int put_back_copy(int from, int to);

#endif
