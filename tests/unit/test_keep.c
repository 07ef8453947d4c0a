/* SPDX-License-Identifier: MIT */
/* Restoring a file while system calls fail: neither its bytes nor those that have its name now are lost, and a failure is
 * reported. */
#include "launcher/keep/lease.h"
#include "launcher/keep/put_back.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "launcher/verify/snapshot.h"
#include "unit/refuse.h"
#include "unit/run.h"
#include "unit/sandbox.h"
#include "unit/sandbox_policy.h"

/* Calls that some architectures lack or number anew. */
#ifdef SYS_mkdir
#define MKDIR SYS_mkdir, SYS_mkdirat
#else
#define MKDIR SYS_mkdirat
#endif
#ifdef SYS_symlink
#define SYMLINK SYS_symlink, SYS_symlinkat
#else
#define SYMLINK SYS_symlinkat
#endif
#ifdef SYS_link
#define LINK SYS_link, SYS_linkat
#else
#define LINK SYS_linkat
#endif
#if defined(SYS_fstat64)
#define FSTAT SYS_fstat64, SYS_statx
#elif defined(SYS_newfstatat)
#define FSTAT SYS_fstat, SYS_newfstatat
#else
#define FSTAT SYS_fstat, SYS_statx
#endif
#ifdef SYS_ftruncate64
#define FTRUNCATE SYS_ftruncate64
#else
#define FTRUNCATE SYS_ftruncate
#endif
#ifdef SYS_fchown32
#define FCHOWN SYS_fchown32
#else
#define FCHOWN SYS_fchown
#endif
#ifdef SYS_utimensat_time64
#define UTIMENSAT SYS_utimensat, SYS_utimensat_time64
#else
#define UTIMENSAT SYS_utimensat
#endif
#ifdef SYS_socketcall
#define SOCKETPAIR SYS_socketpair, SYS_socketcall
#else
#define SOCKETPAIR SYS_socketpair
#endif

/* ---- putting back ---- */

enum now { GONE, REPLACED, DIRECTORY_GONE, LINK_GONE, LINK_REPLACED, SCENES };

struct attempt {
    char path[PATH_MAX];
    struct attributes attributes;
    struct original original;
    struct put_back result;
};

static int is_link(enum now now)
{
    return now == LINK_GONE || now == LINK_REPLACED;
}

static int is_replaced(enum now now)
{
    return now == REPLACED || now == LINK_REPLACED;
}

static void prepare(struct attempt *attempt, enum now now)
{
    memset(attempt, 0, sizeof *attempt);
    put_directory("d");
    sandbox_name("d/file", attempt->path, sizeof attempt->path);
    attempt->original.fd = -1;
    attempt->original.attributes = &attempt->attributes;
    if (is_link(now)) {
        attempt->original.target = "target";
        put_link("d/file", "target");
        ck_assert_int_eq(lstat("d/file", &attempt->original.facts), 0);
    } else {
        put_file("d/file", "old");
        attempt->original.fd = open("d/file", O_RDONLY | O_CLOEXEC);
        ck_assert_int_eq(fstat(attempt->original.fd, &attempt->original.facts), 0);
        attributes_read(attempt->original.fd, &attempt->attributes);
    }
    unlink("d/file");
    if (is_replaced(now))
        put_file("d/file", "new");
    if (now == DIRECTORY_GONE)
        rmdir("d");
}

static void finish(struct attempt *attempt)
{
    attributes_free(&attempt->attributes);
    if (attempt->original.fd >= 0)
        close(attempt->original.fd);
    sweep();
}

static void try_it(void *context)
{
    struct attempt *const attempt = context;

    put_back(attempt->path, &attempt->original, &attempt->result);
}

static int is_original(const struct attempt *attempt, const char *path)
{
    char target[16] = "";

    if (!attempt->original.target)
        return file_holds(path, "old");
    return readlink(path, target, sizeof target - 1) > 0 && strcmp(target, "target") == 0;
}

