/* SPDX-License-Identifier: MIT */
/*
 * flip ROUNDS: one process switches the link `current` between open/ and guarded/; another renames
 * a new file to current/app in each round. Status 1 if guarded/app was ever replaced, 2 if nothing
 * was ever renamed to open/app.
 */
#include "host.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

static void flip_for_ever(void)
{
    for (;;) {
        symlink("guarded", "next");
        renameat(AT_FDCWD, "next", AT_FDCWD, "current");
        symlink("open", "next");
        renameat(AT_FDCWD, "next", AT_FDCWD, "current");
    }
}

static unsigned long long inode_of(const char *path)
{
    struct stat facts;

    return lstat(path, &facts) == 0 ? facts.st_ino : 0;
}

int main(int count, char **arguments)
{
    const long rounds = count > 1 ? atol(arguments[1]) : 1;
    unsigned long long guarded;
    unsigned long long first;
    pid_t child;
    int is_lost;

    mkdir("open", 0755);
    mkdir("guarded", 0755);
    symlink("open", "current");
    put("guarded/app", "published");
    put("open/app", "first");
    guarded = inode_of("guarded/app");
    first = inode_of("open/app");
    child = fork();
    if (child == 0)
        flip_for_ever();
    for (long round = 0; round < rounds && inode_of("guarded/app") == guarded; round++) {
        put("new", "new");
        rename("new", "current/app");
    }
    is_lost = inode_of("guarded/app") != guarded;
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    return is_lost ? 1 : inode_of("open/app") == first ? 2 : 0;
}
