/* SPDX-License-Identifier: MIT */
/* Sealing while system calls fail: no command would start, and the step and the file are named. */
#include "launcher/keep/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "launcher/verify/snapshot.h"
#include "unit/refuse.h"
#include "unit/run.h"
#include "unit/sandbox.h"
#include "unit/sandbox_policy.h"

#define OPEN_TREE 428
#define MOVE_MOUNT 429
#define MOUNT_SETATTR 442

static struct seal_result seen;
static struct seal seal = {.result = &seen};
static int result;

static void enter(void *context)
{
    (void)context;
    result = seal_enter(&seal);
}

static int can_seal(void)
{
    char reason[1024];

    /* A thread may have a mount namespace of its own, but no user namespace. */
    if (geteuid() == 0 && seal_check(reason, sizeof reason) == 0)
        return 1;
    run_skip("no mount namespace of a thread's own here");
    return 0;
}

static struct policy policy;
static struct snapshot *files;

static void begin(const char *name, const char *text)
{
    put_directory("dist");
    put_file(name, text);
    policy = sandbox_policy("@/dist/", NULL);
    ck_assert_int_eq(snapshot_take(&policy, OPTIONS_VERIFY_STAT, &files), 0);
    seal.policy = &policy;
    seal.files = files;
}

static const struct {
    long call;
    int error;
    enum seal_step step;
    const char *reason;
} rows[] = {
    {SYS_unshare, ENOSPC, SEAL_NAMESPACE, "can't create a mount namespace here (No space"},
    {SYS_unshare, EINVAL, SEAL_NAMESPACE, "the root directory is not a mount point"},
    {SYS_mount, EPERM, SEAL_NAMESPACE, "can't create a mount namespace here (Operation not"},
    {OPEN_TREE, ENOSYS, SEAL_COPY, "sealing needs Linux 5.12"},
    {OPEN_TREE, ENOSPC, SEAL_COPY, "can't mount anything here (No space"},
    {MOUNT_SETATTR, ENOSYS, SEAL_COPY, "sealing needs Linux 5.12"},
    {MOVE_MOUNT, EPERM, SEAL_COPY, "can't mount anything here (Operation not permitted); "},
    {SYS_umount2, EPERM, SEAL_FILES, "can't be sealed: Operation not permitted"},
    {SYS_openat, EMFILE, SEAL_FILES, "can't be sealed: Too many open files"},
};

START_TEST(a_call_fails)
{
    const long calls[] = {rows[_i].call, 0};
    char reason[1024];

    begin("dist/a", "old");
    if (!can_seal() || !refuse_calls(calls, rows[_i].error, enter, NULL))
        return;
    ck_assert_int_eq(result, -rows[_i].error);
    ck_assert_int_eq(seen.error, -rows[_i].error);
    ck_assert_int_eq(seen.step, rows[_i].step);
    ck_assert_int_eq(*seen.path != '\0', rows[_i].call == SYS_openat);
    seal_reason(&seen, reason, sizeof reason);
    ck_assert_msg(strstr(reason, rows[_i].reason) != NULL, "%s", reason);
    snapshot_free(files);
}
END_TEST

/* A file that cannot be told from an exception is sealed: fail closed. */
START_TEST(no_facts)
{
#ifdef SYS_newfstatat
    static const long calls[] = {SYS_newfstatat, SYS_statx, SYS_fstat, 0};

    begin("dist/empty", "");
    policy.allow_if = POLICY_ALLOW_IF_EMPTY;
    if (!can_seal() || !refuse_calls(calls, EIO, enter, NULL))
        return;
    ck_assert_int_eq(result, -EAGAIN);
    ck_assert_uint_eq(seen.excepted, 0);
    snapshot_free(files);
#else
    run_skip("this libc looks at files by other calls than those that the test fails");
#endif
}
END_TEST

static const struct {
    struct seal_result result;
    const char *reason;
} reasons[] = {
    {{.step = SEAL_FILES, .error = -EAGAIN}, "can't be sealed: other processes keep replacing it"},
    {{.step = SEAL_START, .error = -EAGAIN}, "can't start a process: Resource temporarily"},
    {{.step = SEAL_COPY, .is_killed = 1, .error = -EIO},
     "a filter of system calls (seccomp) kills"},
};

START_TEST(what_is_said)
{
    char reason[1024];

    seal_reason(&reasons[_i].result, reason, sizeof reason);
    ck_assert_msg(strstr(reason, reasons[_i].reason) == reason, "%s", reason);
}
END_TEST

/* What helps depends on who asks. */
START_TEST(what_is_said_to_an_ordinary_user)
{
    const struct seal_result refused = {.step = SEAL_NAMESPACE, .error = -EPERM};
    char reason[1024];

    if (geteuid() == 0)
        ck_assert_int_eq(seteuid(65534), 0);
    seal_reason(&refused, reason, sizeof reason);
    if (getuid() == 0)
        ck_assert_int_eq(seteuid(0), 0);
    ck_assert_ptr_nonnull(strstr(reason, "start it as root (sudo noclobber --seal --user NAME"));
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, a_call_fails, 0, ROWS(rows));
    tcase_add_test(tcase, no_facts);
    tcase_add_loop_test(tcase, what_is_said, 0, ROWS(reasons));
    tcase_add_test(tcase, what_is_said_to_an_ordinary_user);
}

int main(void)
{
    return run_tests("seal", add);
}
