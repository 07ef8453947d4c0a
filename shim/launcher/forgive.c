/* SPDX-License-Identifier: MIT */
#include "launcher/forgive.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

/* For a command such as "make >log". */
static void forgive_output(struct changes *changes, int fd)
{
    char target[PATH_MAX];
    char entry[32];
    ssize_t length;

    if ((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY)
        return;
    snprintf(entry, sizeof entry, "/proc/self/fd/%d", fd);
    length = readlink(entry, target, sizeof target - 1);
    if (length > 0) {
        target[length] = '\0';
        changes_forgive(changes, target);
    }
}

void forgive_explained(const struct records *records, struct changes *changes)
{
    for (size_t i = 0; i < records->count; i++) {
        const struct record *const record = &records->list[i];

        if (record->verdict == EVENT_REFUSED)
            changes_mark_refused(changes, record->destination);
        else if (record->has_left)
            changes_forgive_left(changes, record->destination, &record->left);
    }
    forgive_output(changes, STDOUT_FILENO);
    forgive_output(changes, STDERR_FILENO);
    changes_settle(changes);
}