static void nothing_is_lost(const struct attempt *attempt, enum now now)
{
    const struct put_back *const result = &attempt->result;
    const int is_back = is_original(attempt, attempt->path);
    char byte;

    ck_assert_int_eq(is_back, result->error == 0);
    if (is_replaced(now)) {
        ck_assert(file_holds(is_back ? result->path : attempt->path, "new"));
        ck_assert(is_back || *result->path == '\0' || is_original(attempt, result->path));
    }
    ck_assert(attempt->original.fd < 0 || pread(attempt->original.fd, &byte, 1, 0) == 1);
    if (now != DIRECTORY_GONE || is_back)
        ck_assert_int_eq(count_names("d"), (is_back || is_replaced(now)) + (*result->path != '\0'));
}

/* What the failure of a call may do. */
enum effect {
    NOT_BACK,  /* the file is not back */
    PARTLY,    /* it is, without what was refused, which is reported */
    NONE,      /* there is another way */
    IF_LINK,   /* as NOT_BACK for a symbolic link, as NONE for a file */
    IF_FILE,   /* the other way about */
    IF_MISSING /* as NOT_BACK if the directory is missing */
};

static const struct {
    long calls[3];
    int error;
    enum effect effect;
} failures[] = {
    {{SYS_openat}, EMFILE, NOT_BACK},
    {{SYS_openat}, EACCES, NOT_BACK},
    {{MKDIR}, EACCES, IF_MISSING},
    {{MKDIR}, ENOSPC, IF_MISSING},
    {{FSTAT}, EIO, IF_FILE},
    {{SYS_lseek}, EINVAL, NONE},
    {{SYS_pread64}, EIO, IF_FILE},
    {{SYS_pwrite64}, ENOSPC, IF_FILE},
    {{SYS_pwrite64}, EDQUOT, IF_FILE},
    {{FTRUNCATE}, EIO, IF_FILE},
    {{SYS_fsync}, EIO, IF_FILE},
    {{FCHOWN}, EPERM, PARTLY},
    {{SYS_fchmod}, EPERM, PARTLY},
    {{UTIMENSAT}, EPERM, PARTLY},
    {{SYS_flistxattr}, EIO, PARTLY},
    {{SYMLINK}, EPERM, IF_LINK},
    {{SYMLINK}, EEXIST, IF_LINK},
    {{SYS_renameat2}, EIO, NOT_BACK},
    {{SYS_renameat2}, ENOSPC, NOT_BACK},
    {{SYS_renameat2}, EEXIST, NOT_BACK},
};

static int is_to_be_back(enum effect effect, enum now now)
{
    switch (effect) {
    case NOT_BACK: return 0;
    case IF_LINK: return !is_link(now);
    case IF_FILE: return is_link(now);
    case IF_MISSING: return now != DIRECTORY_GONE;
    case PARTLY:
    case NONE: break;
    }
    return 1;
}

START_TEST(a_call_fails)
{
    for (enum now now = 0; now < SCENES; now++) {
        static struct attempt attempt;
        const int before = count_descriptors();

        prepare(&attempt, now);
        if (!refuse_calls(failures[_i].calls, failures[_i].error, try_it, &attempt))
            return;
        nothing_is_lost(&attempt, now);
        if (attempt.result.error < 0)
            ck_assert_int_eq(attempt.result.error, -failures[_i].error);
        ck_assert_msg((attempt.result.error == 0) == is_to_be_back(failures[_i].effect, now),
                      "scene %d: %s", now, strerror(-attempt.result.error));
        if (failures[_i].effect == PARTLY && !is_link(now))
            ck_assert(attempt.result.is_other);
        finish(&attempt);
        ck_assert_int_eq(count_descriptors(), before);
    }
}
END_TEST

/* Without exclusive renames there is link(2), and what cannot be exchanged stays beside. */
START_TEST(no_exclusive_rename)
{
    static const long calls[] = {SYS_renameat2, 0};

    for (enum now now = 0; now < SCENES; now++) {
        static struct attempt attempt;

        prepare(&attempt, now);
        if (!refuse_calls(calls, _i ? EINVAL : ENOSYS, try_it, &attempt))
            return;
        nothing_is_lost(&attempt, now);
        ck_assert_int_eq(attempt.result.error == 0, !is_replaced(now));
        if (is_replaced(now))
            ck_assert(is_original(&attempt, attempt.result.path));
        finish(&attempt);
    }
}
END_TEST

