/* SPDX-License-Identifier: MIT */
#include "tracer/view.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/path.h"
#include "unit/expect_path.h"
#include "unit/fake_sys.h"
#include "unit/run.h"
#include "unit/sandbox.h"

/* In the tables below `@` stands for the sandbox's absolute path. */
static char resolved[PATH_RESOLVED_MAX];

/* The name of what a path leads to for another process: its parent opened, as that one sees it. */
static int resolve(int pid, int dirfd, const char *path)
{
    char parent[PATH_RESOLVED_MAX];
    int fd = path_take_parent(path, parent, sizeof parent);
    int result;

    if (fd == 0)
        fd = view_open(&fake_sys, pid, dirfd, parent[0] == '\0' ? "." : parent,
                       O_PATH | O_DIRECTORY);
    if (fd < 0)
        return fd;
    result = path_read_directory(&fake_sys, 0, "/fd/", fd, resolved, sizeof resolved);
    close(fd);
    return result < 0 ? result : path_append_last(path, resolved, sizeof resolved);
}

static void lay_out(void)
{
    put_directory("real");
    put_directory("real/sub");
    put_directory("real/sub/deep");
    put_directory("real/line\nfeed");
    put_file("file", "");
    put_link("link", "real/sub");
    put_link("absolute", sandbox_expand("@/real"));
    put_link("chain", "absolute/sub");
    put_link("real/up", "..");
    put_link("loop", "loop");
    put_link("dangling", "nowhere");
}

static const struct {
    const char *name;
    const char *root; /* NULL: the same root */
    const char *cwd;
    const char *dirfd;
    const char *path;
    const char *resolved;
    int error;
} others[] = {
    {"a name", NULL, "real", NULL, "a", "@/real/a", 0},
    {"words", NULL, "real", NULL, "sub/a", "@/real/sub/a", 0},
    {"..", NULL, "real/sub", NULL, "../a", "@/real/a", 0},
    {"a link as parent", NULL, ".", NULL, "link/a", "@/real/sub/a", 0},
    {"an absolute link", NULL, ".", NULL, "absolute/a", "@/real/a", 0},
    {"a link as last component", NULL, ".", NULL, "link", "@/link", 0},
    {"a link with a slash", NULL, ".", NULL, "link/", "@/link", 0},
    {"absolute", NULL, "/", NULL, "@/real/a", "@/real/a", 0},
    {"in the root", NULL, "/", NULL, "a", "/a", 0},
    {"dirfd", NULL, "/", "real", "a", "@/real/a", 0},
    {"dirfd and words", NULL, "/", "real", "sub/a", "@/real/sub/a", 0},
    {"dirfd ignored", NULL, "/", "real", "@/link/a", "@/real/sub/a", 0},
    {"a missing parent", NULL, ".", NULL, "none/a", NULL, -ENOENT},
    {"a loop as parent", NULL, ".", NULL, "loop/a", NULL, -ELOOP},
    {"by a link of /proc", NULL, "real", NULL, "/proc/self/cwd/a", NULL, -ELOOP},
    {"by a descriptor's link", NULL, "real", NULL, "/dev/fd/0/a", NULL, -ELOOP},

    {"chroot, absolute", "jail", "jail", NULL, "/srv/a", "@/jail/srv/a", 0},
    {"chroot, below its root", "jail", "jail", NULL, "/a", "@/jail/a", 0},
    {"chroot, a name", "jail", "jail/srv", NULL, "a", "@/jail/srv/a", 0},
    {"chroot, a name in its root", "jail", "jail", NULL, "a", "@/jail/a", 0},
    {"chroot, words", "jail", "jail", NULL, "srv/a", "@/jail/srv/a", 0},
    {"chroot, .. stops at its root", "jail", "jail/srv", NULL, "../../../srv/a", "@/jail/srv/a", 0},
    {"chroot, an absolute link", "jail", "jail", NULL, "/in/a", "@/jail/srv/a", 0},
    {"chroot, an absolute link, relative", "jail", "jail/srv", NULL, "../in/a", "@/jail/srv/a", 0},
    {"chroot, a link that climbs", "jail", "jail", NULL, "/climb/srv/a", "@/jail/srv/a", 0},
    {"chroot, dirfd", "jail", "jail", "jail/srv", "a", "@/jail/srv/a", 0},
    {"chroot, the outer name is not there", "jail", "jail", NULL, "@/jail/srv/a", NULL, -ENOENT},
    {"chroot, cwd outside", "jail", "real", NULL, "a", NULL, -ESRCH},
    {"chroot, cwd in a name like the root's", "jail", "jailer", NULL, "a", NULL, -ESRCH},
    {"chroot, dirfd outside", "jail", "jail", "real", "a", NULL, -ESRCH},
    {"chroot, absolute though cwd is outside", "jail", "real", NULL, "/srv/a", "@/jail/srv/a", 0},
};

