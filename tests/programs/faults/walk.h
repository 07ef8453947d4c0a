/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_FAULT_WALK_H
#define NOCLOBBER_TESTS_FAULT_WALK_H

/*
 * Walks a scene: lets its system call 0, 1, 2 … fail with each error that it can return, before and
 * after its effect, alone and with all later calls; and kills the process there. Checks both files
 * each time, then makes a second try without faults.
 */

#include "programs/faults/errors.h"
#include "programs/faults/ground.h"

enum {
    FAULT_NONE = 0, /* in addition to FAULT_BEFORE and FAULT_AFTER */
    FAULT_FROM = 4, /* this call and every later one fail */
    FAULT_KILL = 8, /* the process ends before the call */
};

struct fault {
    int when;
    int at; /* the index of the call, from 0 */
    int error;
};

/* The result of a rename with a fault. */
struct answer {
    int is_done;     /* it has returned */
    int error;       /* 0 or an errno */
    int errno_kept;  /* success left errno alone */
    int exit_status; /* if it has not returned: of the process; -1: it was killed */
    int calls;       /* made; more than `at`: the fault was reached */
    long number;     /* the system call at `at`, SYS_… */
    int descriptors; /* left open */
};

/* Makes the scene's rename. Supplied by the program that walks. */
typedef void play_fn(const struct scene *scene, const struct fault *fault, struct answer *answer);

struct walk {
    const struct scene *scene;
    play_fn *play;
    unsigned calls;  /* system calls that can fail */
    unsigned errors; /* pairs of call and error */
    unsigned runs;   /* with a fault, not counting second tries */
    unsigned kills;  /* of those, the process was killed */
    unsigned left;   /* of those, an empty directory was left, which blocks the second try */
    unsigned violations;
};

/* ---- judging ---- */

static int is_emulated_directory(const struct scene *scene)
{
    return scene->missing != 0 && scene->destination == NOTHING &&
           (scene->source == A_DIRECTORY || scene->source == A_FULL_DIRECTORY);
}

static int is_at_end(const struct scene *scene, enum found source, enum found destination)
{
    switch (scene->end) {
    case KEPT: return source == AS_BEFORE && destination == AS_BEFORE;
    case MOVED: return source == GONE && destination == THE_SOURCE;
    }
    return 0;
}

/* Returns a phrase if something was lost, whatever the result was; NULL if not. */
static const char *judge_files(const struct scene *scene, enum found source, enum found destination)
{
    if (names_in(".") != (source != GONE) + (inode_of("destination") != 0))
        return "a stray name";
    if (source == SOMETHING_ELSE || destination == SOMETHING_ELSE)
        return "something else is there";
    if (source == GONE && destination != THE_SOURCE && !is_at_end(scene, source, destination))
        return "the source is lost";
    if (scene->destination != NOTHING && destination != AS_BEFORE &&
        !is_at_end(scene, source, destination))
        return "the destination is lost";
    if (destination == AN_EMPTY_DIRECTORY && !is_emulated_directory(scene))
        return "an empty directory";
    return NULL;
}

/* Whether an error may leave the files like this. A call that fails after its effect leaves the
 * effect. */
static int may_leave(const struct scene *scene, const struct fault *fault, long number,
                     enum found source, enum found destination)
{
    if (source == AS_BEFORE && destination == AS_BEFORE)
        return 1;
    if (fault->when == FAULT_FROM)
        return 1;
    if (fault->when != FAULT_AFTER)
        return 0;
    if (number == SYS_mkdirat)
        return destination == AN_EMPTY_DIRECTORY;
    return (sys_is_rename(number) || number == SYS_unlinkat) &&
           is_at_end(scene, source, destination);
}

/* Whether the error is that of the program's own rename, which may have any; or EINVAL, for a name
 * that the filesystem does not allow. */
static int is_own_answer(const struct answer *answer, const struct fault *fault)
{
    if (answer->number == SYS_mkdirat && answer->error == EINVAL)
        return 1;
    return answer->error == fault->error &&
           (fault->when == FAULT_FROM || (fault->at > 0 && sys_is_rename(answer->number)));
}

/* Calls that do not affect the verdict: those for the event, and exit. */
static int is_beside_the_point(long number)
{
    return number == SYS_write || number == SYS_CLOCK || number == SYS_getpid ||
           number == SYS_rt_sigprocmask || number == SYS_rt_sigpending || number == SYS_munmap ||
           number == SYS_close;
}

/* Whether a fault kept the library from comparing the files with the host's signals blocked: then
 * they do not count as equal. */
static int is_not_compared(const struct scene *scene, const struct answer *answer)
{
    return scene->destination == AN_EQUAL_FILE && answer->number == SYS_rt_sigprocmask &&
           answer->error == EEXIST;
}

