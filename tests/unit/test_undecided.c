/* SPDX-License-Identifier: MIT */
/* engine/guard.h where the paths of a call cannot be read: by whoever guards another process, and at a bad pointer. */
#include "engine/guard.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "core/path.h"
#include "engine/exclusive.h"
#include "engine/filesystem.h"
#include "unit/fake_sys.h"
#include "unit/run.h"
#include "unit/sandbox.h"

static const struct policy enforces = {.log = "-"};
static const struct policy audits = {.mode = POLICY_AUDIT, .log = "-"};
static const struct policy allows_all = {.allow = {"**", 1}, .log = "-"};

static struct call call_of(const char *source, const char *destination, unsigned flags)
{
    const struct call call = {
        &fake_sys, flags ? CALL_RENAMEAT2 : CALL_RENAME, AT_FDCWD, source, AT_FDCWD, destination,
        flags};

    return call;
}

/* ---- guard_undecided ---- */

static const struct {
    const char *name;
    const struct policy *policy;
    unsigned flags;
    int attempt;
    int result;
    int is_recorded;
} rows[] = {
    {"nothing is in the way", &enforces, 0, 0, 0, 0},
    {"another error is the answer", &enforces, 0, -ENOENT, -ENOENT, 0},
    {"its own wish is the answer", &enforces, RENAME_NOREPLACE, -EEXIST, -EEXIST, 0},
    {"a collision is refused", &enforces, 0, -EEXIST, -EEXIST, 1},
    {"without looking whether it is excepted", &allows_all, 0, -EEXIST, -EEXIST, 1},
    {"across filesystems too", &enforces, 0, -EXDEV, -EOPNOTSUPP, 1},
    {"and where the flag is missing", &enforces, 0, EXCLUSIVE_MISSING, -EOPNOTSUPP, 1},
    {"audit lets it through", &audits, 0, -EEXIST, GUARD_OWN_CALL, 0},
};

START_TEST(what_cannot_be_read_is_refused)
{
    const struct call call = call_of("source", "destination", rows[_i].flags);

    put_file("source", "new");
    put_file("destination", "old");
    fake_reset();
    ck_assert_msg(guard_undecided(rows[_i].policy, &call, rows[_i].attempt) == rows[_i].result,
                  "%s", rows[_i].name);
    ck_assert_msg((strstr(fake.err, "\"rule\":\"undecided\"") != NULL) == rows[_i].is_recorded,
                  "%s: %s", rows[_i].name, fake.err);
    ck_assert_msg(file_holds("destination", "old"), "%s", rows[_i].name);
}
END_TEST

START_TEST(without_memory_it_is_refused_for_that)
{
    const struct call call = call_of("source", "destination", 0);

    fake_reset();
    fake.fail_at = 0;
    fake.fail_with = -ENOMEM;
    ck_assert_int_eq(guard_undecided(&enforces, &call, -EEXIST), -ENOMEM);
}
END_TEST

START_TEST(a_path_too_long_to_keep_is_refused_without_its_name)
{
    static char path[2 * PATH_RESOLVED_MAX];
    const struct call call = call_of(path, path, 0);

    memset(path, 'x', sizeof path - 1);
    fake_reset();
    ck_assert_int_eq(guard_undecided(&enforces, &call, -EEXIST), -EEXIST);
    ck_assert_ptr_nonnull(strstr(fake.err, "\"destination\":\"\""));
}
END_TEST

/* ---- bad pointers ---- */

#define BAD ((const char *)1)

static const struct {
    const char *name;
    const char *source;
    const char *destination;
    int is_told_by_us; /* the exclusive call was never made, so that no kernel has read the paths */
} pointers[] = {
    {"source", BAD, "destination", 0},
    {"destination", "source", BAD, 0},
    {"source, the flag missing", BAD, "destination", 1},
    {"destination, the flag missing", "source", BAD, 1},
    {"both, the flag missing", BAD, BAD, 1},
};

START_TEST(a_bad_pointer_is_EFAULT)
{
    const struct call call = call_of(pointers[_i].source, pointers[_i].destination, 0);

    put_file("source", "new");
    fake_reset();
    fake.missing = pointers[_i].is_told_by_us ? -ENOSYS : 0;
    ck_assert_msg(guard_rename(&enforces, &call) == -EFAULT, "%s", pointers[_i].name);
}
END_TEST

/* ---- paths too long for any call ---- */

static char slashes[PATH_MAX + 1]; /* "x////…", PATH_MAX bytes: without its slashes it would fit */
static const char *endless;        /* PATH_MAX bytes and no NUL; what follows can't be read */

static void make_long_paths(void)
{
    char *const pages =
        mmap(NULL, 2 * PATH_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    ck_assert_ptr_ne(pages, MAP_FAILED);
    memset(pages, 'x', PATH_MAX);
    ck_assert_int_eq(mprotect(pages + PATH_MAX, PATH_MAX, PROT_NONE), 0);
    endless = pages;
    memset(slashes, '/', PATH_MAX);
    slashes[0] = 'x';
}

static const struct {
    const char *name;
    int is_slashes;
    int is_source;
    int missing;
    int may_be_smb;
} long_paths[] = {
    {"a source without end", 0, 1, 0, 0},
    {"a source without end, the flag missing", 0, 1, -ENOSYS, 0},
    {"a destination without end, the flag missing", 0, 0, -ENOSYS, 0},
    {"a destination without end, perhaps on SMB", 0, 0, 0, 1},
    {"a source of slashes, the flag missing", 1, 1, -ENOSYS, 0},
    {"a destination of slashes, the flag missing", 1, 0, -ENOSYS, 0},
    {"a destination of slashes, perhaps on SMB", 1, 0, 0, 1},
};

/* ENAMETOOLONG; an emulator of user mode may say EFAULT of a path without end. */
START_TEST(a_path_too_long_is_what_the_kernel_calls_it)
{
    struct call call = call_of("source", "destination", 0);
    int expected;
    int result;

    make_long_paths();
    put_file("source", "new");
    fake_reset();
    fake.missing = long_paths[_i].missing;
    *(long_paths[_i].is_source ? &call.source : &call.destination) =
        long_paths[_i].is_slashes ? slashes : endless;
    ck_assert_int_eq(rename(call.source, call.destination), -1);
    expected = errno == EFAULT ? -EFAULT : -ENAMETOOLONG;
    filesystem_may_be_smb = long_paths[_i].may_be_smb;
    result = guard_rename(&enforces, &call);
    filesystem_may_be_smb = 0;
    ck_assert_msg(result == expected, "%s: %d", long_paths[_i].name, result);
    ck_assert_msg(fake.err[0] == '\0', "%s: %s", long_paths[_i].name, fake.err);
    ck_assert(file_holds("source", "new"));
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, what_cannot_be_read_is_refused, 0, ROWS(rows));
    tcase_add_test(tcase, without_memory_it_is_refused_for_that);
    tcase_add_test(tcase, a_path_too_long_to_keep_is_refused_without_its_name);
    tcase_add_loop_test(tcase, a_bad_pointer_is_EFAULT, 0, ROWS(pointers));
    tcase_add_loop_test(tcase, a_path_too_long_is_what_the_kernel_calls_it, 0, ROWS(long_paths));
}

int main(void)
{
    return run_tests("undecided", add);
}
