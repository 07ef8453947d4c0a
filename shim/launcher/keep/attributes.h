/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_KEEP_ATTRIBUTES_H
#define NOCLOBBER_LAUNCHER_KEEP_ATTRIBUTES_H

/* The extended attributes of a file (xattr(7)), such as access lists and capabilities. */

struct attribute;

struct attributes {
    struct attribute *first; /* NULL: none */
    int error;               /* -errno for one that could not be read, or 0 */
};

/*
 * Reads all attributes of the file at `fd` that this process may read, into `*attributes`. Errors
 * are in `error`. Free with attributes_free.
 */
void attributes_read(int fd, struct attributes *attributes);

/*
 * Gives the file at `fd` these attributes and removes others, such as those of a default access
 * list. Returns 0, or -errno if some could not be read, set or removed.
 */
int attributes_write(int fd, const struct attributes *attributes);

/* Frees what attributes_read allocated. */
void attributes_free(struct attributes *attributes);

#endif
