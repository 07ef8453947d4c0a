/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_KEEP_ATTRIBUTES_H
#define NOCLOBBER_LAUNCHER_KEEP_ATTRIBUTES_H

/* The extended attributes of a file (xattr(7)): access lists and capabilities are such. */

struct attribute;

struct attributes {
    struct attribute *first; /* NULL: there is none */
    int error;               /* -errno for one that could not be read, or 0 */
};

/* Reads all of the file at `fd`, as far as this process may; attributes_free frees them. */
void attributes_read(int fd, struct attributes *attributes);

/* Gives the file at `fd` these and no others, such as those of a default access list. Returns 0, or -errno if it has not quite those that
 * the file had which they were read from. */
int attributes_write(int fd, const struct attributes *attributes);

void attributes_free(struct attributes *attributes);

#endif
