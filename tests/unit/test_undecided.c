/* SPDX-License-Identifier: MIT */
/* engine/guard.h where the paths of a call cannot be read: by whoever guards another process, and at a bad pointer. */
#include "engine/guard.h"

#include <errno.h>
#include <string.h>

#include "core/path.h"
#include "engine/exclusive.h"
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

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, what_cannot_be_read_is_refused, 0, ROWS(rows));
    tcase_add_test(tcase, without_memory_it_is_refused_for_that);
    tcase_add_test(tcase, a_path_too_long_to_keep_is_refused_without_its_name);
    tcase_add_loop_test(tcase, a_bad_pointer_is_EFAULT, 0, ROWS(pointers));
}

int main(void)
{
    return run_tests("undecided", add);
}
