/* SPDX-License-Identifier: MIT */
/*
 * jumps N: N times, replaces `free` over and over until the handler of a signal jumps out of the
 * call. Then the same instruction, with the same registers and stack, renames onto `dist/a`, which
 * must be refused.
 */
#include "host.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/time.h>

static sigjmp_buf back;
static char destination[16];

static void jump(int number)
{
    (void)number;
    siglongjmp(back, 1);
}

static void set_timer(int microseconds)
{
    const struct itimerval timer = {{0, 0}, {0, microseconds}};

    setitimer(ITIMER_REAL, &timer, NULL);
}

__attribute__((noinline)) static int rename_new(void)
{
    return rename("new", destination) == 0 ? 0 : errno;
}

int main(int argc, char **argv)
{
    const int count = argc > 1 ? atoi(argv[1]) : 0;

    signal(SIGALRM, jump);
    for (volatile int i = 0; i < count; i++) {
        int result;

        strcpy(destination, "free");
        if (sigsetjmp(back, 1) == 0) {
            set_timer(100 + i % 400);
            for (;;) {
                put("new", "new");
                rename_new();
            }
        }
        put("new", "new");
        strcpy(destination, "dist/a");
        result = rename_new();
        check(result == EEXIST || result == EBUSY, "what is protected is not replaced");
    }
    return 0;
}