START_TEST(neither_exclusive_rename_nor_link)
{
    static const long calls[] = {SYS_renameat2, LINK, 0};

    for (enum now now = 0; now < SCENES; now++) {
        static struct attempt attempt;

        prepare(&attempt, now);
        if (!refuse_calls(calls, EINVAL, try_it, &attempt))
            return;
        nothing_is_lost(&attempt, now);
        ck_assert_int_eq(attempt.result.error, -EINVAL);
        ck_assert(is_original(&attempt, attempt.result.path));
        finish(&attempt);
    }
}
END_TEST

/* The temporary name has at most as many bytes as a name may have. */
START_TEST(longest_name_and_path)
{
    static struct attempt attempt;
    size_t length;

    prepare(&attempt, GONE);
    memset(attempt.path + strlen(attempt.path) - 4, 'n', NAME_MAX);
    put_back(attempt.path, &attempt.original, &attempt.result);
    ck_assert_int_eq(attempt.result.error, 0);
    ck_assert(file_holds(attempt.path, "old"));
    unlink(attempt.path);
    /* A path that has no room for the temporary name's ending. */
    for (length = strlen(sandbox_path()); length < PATH_MAX - 4; length += 2)
        memcpy(attempt.path + length, "/n", sizeof "/n");
    put_back(attempt.path, &attempt.original, &attempt.result);
    ck_assert_int_eq(attempt.result.error, -ENAMETOOLONG);
    ck_assert_str_eq(attempt.result.path, "");
    ck_assert_int_eq(count_names("d"), 0);
    finish(&attempt);
}
END_TEST

/* ---- extended attributes ---- */

static void read_attributes(void *context)
{
    struct attempt *const attempt = context;

    attributes_free(&attempt->attributes);
    attributes_read(attempt->original.fd, &attempt->attributes);
}

/* What could not be read cannot be restored, which is reported. */
START_TEST(an_attribute_cannot_be_read)
{
    static const long calls[] = {SYS_fgetxattr, 0};
    static struct attempt attempt;

    prepare(&attempt, GONE);
    if (fsetxattr(attempt.original.fd, "user.note", "x", 1, 0) != 0)
        run_skip("no extended attributes on this filesystem");
    else if (refuse_calls(calls, EIO, read_attributes, &attempt)) {
        ck_assert_int_eq(attempt.attributes.error, -EIO);
        try_it(&attempt);
        nothing_is_lost(&attempt, GONE);
        ck_assert(attempt.result.is_other);
    }
    finish(&attempt);
}
END_TEST

/* New files of "d" get an access list: user::rwx, group::rwx, mask::rwx, other::---. */
static int give_default_list(void)
{
    static const unsigned char list[] = {2,    0,    0,    0, 1, 0,    7,    0,    0xff,
                                         0xff, 0xff, 0xff, 4, 0, 7,    0,    0xff, 0xff,
                                         0xff, 0xff, 0x10, 0, 7, 0,    0xff, 0xff, 0xff,
                                         0xff, 0x20, 0,    0, 0, 0xff, 0xff, 0xff, 0xff};

    return setxattr("d", "system.posix_acl_default", list, sizeof list, 0);
}

static const struct {
    const char *name;
    long call; /* that fails; 0: none */
    int is_other;
} lists[] = {
    {"one that it did not have is removed", 0, 0},
    {"it cannot be removed", SYS_fremovexattr, 1},
};

START_TEST(an_access_list_of_the_directory)
{
    const long calls[] = {lists[_i].call, 0};
    static struct attempt attempt;

    prepare(&attempt, GONE);
    if (give_default_list() != 0) {
        run_skip("no access lists on this filesystem");
    } else if (refuse_calls(calls, EPERM, try_it, &attempt)) {
        nothing_is_lost(&attempt, GONE);
        ck_assert_msg(attempt.result.is_other == lists[_i].is_other, "%s", lists[_i].name);
    }
    finish(&attempt);
}
END_TEST

/* ---- the keeper ---- */

struct keeping {
    struct snapshot *files;
    struct lease lease;
    struct lease_begun begun;
    int result;
};

static void begin(void *context)
{
    struct keeping *const keeping = context;

    keeping->result = lease_begin(&keeping->lease, keeping->files, &keeping->begun);
}

