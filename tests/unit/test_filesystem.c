/* SPDX-License-Identifier: MIT */
/* Filesystems that are known by their magic numbers, on a kernel that claims to have them. */
#include "engine/filesystem.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/syscall.h>

#include "core/path.h"
#include "engine/guard.h"
#include "unit/fake_sys.h"
#include "unit/run.h"
#include "unit/sandbox.h"

/* Numbers of linux/magic.h, written out. */
#define EXT4 0xEF53
#define TMPFS 0x01021994
#define SMB1 (int)0xFF534D42
#define SMB (int)0xFE534D42
#define OVERLAY 0x794C7630
#define FUSE_FS 0x65735546
#define PLAN9 0x01021997

/* ---- the kernel ---- */

static struct {
    unsigned device_major;
    int type;
    int statx_error;
    int open_error;
    int type_error;
} kernel;

#ifdef SYS_fstatfs64
#define FSTATFS SYS_fstatfs64
#else
#define FSTATFS SYS_fstatfs
#endif

static long pretend(long (*real)(long, long, long, long, long, long, long), long number,
                    const long arguments[6])
{
    long result;

    if (number == SYS_openat && kernel.open_error)
        return kernel.open_error;
    if (number == SYS_statx && kernel.statx_error)
        return kernel.statx_error;
    if (number == FSTATFS && kernel.type_error)
        return kernel.type_error;
    result = real(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4],
                  arguments[5]);
    if (number == SYS_statx && result == 0)
        ((struct statx *)arguments[4])->stx_dev_major = kernel.device_major;
    if (number == FSTATFS && result == 0)
        *(int *)arguments[FSTATFS == SYS_fstatfs ? 1 : 2] = kernel.type;
    return result;
}

static long by_path(long number, long a, long b, long c, long d, long e, long f)
{
    return pretend(fake_sys.path, number, (long[]){a, b, c, d, e, f});
}

static long by_kernel(long number, long a, long b, long c, long d, long e, long f)
{
    return pretend(fake_sys.kernel, number, (long[]){a, b, c, d, e, f});
}

static const struct sys pretending = {.path = by_path, .kernel = by_kernel};

static struct call rename_to(const char *destination)
{
    return (struct call){&pretending, CALL_RENAME, AT_FDCWD, "new", AT_FDCWD, destination, 0};
}

static void be(unsigned device_major, int type)
{
    memset(&kernel, 0, sizeof kernel);
    kernel.device_major = device_major;
    kernel.type = type;
    fake_reset();
}

/* ---- SMB ---- */

static const struct {
    const char *name;
    const char *destination; /* NULL: a bad pointer */
    unsigned device_major;
    int type;
    int statx_error, open_error, type_error;
    int is_smb;
    int calls; /* that it may take */
} rows[] = {
    {"a disk", "old", 8, EXT4, 0, 0, 0, 0, 2},
    {"a disk, whatever it claims", "old", 8, SMB, 0, 0, 0, 0, 2},
    {"memory", "old", 0, TMPFS, 0, 0, 0, 0, 5},
    {"SMB 1", "old", 0, SMB1, 0, 0, 0, 1, 5},
    {"SMB 2 and later", "old", 0, SMB, 0, 0, 0, 1, 5},
    {"in a directory", "d/old", 0, SMB, 0, 0, 0, 1, 5},
    {"absolute", "/old", 0, SMB, 0, 0, 0, 1, 5},
    {"a directory that is missing", "missing/old", 0, SMB, 0, 0, 0, 0, 2},
    {"a path that may not be looked at", "old", 0, SMB, -EACCES, 0, 0, 0, 2},
    {"a directory that cannot be opened", "old", 0, TMPFS, 0, -EMFILE, 0, 1, 3},
    {"a filesystem that does not say", "old", 0, TMPFS, 0, 0, -ENOSYS, 1, 5},
    {"a bad pointer", NULL, 0, SMB, 0, 0, 0, 0, 1},
};

START_TEST(smb_is_known)
{
    const struct call call = rename_to(rows[_i].destination ? rows[_i].destination : (char *)16);

    put_directory("d");
    be(rows[_i].device_major, rows[_i].type);
    kernel.statx_error = rows[_i].statx_error;
    kernel.open_error = rows[_i].open_error;
    kernel.type_error = rows[_i].type_error;
    ck_assert_msg(filesystem_is_smb(&call) == rows[_i].is_smb, "%s", rows[_i].name);
    ck_assert_msg(fake.count <= rows[_i].calls, "%s: %s", rows[_i].name, fake_story());
}
END_TEST

/* A path that is longer than what is looked at: better slow than wrong. */
START_TEST(a_long_path_may_be_on_smb)
{
    static char path[PATH_MAX];
    const struct call call = rename_to(path);

    for (size_t length = 0; length < 1000; length += 2)
        memcpy(path + length, "./", 3);
    strcat(path, "old");
    be(8, EXT4);
    ck_assert_int_eq(filesystem_is_smb(&call), 1);
}
END_TEST

/* There, no call may trust RENAME_NOREPLACE: link(2) and mkdir(2) are what is exclusive. */
START_TEST(a_rename_on_smb_is_emulated)
{
    static const struct policy everything;
    const struct call call = rename_to("old");

    put_file("new", "new");
    be(0, SMB);
    filesystem_may_be_smb = 1;
    ck_assert_int_eq(guard_rename(&everything, &call), 0);
    ck_assert_msg(fake_count(SYS_renameat2) == 0 && fake_count(SYS_linkat) == 1, "%s",
                  fake_story());
    ck_assert(file_holds("old", "new") && !is_there("new"));
    put_file("new", "newer");
    ck_assert_int_eq(guard_rename(&everything, &call), -EEXIST);
    ck_assert(file_holds("old", "new") && file_holds("new", "newer"));
}
END_TEST

/* ---- inode numbers ---- */

static const struct {
    const char *name;
    const char *destination;
    int type;
    int open_error;
    int borrows;
} numbers[] = {
    {"a disk", "old", EXT4, 0, 0},
    {"memory", "d/old", TMPFS, 0, 0},
    {"overlay", "old", OVERLAY, 0, 1},
    {"FUSE", "d/old", FUSE_FS, 0, 1},
    {"9p", "old", PLAN9, 0, 1},
    {"SMB", "old", SMB, 0, 1},
    {"nobody knows", "old", EXT4, -EIO, 1},
};

START_TEST(whose_inode_numbers)
{
    static char buffer[PATH_RESOLVED_MAX];
    const struct call call = rename_to(numbers[_i].destination);

    put_directory("d");
    be(0, numbers[_i].type);
    kernel.open_error = numbers[_i].open_error;
    ck_assert_msg(filesystem_borrows_numbers(&call, buffer) == numbers[_i].borrows, "%s",
                  numbers[_i].name);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, smb_is_known, 0, ROWS(rows));
    tcase_add_test(tcase, a_long_path_may_be_on_smb);
    tcase_add_test(tcase, a_rename_on_smb_is_emulated);
    tcase_add_loop_test(tcase, whose_inode_numbers, 0, ROWS(numbers));
}

int main(void)
{
    return run_tests("filesystem", add);
}
