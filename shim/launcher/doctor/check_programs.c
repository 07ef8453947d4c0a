/* SPDX-License-Identifier: MIT */
/* Those that a run may come across. Each file is read as far as its headers; what can't be read
 * is passed over. */
#include "launcher/doctor/checks.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "launcher/probe/elf.h"

/* More files than any PATH has that somebody works with. */
#define FILES_MAX 20000
#define NAMES_MAX 10
#define DIRECTORIES_MAX 64

enum kind { KIND_STATIC, KIND_GO, KIND_SET_USER_ID, KIND_COUNT, KIND_REACHED };

static const struct {
    const char *subject;
    const char *remedy;
} kinds[KIND_COUNT] = {
    {"static programs",
     "the library can't get in; --trace reaches them, and --verify finds what they changed"},
    {"Go programs",
     "they call the kernel themselves; --trace reaches them, and --verify finds what they changed"},
    {"set-user-ID programs",
     "the library is inert there; start noclobber inside: sudo noclobber ..."},
};

struct group {
    char names[512]; /* the first of them */
    size_t count;
};

struct survey {
    struct group groups[KIND_COUNT];
    size_t files;
    struct {
        dev_t device;
        ino_t inode;
    } seen[DIRECTORIES_MAX]; /* /bin is often /usr/bin */
    size_t seen_count;
};

static void add_name(struct group *group, const char *name)
{
    const size_t used = strlen(group->names);

    if (group->count++ < NAMES_MAX && used + strlen(name) + 2 < sizeof group->names)
        snprintf(group->names + used, sizeof group->names - used, "%s%s", used ? " " : "", name);
}

/* AT_SECURE: set-user-ID, set-group-ID, file capabilities. */
static int is_secure(const char *path, const struct stat *facts)
{
    return (facts->st_mode & (S_ISUID | S_ISGID)) != 0 ||
           getxattr(path, "security.capability", NULL, 0) > 0;
}

static enum kind kind_of(const char *path)
{
    struct stat facts;
    struct elf elf;

    if (stat(path, &facts) < 0 || !S_ISREG(facts.st_mode) || !(facts.st_mode & 0111))
        return KIND_REACHED;
    if (is_secure(path, &facts))
        return KIND_SET_USER_ID;
    if (elf_read(path, &elf) < 0)
        return KIND_REACHED;
    if (elf.is_go)
        return KIND_GO;
    return elf.loader[0] == '\0' ? KIND_STATIC : KIND_REACHED;
}

static void scan_directory(struct survey *survey, const char *directory)
{
    DIR *const stream = opendir(directory);
    const struct dirent *entry;
    char path[PATH_MAX];

    if (!stream)
        return;
    while ((entry = readdir(stream)) && survey->files < FILES_MAX) {
        enum kind kind;

        if (snprintf(path, sizeof path, "%s/%s", directory, entry->d_name) >= (int)sizeof path)
            continue;
        survey->files++;
        kind = kind_of(path);
        if (kind < KIND_COUNT)
            add_name(&survey->groups[kind], entry->d_name);
    }
    closedir(stream);
}

static int is_new_directory(struct survey *survey, const char *directory)
{
    struct stat facts;

    if (stat(directory, &facts) < 0 || survey->seen_count == DIRECTORIES_MAX)
        return 0;
    for (size_t i = 0; i < survey->seen_count; i++)
        if (survey->seen[i].inode == facts.st_ino && survey->seen[i].device == facts.st_dev)
            return 0;
    survey->seen[survey->seen_count].inode = facts.st_ino;
    survey->seen[survey->seen_count].device = facts.st_dev;
    survey->seen_count++;
    return 1;
}

static void report(struct findings *findings, enum kind kind, const struct group *group)
{
    char text[256];

    if (group->count == 0) {
        findings_add(findings, FINDING_OK, kinds[kind].subject, NULL, "none on PATH");
        return;
    }
    snprintf(text, sizeof text, "%s(%zu on PATH): %s", group->count > NAMES_MAX ? "and more " : "",
             group->count, kinds[kind].remedy);
    findings_add(findings, FINDING_WARNING, kinds[kind].subject, group->names, text);
}

void check_programs(struct findings *findings, const char *path)
{
    struct survey *const survey = calloc(1, sizeof *survey);
    char directory[PATH_MAX];

    if (!survey)
        return;
    while (*path != '\0') {
        const size_t length = strcspn(path, ":");

        /* An empty entry is the current directory. */
        if (length < sizeof directory) {
            snprintf(directory, sizeof directory, "%.*s", length ? (int)length : 1,
                     length ? path : ".");
            if (is_new_directory(survey, directory))
                scan_directory(survey, directory);
        }
        path += length + (path[length] == ':');
    }
    for (unsigned kind = 0; kind < KIND_COUNT; kind++)
        report(findings, (enum kind)kind, &survey->groups[kind]);
    free(survey);
}
