/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_DECIDE_ASK_H
#define NOCLOBBER_TESTS_DECIDE_ASK_H

/* The call of a row of decide.c: its arguments are placed in memory; it is made by one of the
 * library's functions, or bypassing it; and both its ends are looked at. */

#include <stdint.h>
#include <sys/mman.h>

#include "programs/decide/call.h"
#include "programs/decide/rows.h"
#include "programs/decide/rules.h"
#include "programs/decide/setup.h"

#define PAGE 4096

/* ---- the arguments ---- */

/* Each path is placed so that reading a byte beyond its NUL faults. */
static const char *place_string(const struct stage *stage, const char *text)
{
    char expanded[8192];
    char *const pages =
        mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *const guard = pages + 3 * PAGE;

    mprotect(guard, PAGE, PROT_NONE);
    if (strcmp(text, POINTER_NULL) == 0)
        return NULL;
    if (strcmp(text, POINTER_LOW) == 0)
        return (const char *)(uintptr_t)1;
    if (strcmp(text, POINTER_KERNEL) == 0)
        return (const char *)(UINTPTR_MAX - 0xFFF);
    if (strcmp(text, POINTER_UNMAPPED) == 0)
        return guard;
    if (strcmp(text, POINTER_UNTERMINATED) == 0)
        return memset(guard - 8, 'a', 8);
    setup_expand(stage, text, expanded);
    return strcpy(guard - strlen(expanded) - 1, expanded);
}

static int place_descriptor(const struct stage *stage, enum place place)
{
    switch (place) {
    case AT_CWD: return AT_FDCWD;
    case AT_DIRECTORY: return open("d", O_RDONLY | O_DIRECTORY);
    case AT_PATH: return open("d", O_PATH);
    case AT_FILE: return open("f", O_RDONLY);
    case AT_REMOVED: return stage->removed;
    case AT_NEGATIVE: return -1;
    case AT_CLOSED: return 1000;
    }
    abort();
}

/* ---- its ends ---- */

static int has_end(const char *path)
{
    return path[0] != '%' || strchr("01UEK", path[1]) == NULL;
}

static void look(const struct stage *stage, enum place place, const char *text, struct end *end)
{
    char path[8192];

    memset(end, 0, sizeof *end);
    if (!has_end(text))
        return;
    setup_expand(stage, text, path);
    look_at(place_descriptor(stage, place), path, end);
}

#endif
