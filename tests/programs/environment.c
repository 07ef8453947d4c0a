/* SPDX-License-Identifier: MIT */
/*
 * Overwrites its environment after the start, as setproctitle(3) does. The policy from the start
 * must still apply: PROTECT is `*.keep`, ALLOW `free.keep`, LOG the file that the caller checks.
 */
#include "host.h"

extern char **environ;

static void overwrite(void)
{
    char **last = environ;

    while (last[1])
        last++;
    memset(environ[0], 'x', (size_t)(*last + strlen(*last) - environ[0]));
}

static void rename_all(const char *guarded)
{
    put("new", "new");
    put(guarded, "old");
    expect(EEXIST, "new", guarded);
    holds(guarded, "old");
    expect(0, "new", "other");
    put("new", "new");
    expect(0, "new", "free.keep");
}

int main(void)
{
    put("other", "old");
    put("free.keep", "old");
    rename_all("1.keep");
    overwrite();
    rename_all("2.keep");
    setenv("NOCLOBBER_MODE", "off", 1);
    setenv("NOCLOBBER_PROTECT", "/nowhere", 1);
    rename_all("3.keep");
    clearenv();
    rename_all("4.keep");
    setenv("NOCLOBBER_MODE", "off", 1);
    rename_all("5.keep");
    return 0;
}
