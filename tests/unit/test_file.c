/* SPDX-License-Identifier: MIT */
#include "engine/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/fake_sys.h"
#include "unit/run.h"
#include "unit/sandbox.h"

static char buffer[PATH_RESOLVED_MAX];

/* ---- looking ---- */

static const struct {
    const char *path;
    int result;
    unsigned type;
} looks[] = {
    {"file", 0, S_IFREG},      {"file/", 0, S_IFREG},      {"link", 0, S_IFLNK},
    {"link/", 0, S_IFLNK},     {"link//", 0, S_IFLNK},     {"dangling", 0, S_IFLNK},
    {"directory", 0, S_IFDIR}, {"directory/", 0, S_IFDIR}, {"link/inner", 0, S_IFREG},
    {"fifo", 0, S_IFIFO},      {".", 0, S_IFDIR},          {"/", 0, S_IFDIR},
    {"//", 0, S_IFDIR},        {"none", -ENOENT, 0},       {"file/x", -ENOTDIR, 0},
    {"", -ENOENT, 0},
};

START_TEST(a_look_is_at_the_last_component_itself)
{
    struct file file = {.mode = 0};
    int result;

    put_file("file", "12345");
    put_directory("directory");
    put_file("directory/inner", "");
    put_link("link", "directory");
    put_link("dangling", "nowhere");
    ck_assert_int_eq(mkfifo("fifo", 0600), 0);
    fake_reset();
    result = file_look(&fake_sys, AT_FDCWD, looks[_i].path, buffer, &file);
    ck_assert_msg(result == looks[_i].result, "'%s': %d", looks[_i].path, result);
    ck_assert_msg(result < 0 || file_is(&file, looks[_i].type), "'%s': %o", looks[_i].path,
                  file.mode);
}
END_TEST

START_TEST(a_look_tells_what_lstat_tells)
{
    struct file file;
    struct stat facts;

    put_file("file", "12345");
    ck_assert_int_eq(link("file", "second"), 0);
    ck_assert_int_eq(chmod("file", 0640), 0);
    ck_assert_int_eq(lstat("file", &facts), 0);
    fake_reset();
    ck_assert_int_eq(file_look(&fake_sys, AT_FDCWD, "file", buffer, &file), 0);
    ck_assert(file.inode == facts.st_ino && file.size == 5 && file.links == 2);
    ck_assert(file.mode == facts.st_mode && file.owner == facts.st_uid);
    ck_assert_uint_eq(file.group, facts.st_gid);
}
END_TEST

START_TEST(a_path_too_long_for_the_buffer_is_told)
{
    static char path[PATH_RESOLVED_MAX + 2];
    struct file file;

    memset(path, 'a', PATH_RESOLVED_MAX);
    path[PATH_RESOLVED_MAX] = '/';
    fake_reset();
    ck_assert_int_eq(file_look(&fake_sys, AT_FDCWD, path, buffer, &file), -ENAMETOOLONG);
    ck_assert_int_eq(fake.count, 0);
}
END_TEST

static const struct {
    const char *name;
    struct file one;
    struct file other;
    int is_same_device;
    int is_same_inode;
} identities[] = {
    {"equal",
     {.inode = 1, .device_major = 2, .device_minor = 3},
     {.inode = 1, .device_major = 2, .device_minor = 3},
     1,
     1},
    {"size and mode do not matter",
     {.inode = 1, .size = 5, .mode = 0644},
     {.inode = 1, .size = 6, .mode = 0600},
     1,
     1},
    {"inode", {.inode = 1}, {.inode = 2}, 1, 0},
    {"inode, upper half", {.inode = 1}, {.inode = 1 + (1ULL << 32)}, 1, 0},
    {"major", {.inode = 1, .device_major = 1}, {.inode = 1, .device_major = 2}, 0, 0},
    {"minor", {.inode = 1, .device_minor = 1}, {.inode = 1, .device_minor = 2}, 0, 0},
};

