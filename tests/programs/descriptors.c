/* SPDX-License-Identifier: MIT */
/*
 * descriptors ANSWER: with no file descriptor left, a rename without collision works, and one onto
 * a file is refused, even if the policy would allow it (below free/), because the path cannot be
 * resolved. With one descriptor free again, that rename gets ANSWER, an errno or 0.
 */
#include "host.h"

#include <sys/resource.h>
#include <sys/stat.h>

static int exhaust(void)
{
    const struct rlimit few = {32, 32};
    int last = -1;
    int fd;

    setrlimit(RLIMIT_NOFILE, &few);
    while ((fd = dup(STDERR_FILENO)) >= 0)
        last = fd;
    check(errno == EMFILE, "no descriptor left");
    return last;
}

int main(int count, char **arguments)
{
    int last;

    check(count == 2, "one argument");
    mkdir("free", 0755);
    put("new", "new");
    put("old", "old");
    put("free/old", "free");
    last = exhaust();
    expect(0, "new", "vacant");
    expect(0, "vacant", "new");
    expect(EEXIST, "new", "old");
    expect(EEXIST, "new", "free/old");
    expect(0, "new", "new");
    close(last);
    expect(EEXIST, "new", "old");
    expect(atoi(arguments[1]), "new", "free/old");
    check(dup(STDERR_FILENO) == last, "the library keeps no descriptor");
    return 0;
}