static const char *judge_answer(const struct scene *scene, const struct fault *fault,
                                const struct answer *answer, enum found source,
                                enum found destination)
{
    if (!answer->is_done)
        return scene->is_the_end && answer->exit_status == 17 ? NULL : "crashed";
    if (answer->error == 0 && !answer->errno_kept)
        return "success touched errno";
    if (answer->error == 0 && (scene->error != 0 || !is_at_end(scene, source, destination)))
        return "success, but not done";
    if (answer->error != 0 && !is_error_of_rename(answer->error) && !is_own_answer(answer, fault))
        return "no error of rename";
    if (answer->error != 0 && !may_leave(scene, fault, answer->number, source, destination))
        return "an error has left something";
    if (fault->when != FAULT_FROM && is_beside_the_point(answer->number) &&
        answer->error != scene->error && !scene->is_the_end && !is_not_compared(scene, answer))
        return "the answer changed";
    if (scene->is_reported && answer->error == scene->error && fault->when != FAULT_FROM &&
        !is_reported())
        return "a refusal that nobody hears of";
    return answer->descriptors != 0 ? "a descriptor is left" : NULL;
}

/* ---- trying again ---- */

/* The right result of a second try, depending on what the first one has left. */
static int second_answer(const struct scene *scene, enum found source, enum found destination)
{
    if (source == GONE)
        return ENOENT;
    if (destination == AN_EMPTY_DIRECTORY)
        return EEXIST;
    if (destination == THE_SOURCE) /* two names of one file: rename does nothing */
        return scene->flags & RENAME_NOREPLACE ? EEXIST : 0;
    return scene->error;
}

static const char *judge_retry(struct walk *walk, const struct ground *ground)
{
    static const struct fault none = {FAULT_NONE, -1, 0};
    const struct scene *const scene = walk->scene;
    const enum found source = find_source(ground);
    const enum found destination = find_destination(ground);
    struct answer answer;

    walk->left += destination == AN_EMPTY_DIRECTORY;
    walk->play(scene, &none, &answer);
    if (!answer.is_done)
        return scene->is_the_end && answer.exit_status == 17 ? NULL : "crashed again";
    if (answer.error != second_answer(scene, source, destination))
        return "again, and another answer";
    if (source == AS_BEFORE && destination == AS_BEFORE &&
        !is_at_end(scene, find_source(ground), find_destination(ground)))
        return "again, and not done";
    return judge_files(scene, find_source(ground), find_destination(ground));
}

/* ---- one fault ---- */

static void complain(struct walk *walk, const struct fault *fault, const struct answer *answer,
                     const char *what)
{
    static const char *const whens[] = {
        [FAULT_NONE] = "none", [FAULT_BEFORE] = "before", [FAULT_AFTER] = "after",
        [FAULT_FROM] = "from", [FAULT_KILL] = "kill",
    };

    walk->violations++;
    printf("not ok %s: call %d (%ld) %s %s: %s: %s\n", walk->scene->name, fault->at, answer->number,
           whens[fault->when], strerrorname_np(fault->error),
           answer->is_done ? strerrorname_np(answer->error) : "-", what);
}

/* Returns whether the fault was reached. */
static int try_fault(struct walk *walk, const struct fault *fault, struct answer *answer)
{
    const struct ground ground = prepare_ground(walk->scene);
    enum found source;
    enum found destination;
    const char *what;

    walk->play(walk->scene, fault, answer);
    source = find_source(&ground);
    destination = find_destination(&ground);
    what = judge_files(walk->scene, source, destination);
    if (!what && fault->when != FAULT_KILL)
        what = judge_answer(walk->scene, fault, answer, source, destination);
    if (!what)
        what = judge_retry(walk, &ground);
    if (what)
        complain(walk, fault, answer, what);
    return answer->calls > fault->at;
}

static void try_errors(struct walk *walk, int at, const struct fault_errors *errors)
{
    for (const int *error = errors->errors; *error != 0; error++) {
        /* EINTR from all later calls would be retried forever. */
        const int from = *error == EINTR ? FAULT_NONE : FAULT_FROM;
        const int whens[] = {errors->when & FAULT_BEFORE, errors->when & FAULT_AFTER, from};

        walk->errors++;
        for (unsigned i = 0; i < 3; i++) {
            const struct fault fault = {whens[i], at, *error};
            struct answer answer;

            if (whens[i] == FAULT_NONE)
                continue;
            walk->runs++;
            try_fault(walk, &fault, &answer);
        }
    }
}

/* ---- all of them ---- */

static void walk_scene(struct walk *walk)
{
    struct answer answer;

    for (int at = 0;; at++) {
        const struct fault kill = {FAULT_KILL, at, 0};
        const struct fault_errors *errors;

        if (!try_fault(walk, &kill, &answer))
            break;
        walk->calls++;
        walk->runs++;
        walk->kills++;
        errors = errors_of(answer.number);
        if (errors)
            try_errors(walk, at, errors);
        else if (answer.number != SYS_exit_group)
            complain(walk, &kill, &answer, "a call that nobody knows errors of");
    }
    clear_ground();
}

/* Appends the figures to the file that FAULTS names, if it is set. */
static void report_walk(const struct walk *walk, const char *by)
{
    const char *const name = getenv("FAULTS");
    FILE *const file = name ? fopen(name, "a") : NULL;

    if (!file)
        return;
    fprintf(file, "%s|%s|%u|%u|%u|%u|%u|%u\n", by, walk->scene->name, walk->calls, walk->errors,
            walk->runs, walk->kills, walk->left, walk->violations);
    fclose(file);
}

#endif