START_TEST(an_identity_is_device_and_inode)
{
    const struct file *const one = &identities[_i].one;
    const struct file *const other = &identities[_i].other;

    ck_assert_msg(file_is_same_device(one, other) == identities[_i].is_same_device, "%s",
                  identities[_i].name);
    ck_assert_msg(file_is_same_inode(one, other) == identities[_i].is_same_inode, "%s",
                  identities[_i].name);
}
END_TEST

/* ---- empty directories ---- */

static const struct {
    const char *name;
    const char *entry; /* NULL: none */
    unsigned more;     /* further entries */
    int result;
} directories[] = {
    {"empty", NULL, 0, 1},
    {"one file", "f", 0, 0},
    {"dot file", ".f", 0, 0},
    {"three dots", "...", 0, 0},
    {"two dots and more", "..f", 0, 0},
    {"many", "f", 300, 0},
};

static int is_empty(const char *path)
{
    _Alignas(8) char entries[1024];

    return file_is_empty_directory(&fake_sys, AT_FDCWD, path, entries, sizeof entries);
}

START_TEST(an_empty_directory_has_no_name_but_two)
{
    const int descriptors = count_descriptors();
    char path[80];

    put_directory("directory");
    if (directories[_i].entry) {
        snprintf(path, sizeof path, "directory/%s", directories[_i].entry);
        put_file(path, "");
    }
    for (unsigned i = 0; i < directories[_i].more; i++) {
        snprintf(path, sizeof path, "directory/a-rather-long-name-of-a-file-%u", i);
        put_file(path, "");
    }
    fake_reset();
    ck_assert_msg(is_empty("directory") == directories[_i].result, "%s", directories[_i].name);
    ck_assert_int_eq(count_descriptors(), descriptors);
}
END_TEST

START_TEST(what_is_no_directory_is_not_empty)
{
    put_file("file", "");
    put_directory("directory");
    put_link("link", "directory");
    fake_reset();
    ck_assert_int_eq(is_empty("file"), -ENOTDIR);
    ck_assert_int_lt(is_empty("link"), 0);
    ck_assert_int_eq(is_empty("none"), -ENOENT);
}
END_TEST

START_TEST(a_directory_that_cannot_be_read_is_told)
{
    put_directory("directory");
    for (int n = 0; n < 2; n++) {
        fake_reset();
        fake.fail_at = n;
        fake.fail_with = -EIO;
        ck_assert_int_eq(is_empty("directory"), -EIO);
    }
    ck_assert_int_eq(fake_count(SYS_close), 1);
}
END_TEST

/* ---- past what is remembered ---- */

/* glibc's statx for old kernels does not know the flag, a FUSE server not the file that it had looked up
 * by that name. */
START_TEST(what_cannot_be_looked_at_afresh_is_looked_at)
{
    static const int errors[] = {0, -EINVAL, -ENOENT, -ESTALE};
    struct file file;

    put_file("file", "new");
    fake_reset();
    fake.fail_at = errors[_i] ? 0 : -1;
    fake.fail_with = errors[_i];
    ck_assert_int_eq(file_look_afresh(&fake_sys, AT_FDCWD, "file/", buffer, &file), 0);
    ck_assert(file_is(&file, S_IFREG));
    ck_assert_int_eq(fake.count, errors[_i] ? 2 : 1);
    ck_assert_int_eq(file_look_afresh(&fake_sys, AT_FDCWD, "none", buffer, &file), -ENOENT);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, what_cannot_be_looked_at_afresh_is_looked_at, 0, 4);
    tcase_add_loop_test(tcase, a_look_is_at_the_last_component_itself, 0, ROWS(looks));
    tcase_add_test(tcase, a_look_tells_what_lstat_tells);
    tcase_add_test(tcase, a_path_too_long_for_the_buffer_is_told);
    tcase_add_loop_test(tcase, an_identity_is_device_and_inode, 0, ROWS(identities));
    tcase_add_loop_test(tcase, an_empty_directory_has_no_name_but_two, 0, ROWS(directories));
    tcase_add_test(tcase, what_is_no_directory_is_not_empty);
    tcase_add_test(tcase, a_directory_that_cannot_be_read_is_told);
}

int main(void)
{
    return run_tests("file", add);
}
