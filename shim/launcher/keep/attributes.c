/* SPDX-License-Identifier: MIT */
#include "launcher/keep/attributes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#define LIST_SIZE ((size_t)64 * 1024)  /* XATTR_LIST_MAX */
#define VALUE_SIZE ((size_t)64 * 1024) /* XATTR_SIZE_MAX */
#define NAME_SIZE 256                  /* XATTR_NAME_MAX, and a NUL */

struct attribute {
    struct attribute *next;
    size_t length;
    char name[NAME_SIZE];
    char value[];
};

static int read_one(int fd, const char *name, struct attributes *attributes)
{
    static char value[VALUE_SIZE];
    const ssize_t length = fgetxattr(fd, name, value, sizeof value);
    struct attribute *const one = length < 0 ? NULL : malloc(sizeof *one + (size_t)length);

    if (!one)
        return length < 0 ? -errno : -ENOMEM;
    one->next = attributes->first;
    one->length = (size_t)length;
    strncpy(one->name, name, sizeof one->name - 1);
    one->name[sizeof one->name - 1] = '\0';
    memcpy(one->value, value, one->length);
    attributes->first = one;
    return 0;
}

void attributes_read(int fd, struct attributes *attributes)
{
    static char names[LIST_SIZE];
    const ssize_t length = flistxattr(fd, names, sizeof names);

    attributes->first = NULL;
    attributes->error = length < 0 && errno != ENOTSUP ? -errno : 0;
    for (ssize_t i = 0; i < length; i += (ssize_t)strlen(names + i) + 1) {
        const int result = read_one(fd, names + i, attributes);

        if (result < 0)
            attributes->error = result;
    }
}

static const struct attribute *find(const struct attributes *attributes, const char *name)
{
    const struct attribute *one = attributes->first;

    while (one && strcmp(one->name, name) != 0)
        one = one->next;
    return one;
}

/* Skips an attribute that is already equal: setting a security module's label needs privileges. */
static int set(int fd, const struct attribute *one, const struct attribute *present)
{
    if (present && present->length == one->length &&
        memcmp(present->value, one->value, one->length) == 0)
        return 0;
    return fsetxattr(fd, one->name, one->value, one->length, 0) == 0 ? 0 : -errno;
}

int attributes_write(int fd, const struct attributes *attributes)
{
    struct attributes present;
    int result;

    attributes_read(fd, &present);
    result = attributes->error ? attributes->error : present.error;
    for (const struct attribute *one = present.first; one; one = one->next)
        if (!find(attributes, one->name) && fremovexattr(fd, one->name) != 0)
            result = -errno;
    for (const struct attribute *one = attributes->first; one; one = one->next) {
        const int failed = set(fd, one, find(&present, one->name));

        result = failed < 0 ? failed : result;
    }
    attributes_free(&present);
    return result;
}

void attributes_free(struct attributes *attributes)
{
    while (attributes->first) {
        struct attribute *const next = attributes->first->next;

        free(attributes->first);
        attributes->first = next;
    }
}
