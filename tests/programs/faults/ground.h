/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_FAULT_GROUND_H
#define NOCLOBBER_TESTS_FAULT_GROUND_H

/* The two names of a scene, in the current directory: makes, inspects and removes them. */

#include <dirent.h>
#include <sys/stat.h>

#include "programs/faults/scenes.h"
#include "programs/host.h"

/* What is at a name after the call, compared with what was there before. */
enum found {
    AS_BEFORE, /* the same inode with the same contents; or still nothing */
    GONE,
    THE_SOURCE,         /* the inode of the source, with the same contents */
    AN_EMPTY_DIRECTORY, /* there was nothing before */
    SOMETHING_ELSE,
};

struct ground {
    const struct scene *scene;
    ino_t source;
    ino_t destination; /* 0: nothing */
};

static ino_t inode_of(const char *name)
{
    struct stat facts;

    return lstat(name, &facts) == 0 ? facts.st_ino : 0;
}

static void put_kind(const char *name, enum kind kind)
{
    char inner[32];

    snprintf(inner, sizeof inner, "%s/f", name);
    switch (kind) {
    case NOTHING: break;
    case A_FILE: put(name, name); break;
    case AN_EMPTY_FILE: put(name, ""); break;
    case AN_EQUAL_FILE: put(name, "source"); break;
    case A_HARD_LINK: check(link("source", name) == 0, "link"); break;
    case A_LINK: check(symlink("nowhere", name) == 0, "symlink"); break;
    case ANOTHER_LINK: check(symlink("elsewhere", name) == 0, "symlink"); break;
    case A_DIRECTORY: check(mkdir(name, 0755) == 0, "mkdir"); break;
    case A_FULL_DIRECTORY:
        check(mkdir(name, 0755) == 0, "mkdir");
        put(inner, name);
        break;
    }
}

/* Removes everything that a run may have left. */
static void clear_ground(void)
{
    static const char *const names[] = {"source/f", "destination/f", "source", "destination"};

    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
        if (unlink(names[i]) < 0)
            rmdir(names[i]);
}

static struct ground prepare_ground(const struct scene *scene)
{
    struct ground ground = {scene, 0, 0};

    clear_ground();
    if (scene->is_reported) {
        put("../report", "");
        put("../report.whole", ".");
    }
    put_kind("source", scene->source);
    put_kind("destination", scene->destination);
    ground.source = inode_of("source");
    ground.destination = inode_of("destination");
    return ground;
}

/* Whether a refusal is in the event file, or the completeness marker says that it is missing. */
static int is_reported(void)
{
    struct stat report;
    struct stat whole;

    return stat("../report", &report) == 0 && stat("../report.whole", &whole) == 0 &&
           (report.st_size != 0 || whole.st_size == 0);
}

/* How many entries a directory has; -1 if it is not one. */
static int names_in(const char *name)
{
    DIR *const directory = opendir(name);
    int count = -2;

    if (!directory)
        return -1;
    while (readdir(directory))
        count++;
    closedir(directory);
    return count;
}

static int has_bytes(const char *name, const char *bytes)
{
    char found[32];
    const int fd = open(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    const ssize_t got = fd < 0 ? -1 : read(fd, found, sizeof found);

    if (fd >= 0)
        close(fd);
    return got == (ssize_t)strlen(bytes) && memcmp(found, bytes, (size_t)got) == 0;
}

static int has_target(const char *name, const char *target)
{
    char found[32];
    const ssize_t got = readlink(name, found, sizeof found);

    return got == (ssize_t)strlen(target) && memcmp(found, target, (size_t)got) == 0;
}

/* Whether `name` has the contents with which a `kind` was made under the name `made_as`. */
static int holds_all(const char *name, enum kind kind, const char *made_as)
{
    char inner[32];

    snprintf(inner, sizeof inner, "%s/f", name);
    switch (kind) {
    case NOTHING: return 0;
    case A_FILE: return has_bytes(name, made_as);
    case AN_EMPTY_FILE: return has_bytes(name, "");
    case AN_EQUAL_FILE:
    case A_HARD_LINK: return has_bytes(name, "source");
    case A_LINK: return has_target(name, "nowhere");
    case ANOTHER_LINK: return has_target(name, "elsewhere");
    case A_DIRECTORY: return names_in(name) == 0;
    case A_FULL_DIRECTORY: return names_in(name) == 1 && has_bytes(inner, made_as);
    }
    return 0;
}

static enum found find_source(const struct ground *ground)
{
    const ino_t now = inode_of("source");

    if (now == 0)
        return GONE;
    return now == ground->source && holds_all("source", ground->scene->source, "source")
               ? AS_BEFORE
               : SOMETHING_ELSE;
}

static enum found find_destination(const struct ground *ground)
{
    const ino_t now = inode_of("destination");

    if (now == 0)
        return ground->destination == 0 ? AS_BEFORE : GONE;
    if (now == ground->destination)
        return holds_all("destination", ground->scene->destination, "destination") ? AS_BEFORE
                                                                                   : SOMETHING_ELSE;
    if (now == ground->source)
        return holds_all("destination", ground->scene->source, "source") ? THE_SOURCE
                                                                         : SOMETHING_ELSE;
    return ground->destination == 0 && names_in("destination") == 0 ? AN_EMPTY_DIRECTORY
                                                                    : SOMETHING_ELSE;
}

#endif
