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

/* By what it holds: its inode number may be that of a file that is gone. */
static int is_first(const char *path)
{
    char byte = 0;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0 || read(fd, &byte, 1) != 1)
        return -1;
    close(fd);
    return byte == 'f';
}

int main(int count, char **arguments)
{
    const long rounds = count > 1 ? atol(arguments[1]) : 1;
    unsigned long long guarded;
    pid_t child;
    int is_lost;

    mkdir("open", 0755);
    mkdir("guarded", 0755);
    symlink("open", "current");
    put("guarded/app", "published");
    put("open/app", "first");
    guarded = inode_of("guarded/app");
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
    return is_lost ? 1 : is_first("open/app") != 0 ? 2 : 0;
}
