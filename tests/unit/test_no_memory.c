/* SPDX-License-Identifier: MIT */
/*
 * Memory that runs out: each allocation of the command's rooms that look, run, read and report fails in turn, until all
 * goes well. Nothing may crash or stay open, and what calls itself a success must be a whole one: libc does without some
 * of its own allocations.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launcher/records/records.h"
#include "launcher/report/report.h"
#include "launcher/run/environment.h"
#include "launcher/settings/outer.h"
#include "launcher/verify/snapshot.h"
#include "unit/capture.h"
#include "unit/run.h"
#include "unit/sandbox.h"
#include "unit/sandbox_policy.h"

/* ---- an allocator that fails on demand ---- */

/* The sanitizers have an allocator of their own, which is to stay. */
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define CAN_FAIL 0
#elif defined __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define CAN_FAIL 0
#else
#define CAN_FAIL 1
#endif
#else
#define CAN_FAIL 1
#endif

static unsigned long nth;  /* allocation that is to fail, from when a scene begins on */
static unsigned long left; /* allocations until then; 0: none fails */
static int has_failed;

#if CAN_FAIL

static int fails(void)
{
    if (left == 0 || --left > 0)
        return 0;
    has_failed = 1;
    errno = ENOMEM;
    return 1;
}

/* The next allocator is asked for by dlsym(3), which may want memory itself: of this. */
static void *from_first_memory(size_t size)
{
    static _Alignas(16) char memory[4096];
    static size_t used;
    void *const got = memory + used;

    used += (size + 15) / 16 * 16;
    if (used > sizeof memory)
        _exit(99);
    return got;
}

static void *next(const char *name)
{
    static int is_asking;
    void *found = NULL;

    if (!is_asking) {
        is_asking = 1;
        found = dlsym(RTLD_NEXT, name);
        is_asking = 0;
    }
    return found;
}

void *malloc(size_t size)
{
    static void *(*real)(size_t);

    if (!real)
        real = __extension__(void *(*)(size_t)) next("malloc");
    if (!real)
        return from_first_memory(size);
    return fails() ? NULL : real(size);
}

void *calloc(size_t count, size_t size)
{
    static void *(*real)(size_t, size_t);

    if (!real)
        real = __extension__(void *(*)(size_t, size_t)) next("calloc");
    if (!real)
        return from_first_memory(count * size);
    return fails() ? NULL : real(count, size);
}

void *realloc(void *old, size_t size)
{
    static void *(*real)(void *, size_t);

    if (!real)
        real = __extension__(void *(*)(void *, size_t)) next("realloc");
    return fails() ? NULL : real(old, size);
}

#endif

/* ---- what is tried ---- */

/* 0, or a negative error. */
static int snapshot_of_a_tree(void)
{
    const struct policy policy = sandbox_policy("@/dist/:@/other/*:*.deb", "@/dist/allowed");
    struct snapshot *snapshot = NULL;
    int result;

    left = nth;
    result = snapshot_take(&policy, OPTIONS_VERIFY_HASH, &snapshot);
    left = 0;
    if (result == 0)
        ck_assert_uint_eq(snapshot->count, 4);
    snapshot_free(snapshot);
    return result;
}

/* With all that can happen to a file; the snapshot itself does not fail. */
static int looking_again(void)
{
    const struct policy policy = sandbox_policy("@/dist/", NULL);
    struct snapshot *snapshot;
    struct changes changes;
    int result;

    put_file("dist/moved", "moved");
    put_file("dist/gone", "gone");
    put_file("dist/a", "a");
    ck_assert_int_eq(snapshot_take(&policy, OPTIONS_VERIFY_STAT, &snapshot), 0);
    ck_assert_int_eq(rename("dist/moved", "dist/elsewhere"), 0);
    ck_assert_int_eq(unlink("dist/gone"), 0);
    put_file("dist/a", "changed");
    left = nth;
    result = snapshot_compare(snapshot, &changes);
    if (result == 0)
        result = changes_forgive_moves(&policy, snapshot, &changes);
    left = 0;
    changes_settle(&changes);
    if (result == 0)
        ck_assert_uint_eq(changes.count, 2);
    changes_free(&changes);
    snapshot_free(snapshot);
    unlink("dist/elsewhere");
    return result;
}

#define EVENT                                                                                      \
    "{\"time\":1.5,\"verdict\":\"allowed\",\"rule\":\"allow:x\",\"call\":\"rename\",\"source\":"   \
    "\"/a\",\"destination\":\"/b\",\"pid\":4,\"program\":\"/"                                      \
    "m\",\"left\":\"8:1:2:3:4:5:6:7:8:9\"}\n"

static int reading_and_reporting(void)
{
    static char command[] = "true";
    char *arguments[] = {command, NULL};
    const struct policy policy = {.mode = POLICY_ENFORCE};
    const struct options options = {.format = OPTIONS_FORMAT_JSON, .arguments = arguments};
    const struct run_result result = {.status = 0};
    struct changes changes = {NULL, 0};
    struct records records;
    struct report report = {.options = &options,
                            .policy = &policy,
                            .records = &records,
                            .changes = &changes,
                            .result = &result};
    int outcome;

    put_file("log", EVENT EVENT);
    left = nth;
    outcome = records_read("log", &records);
    if (outcome == 0)
        outcome = report_write(&report);
    left = 0;
    ck_assert(outcome != 0 || records.count == 2);
    records_free(&records);
    return outcome;
}

static int making_an_environment(void)
{
    static char path[] = "PATH=/bin";
    static char preload[] = "LD_PRELOAD=/other.so";
    static char protect[] = "NOCLOBBER_PROTECT=x";
    static char report[] = "NOCLOBBER_REPORT=/r";
    char *before[] = {path, preload, protect, report, NULL};
    char *variables[5] = {NULL};
    char *ours[] = {NULL};
    size_t count = 0;
    int result;

    setenv("NOCLOBBER_REPORT", "/r", 1);
    left = nth;
    result = outer_collect(before, NULL, variables, &count);
    for (size_t i = 0; i < count; i++)
        free(variables[i]);
    if (result == 0 && !environment_build(before, ours, "/lib.so", "/report"))
        result = -ENOMEM;
    left = 0;
    ck_assert(result != 0 || count == 2);
    return result;
}

static const struct {
    const char *name;
    int (*act)(void);
} scenes[] = {
    {"a snapshot", snapshot_of_a_tree},
    {"looking again", looking_again},
    {"reading events and writing a report", reading_and_reporting},
    {"the command's environment", making_an_environment},
};

static void put_tree(void)
{
    put_directory("dist");
    put_directory("dist/sub");
    put_directory("other");
    put_file("dist/a", "a");
    put_file("dist/sub/b", "b");
    put_file("other/c", "c");
    put_link("dist/link", "a");
}

START_TEST(what_lacks_memory_fails)
{
    const int descriptors = count_descriptors();
    int failures = 0;
    int result;

    if (!CAN_FAIL)
        return;
    put_tree();
    capture_begin(STDERR_FILENO);
    for (nth = 1;; nth++) {
        has_failed = 0;
        result = scenes[_i].act();
        failures += has_failed && result != 0;
        if (!has_failed)
            break;
    }
    capture_end(STDERR_FILENO);
    ck_assert_msg(result == 0, "%s: %d", scenes[_i].name, result);
    ck_assert_msg(failures > 0, "%s: nothing failed", scenes[_i].name);
    ck_assert_int_eq(count_descriptors(), descriptors);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, what_lacks_memory_fails, 0, ROWS(scenes));
}

int main(void)
{
    return run_tests("no_memory", add);
}
