/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_KEEP_PUT_BACK_H
#define NOCLOBBER_LAUNCHER_KEEP_PUT_BACK_H

/* Putting a lost file back under its name, so that nothing that is there now is lost. */

#include <limits.h>
#include <sys/stat.h>

#include "launcher/keep/attributes.h"

/* What was kept of a file. */
struct original {
    int fd;                              /* has its bytes, or -1 */
    const char *target;                  /* of a symbolic link: what it pointed to, or NULL */
    const struct attributes *attributes; /* as they were */
    struct stat facts;                   /* mode, owner, times and links, as they were */
};

struct put_back {
    int error;    /* 0: the file is back; or -errno */
    int is_other; /* not quite as it was: owner, group, extended attributes or a further hard link could not be made again */
    char path
        [PATH_MAX]; /* where the bytes are that were under the name, or, after an error, those of the original; or "" */
};

/*
 * Makes the file anew beside `path`, under a name of its own, and then gives it the name in one step: by RENAME_NOREPLACE or link(2), if
 * nothing is there, else by RENAME_EXCHANGE, so that what was under the name has the other one. Whenever this process is
 * killed, the new bytes are under one of the two names, and the original's are where they were or under one of them. Where
 * the filesystem knows no such rename, the original stays beside. Missing directories are made. Takes an absolute path; -ELOOP if
 * there is a symbolic link or a file on the way.
 */
void put_back(const char *path, const struct original *original, struct put_back *result);

/* Copies the bytes of `from`, from its beginning, to `to`, which is empty. Returns 0 or -errno. */
int put_back_copy(int from, int to);

#endif
