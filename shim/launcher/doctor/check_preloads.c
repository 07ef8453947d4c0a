/* SPDX-License-Identifier: MIT */
#include "launcher/doctor/checks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *part; /* of the file's name */
    enum finding_level level;
    const char *text;
} known[] = {
    {"libnoclobber", FINDING_OK, "is this library already"},
    {"fakechroot", FINDING_WARNING,
     "translates paths, in either order; patterns match the real paths, outside the fake root"},
    {"fakeroot", FINDING_OK, "works in either order: it sees the renames that go through"},
    {"pseudo", FINDING_WARNING,
     "hides renameat2: link+unlink and mkdir+rename serve instead, as exclusive"},
    {"asan", FINDING_WARNING,
     "wants to be first; keep it there, or set ASAN_OPTIONS=verify_asan_link_order=0"},
    {"jemalloc", FINDING_OK, "is an allocator, and does not touch renames"},
    {"tcmalloc", FINDING_OK, "is an allocator, and does not touch renames"},
    {"mimalloc", FINDING_OK, "is an allocator, and does not touch renames"},
    {"eatmydata", FINDING_OK, "leaves out fsync, and does not touch renames"},
    {"stdbuf", FINDING_OK, "sets buffers, and does not touch renames"},
    {"sandbox", FINDING_WARNING,
     "judges renames itself, before or after us; what either refuses is refused"},
};

static void check_entry(struct findings *findings, const char *subject, const char *entry)
{
    const char *const slash = strrchr(entry, '/');
    const char *const name = slash ? slash + 1 : entry;

    if (slash && access(entry, R_OK) != 0) {
        findings_add(findings, FINDING_WARNING, subject, entry,
                     "can't be read: the loader says so each time and goes on; take it out");
        return;
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strstr(name, known[i].part)) {
            findings_add(findings, known[i].level, subject, entry, known[i].text);
            return;
        }
    findings_add(findings, FINDING_WARNING, subject, entry,
                 "is not known here; if it defines rename, ours has to come before it");
}

static void check_list(struct findings *findings, const char *name, char *list)
{
    char subject[64];
    char *rest = NULL;
    int place = 1;

    for (char *entry = strtok_r(list, ": \t\n", &rest); entry;
         entry = strtok_r(NULL, ": \t\n", &rest)) {
        snprintf(subject, sizeof subject, "%s, entry %d", name, place++);
        check_entry(findings, subject, entry);
    }
    if (place == 1)
        findings_add(findings, FINDING_OK, name, NULL, "nothing else is preloaded");
}

void check_preloads(struct findings *findings)
{
    static const char file[] = "/etc/ld.so.preload";
    const char *const variable = getenv("LD_PRELOAD");
    char *const copy = strdup(variable ? variable : "");
    char *line = NULL;
    size_t size = 0;
    FILE *const stream = fopen(file, "re");

    if (copy)
        check_list(findings, "LD_PRELOAD", copy);
    free(copy);
    if (!stream)
        return;
    if (getdelim(&line, &size, '\0', stream) > 0)
        check_list(findings, file, line);
    free(line);
    fclose(stream);
}
