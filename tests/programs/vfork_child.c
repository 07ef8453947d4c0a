/* SPDX-License-Identifier: MIT */
/*
 * A vfork(2) child renames: refused, allowed (below free/), without collision. It shares the
 * parent's memory, so the parent then does the same, with the same results. With an argument, the
 * child exits with that status.
 */
#include "host.h"

#include <sys/stat.h>
#include <sys/wait.h>

static void rename_all(void)
{
    expect(EEXIST, "new", "old");
    expect(0, "new", "free/old");
    expect(0, "free/old", "vacant");
    expect(0, "vacant", "new");
}

static void make_all(void)
{
    put("new", "new");
    put("old", "old");
    put("free/old", "free");
}

static int status_of_child(void)
{
    int status = -1;
    pid_t child;

/* Deprecated, but posix_spawn, shells and make use it. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    child = vfork();
#pragma GCC diagnostic pop
    if (child == 0) {
        rename_all();
        _exit(0);
    }
    check(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status),
          "a child that exits");
    return WEXITSTATUS(status);
}

int main(int count, char **arguments)
{
    const int expected = count > 1 ? atoi(arguments[1]) : 0;

    mkdir("free", 0755);
    for (int i = 0; i < 3; i++) {
        int status;

        make_all();
        errno = UNTOUCHED;
        status = status_of_child();
        if (status != expected)
            fail("status of", "the child", status, expected);
        check(errno == UNTOUCHED || errno == EEXIST, "no other errno than the child's");
        holds("old", "old");
        holds("new", "new");
    }
    if (expected == 0) {
        make_all();
        rename_all();
    }
    return 0;
}
