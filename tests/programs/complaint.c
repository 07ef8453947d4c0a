/* SPDX-License-Identifier: MIT */
/*
 * Overwrites its environment, as setproctitle(3) does, and only then renames: the message about the
 * faulty policy must still be complete, and be printed once.
 */
#include "host.h"

extern char **environ;

int main(void)
{
    char **last = environ;

    while (last[1])
        last++;
    memset(environ[0], 'x', (size_t)(*last + strlen(*last) - environ[0]));
    put("new", "new");
    put("old", "old");
    expect(EEXIST, "new", "old");
    expect(EEXIST, "new", "old");
    return 0;
}