static void snapshot(struct keeping *keeping)
{
    const struct policy policy = sandbox_policy("@/dist/", NULL);

    memset(keeping, 0, sizeof *keeping);
    put_directory("dist");
    put_directory("tmp");
    put_file("dist/a", "old");
    put_file("dist/b", "old b");
    setenv("TMPDIR", sandbox_expand("@/tmp"), 1);
    ck_assert_int_eq(snapshot_take(&policy, OPTIONS_VERIFY_STAT, &keeping->files), 0);
}

/* Whether there can be a keeper: leases, and a child that sends no signal, which an emulator lacks. */
static int can_keep(void)
{
    const pid_t child = (pid_t)syscall(SYS_clone, 0L, 0L, 0L, 0L, 0L);

    if (child == 0)
        _exit(0);
    if (child < 0)
        run_skip("no child without a signal here");
    else if (lease_check(sandbox_path()) < 0)
        run_skip("no leases on this filesystem");
    return child > 0 && waitpid(child, NULL, (int)__WCLONE) == child &&
           lease_check(sandbox_path()) == 0;
}

static void end(struct keeping *keeping)
{
    lease_end(&keeping->lease);
    snapshot_free(keeping->files);
}

static void overwrite(const char *name, const char *text)
{
    const int fd = open(name, O_WRONLY | O_TRUNC | O_CLOEXEC);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

/* The index of dist/a: files are in no particular order. */
static size_t index_of(const struct keeping *keeping, const char *name)
{
    for (size_t i = 0; i < keeping->files->count; i++)
        if (strcmp(keeping->files->list[i].path + keeping->files->list[i].name, name) == 0)
            return i;
    ck_abort_msg("%s is not in the snapshot", name);
}

static const struct put_back *put_back_file(struct keeping *keeping, const char *name)
{
    static struct put_back result;

    lease_put_back(&keeping->lease, index_of(keeping, name), &result);
    return &result;
}

/* Real-time signals that cannot be queued are one SIGIO, which names no file. */
START_TEST(signals_cannot_be_queued)
{
    struct rlimit before;
    struct rlimit none;
    struct keeping keeping;

    snapshot(&keeping);
    if (can_keep()) {
        ck_assert_int_eq(getrlimit(RLIMIT_SIGPENDING, &before), 0);
        none = (struct rlimit){0, before.rlim_max};
        ck_assert_int_eq(setrlimit(RLIMIT_SIGPENDING, &none), 0);
        begin(&keeping);
        setrlimit(RLIMIT_SIGPENDING, &before);
        ck_assert_int_eq(keeping.result, 0);
        ck_assert_uint_eq(keeping.begun.kept, 2);
        overwrite("dist/a", "new");
        overwrite("dist/b", "new b");
        ck_assert_int_eq(put_back_file(&keeping, "a")->error, 0);
        ck_assert_int_eq(put_back_file(&keeping, "b")->error, 0);
        ck_assert(file_holds("dist/a", "old") && file_holds("dist/b", "old b"));
        ck_assert(is_kept("new") && is_kept("new b"));
    }
    end(&keeping);
}
END_TEST

/* What the keeper needs for a copy is refused: the writer goes on, and the keeper says that the file is not kept. */
START_TEST(no_copy_can_be_made)
{
    static const struct {
        long calls[3];
        int error;
    } rows[] = {
        {{SYMLINK}, EPERM}, {{SYS_dup3}, EMFILE}, {{SYS_pwrite64}, ENOSPC}, {{FTRUNCATE}, EIO}};

    for (size_t i = 0; can_keep() && i < sizeof rows / sizeof *rows; i++) {
        struct keeping keeping;

        snapshot(&keeping);
        if (refuse_calls(rows[i].calls, rows[i].error, begin, &keeping)) {
            ck_assert_int_eq(keeping.result, 0);
            overwrite("dist/a", "new");
            ck_assert_int_eq(put_back_file(&keeping, "a")->error, -ENODATA);
            ck_assert(file_holds("dist/a", "new"));
        }
        end(&keeping);
        ck_assert_int_eq(count_names("tmp"), 0);
        sweep();
    }
}
END_TEST

/* Nothing is kept, and why is reported before the command starts. */
START_TEST(the_keeper_cannot_begin)
{
    static const struct {
        long calls[3];
        int error;
    } rows[] = {{{SYS_signalfd4}, EMFILE}, {{MKDIR}, EACCES}};

    for (size_t i = 0; can_keep() && i < sizeof rows / sizeof *rows; i++) {
        struct keeping keeping;

        snapshot(&keeping);
        if (refuse_calls(rows[i].calls, rows[i].error, begin, &keeping)) {
            ck_assert_int_eq(keeping.result, 0);
            ck_assert_uint_eq(keeping.begun.kept, 0);
            ck_assert_int_eq(keeping.begun.error, -rows[i].error);
        }
        end(&keeping);
        sweep();
    }
}
END_TEST

START_TEST(there_can_be_no_keeper)
{
    static const struct {
        long calls[3];
        int error;
    } rows[] = {{{SOCKETPAIR}, EMFILE}, {{SYS_clone}, EAGAIN}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const int before = count_descriptors();
        struct keeping keeping;

        snapshot(&keeping);
        if (refuse_calls(rows[i].calls, rows[i].error, begin, &keeping)) {
            ck_assert_int_eq(keeping.result, -rows[i].error);
            ck_assert_int_eq(keeping.lease.has_keeper, 0);
        }
        end(&keeping);
        ck_assert_int_eq(count_descriptors(), before);
        sweep();
    }
}
END_TEST

/* Between the snapshot and its lease, a file was replaced, removed, or has become another kind. */
START_TEST(files_that_changed_before)
{
    struct keeping keeping;

    if (!can_keep())
        return;
    snapshot(&keeping);
    put_file("dist/other", "other");
    ck_assert_int_eq(rename("dist/other", "dist/a"), 0);
    unlink("dist/b");
    begin(&keeping);
    ck_assert_int_eq(keeping.result, 0);
    ck_assert_uint_eq(keeping.begun.kept, 0);
    ck_assert_uint_eq(keeping.begun.unkept, 2);
    ck_assert(keeping.begun.error == -ESTALE || keeping.begun.error == -ENOENT);
    ck_assert_int_eq(put_back_file(&keeping, "a")->error, -ENODATA);
    ck_assert(file_holds("dist/a", "other"));
    end(&keeping);
}
END_TEST

/* The directory for copies: /tmp if TMPDIR cannot be used. */
START_TEST(tmpdir_is_unusable)
{
    struct keeping keeping;

    snapshot(&keeping);
    setenv("TMPDIR", sandbox_expand("@/missing"), 1);
    if (can_keep()) {
        begin(&keeping);
        ck_assert_int_eq(keeping.result, 0);
        overwrite("dist/a", "new");
        ck_assert_int_eq(put_back_file(&keeping, "a")->error, 0);
        ck_assert(file_holds("dist/a", "old"));
    }
    end(&keeping);
}
END_TEST

/* The keeper was killed: nobody waits for its answer. */
START_TEST(the_keeper_is_gone)
{
    struct keeping keeping;

    if (!can_keep())
        return;
    snapshot(&keeping);
    begin(&keeping);
    ck_assert_int_eq(keeping.result, 0);
    ck_assert_int_eq(kill(keeping.lease.keeper, SIGKILL), 0);
    ck_assert_int_eq(put_back_file(&keeping, "a")->error, -EIO);
    ck_assert(file_holds("dist/a", "old"));
    end(&keeping);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, a_call_fails, 0, ROWS(failures));
    tcase_add_loop_test(tcase, no_exclusive_rename, 0, 2);
    tcase_add_test(tcase, neither_exclusive_rename_nor_link);
    tcase_add_test(tcase, longest_name_and_path);
    tcase_add_test(tcase, an_attribute_cannot_be_read);
    tcase_add_loop_test(tcase, an_access_list_of_the_directory, 0, ROWS(lists));
    tcase_add_test(tcase, signals_cannot_be_queued);
    tcase_add_test(tcase, no_copy_can_be_made);
    tcase_add_test(tcase, the_keeper_cannot_begin);
    tcase_add_test(tcase, there_can_be_no_keeper);
    tcase_add_test(tcase, files_that_changed_before);
    tcase_add_test(tcase, tmpdir_is_unusable);
    tcase_add_test(tcase, the_keeper_is_gone);
}

int main(void)
{
    return run_tests("keep", add);
}
