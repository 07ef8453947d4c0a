/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_RACE_GROUND_H
#define NOCLOBBER_TESTS_RACE_GROUND_H

/*
 * The files that racers rename, in the current directory. Rounds use SLOTS places in turn. At each
 * place every racer has its own file and directory (racers with odd numbers in a separate
 * directory), and all share one destination. The first byte of a file tells whose it is; for a
 * directory, the first byte of the file `x` in it. Appended bytes come after that.
 */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SLOTS 64
#define NOBODY (-1)
#define APPENDED '+'

enum kind { A_FILE, A_DIRECTORY };

struct name {
    char text[64];
};

static struct name destination_of(unsigned slot)
{
    struct name name;

    snprintf(name.text, sizeof name.text, "to%u", slot);
    return name;
}

static struct name source_of(unsigned slot, unsigned racer, enum kind kind)
{
    const char letter = kind == A_FILE ? 'f' : 'd';
    struct name name;

    if (racer % 2)
        snprintf(name.text, sizeof name.text, "r%u/%c%u", racer, letter, slot);
    else
        snprintf(name.text, sizeof name.text, "%c%u.%u", letter, slot, racer);
    return name;
}

/* Spells the name in one of 4,096 ways: a pair of names that is refused repeatedly counts as a
 * loop, and gets EBUSY. */
static struct name spelt(const struct name *name, unsigned spelling)
{
    struct name other;
    size_t used = 0;

    for (unsigned bit = 0; bit < 12; bit++) {
        memcpy(other.text + used, ".//", 3);
        used += spelling >> bit & 1 ? 3 : 2;
    }
    snprintf(other.text + used, sizeof other.text - used, "%.24s", name->text);
    return other;
}

static struct name below(const char *name, const char *entry)
{
    struct name file;

    snprintf(file.text, sizeof file.text, "%.40s/%.16s", name, entry);
    return file;
}

static int write_byte(const char *name, int how, char byte)
{
    const int fd = open(name, O_WRONLY | how | O_CLOEXEC, 0644);
    const int result = fd < 0 || write(fd, &byte, 1) == 1 ? 0 : -1;

    if (fd < 0)
        return -1;
    close(fd);
    return result;
}

/* Makes a source of a racer. */
static void put(unsigned slot, unsigned racer, enum kind kind)
{
    const struct name name = source_of(slot, racer, kind);
    const struct name file = kind == A_FILE ? name : below(name.text, "x");
    char parent[16];

    snprintf(parent, sizeof parent, "r%u", racer);
    if (racer % 2)
        mkdir(parent, 0755);
    if ((kind == A_DIRECTORY && mkdir(name.text, 0755) < 0) ||
        write_byte(file.text, O_CREAT | O_EXCL, (char)('0' + racer)) < 0) {
        perror(name.text);
        abort();
    }
}

/* Removes what is there, if anything. */
static void drop(const char *name)
{
    if (unlink(name) == 0)
        return;
    unlink(below(name, "x").text);
    unlink(below(name, "theirs").text);
    rmdir(name);
}

/* Reads the beginning of a file. Returns the number of bytes, or -1. */
static ssize_t read_start(const char *name, char *bytes, size_t size)
{
    const int fd = open(name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    const ssize_t got = fd < 0 ? -1 : read(fd, bytes, size);

    if (fd >= 0)
        close(fd);
    return got;
}

/* The racer whose file or directory is there, or NOBODY. */
static int owner(const char *name)
{
    struct stat facts;
    char byte = '\0';

    if (lstat(name, &facts) < 0)
        return NOBODY;
    read_start(S_ISDIR(facts.st_mode) ? below(name, "x").text : name, &byte, 1);
    return byte < '0' || byte > '9' ? NOBODY : byte - '0';
}

/* Whether a racer's source is in its place, and complete. */
static int is_in_place(unsigned slot, unsigned racer, enum kind kind)
{
    return owner(source_of(slot, racer, kind).text) == (int)racer;
}

/* Whether something was appended to a file, or put into a directory. */
static int is_appended_to(const char *name, enum kind kind)
{
    char bytes[4] = "";
    const ssize_t got =
        read_start(kind == A_DIRECTORY ? below(name, "theirs").text : name, bytes, sizeof bytes);

    return got > 0 && memchr(bytes, APPENDED, (size_t)got) != NULL;
}

#endif