struct child {
    int pid;
    int end; /* the child ends when this is closed */
};

/* The child: goes where its row says, tells whether it could, and waits for its end. What is
 * relative to the old working directory stays so after chroot(2). */
__attribute__((noreturn)) static void be_other(int row, int ready, int end)
{
    const char *const root = others[row].root;
    char byte = (root && chroot(root) < 0) || chdir(others[row].cwd) < 0;

    if (write(ready, &byte, 1) != 1)
        _exit(1);
    while (read(end, &byte, 1) > 0)
        ;
    _exit(0);
}

static struct child start_other(int row)
{
    struct child child;
    int ready[2];
    int end[2];
    char byte = 1;

    ck_assert_int_eq(pipe(ready), 0);
    ck_assert_int_eq(pipe(end), 0);
    child.pid = fork();
    child.end = end[1];
    if (child.pid == 0) {
        close(end[1]);
        be_other(row, ready[1], end[0]);
    }
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    ck_assert_msg(byte == 0, "%s: the child is not where it should be", others[row].name);
    return child;
}

static void end_other(const struct child *child)
{
    close(child->end);
    ck_assert_int_eq(waitpid(child->pid, NULL, 0), child->pid);
}

static void lay_out_jail(void)
{
    put_directory("jail");
    put_directory("jail/srv");
    put_directory("jailer");
    put_link("jail/in", "/srv");
    put_link("jail/climb", "../../..");
}

START_TEST(a_directory_is_opened_as_another_process_sees_it)
{
    struct child child;
    int fd = AT_FDCWD;
    int descriptors;

    if (others[_i].root && geteuid() != 0) {
        run_skip("chroot(2) needs root");
        return;
    }
    lay_out();
    lay_out_jail();
    if (others[_i].dirfd)
        fd = open(others[_i].dirfd, O_PATH);
    child = start_other(_i);
    if (fd >= 0)
        ck_assert_int_eq(dup2(open("/", O_PATH), fd), fd); /* ours must not be what is taken */
    ck_assert_int_eq(chdir("/"), 0);
    fake_reset();
    descriptors = count_descriptors();
    expect_path(resolved, others[_i].name, resolve(child.pid, fd, sandbox_expand(others[_i].path)),
                others[_i].resolved, others[_i].error);
    ck_assert_msg(count_descriptors() == descriptors, "%s: a descriptor is left", others[_i].name);
    end_other(&child);
}
END_TEST

START_TEST(a_descriptor_that_it_does_not_have_is_no_missing_file)
{
    const int none = 1000000;
    struct child child;

    if (others[_i].root && geteuid() != 0)
        return;
    lay_out();
    lay_out_jail();
    child = start_other(_i);
    fake_reset();
    ck_assert_int_eq(resolve(child.pid, none, "a"), -ESRCH);
    ck_assert_int_ne(resolve(child.pid, none, "/"), -ESRCH);
    end_other(&child);
}
END_TEST

START_TEST(of_a_process_that_is_gone_nothing_is_opened)
{
    const int pid = fork();

    if (pid == 0)
        _exit(0);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    fake_reset();
    ck_assert_int_eq(resolve(pid, AT_FDCWD, "a"), -ESRCH);
    ck_assert_int_eq(resolve(pid, AT_FDCWD, "/a"), -ESRCH);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, sandbox_enter, NULL);
    tcase_add_loop_test(tcase, a_directory_is_opened_as_another_process_sees_it, 0, ROWS(others));
    tcase_add_loop_test(tcase, a_descriptor_that_it_does_not_have_is_no_missing_file, 0,
                        ROWS(others));
    tcase_add_test(tcase, of_a_process_that_is_gone_nothing_is_opened);
}

int main(void)
{
    return run_tests("view", add);
}
