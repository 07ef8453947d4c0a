/* SPDX-License-Identifier: MIT */
/*
 * A signal handler renames while it interrupts malloc and free. If rename took the lock of malloc
 * or of stdio, it would hang here; if it corrupted the heap, malloc would notice.
 */
#include "host.h"

#include <signal.h>
#include <sys/time.h>

#define RUNS 500

static volatile sig_atomic_t runs;
static char old[] = "old.a";

/* Different destinations: the same one, repeated, would count as a loop. */
static void be_refused(void)
{
    old[4] = (char)('a' + runs % 26);
    expect(EEXIST, "new", old);
    expect(EBUSY, "new", "."); /* the kernel's own */
}

static void handler(int number)
{
    const int before = errno;

    (void)number;
    if (runs == RUNS) /* a slow machine gets here often before main goes on */
        return;
    expect(0, "here", "there");
    expect(0, "there", "here");
    be_refused();
    expect(0, "link", "link");
    runs++;
    errno = before;
}

static void churn(void)
{
    void *pieces[64];

    for (size_t i = 0; i < 64; i++)
        pieces[i] = malloc(i * 67 + 1);
    for (size_t i = 0; i < 64; i++)
        free(pieces[i]);
}

int main(void)
{
    const struct itimerval often = {{0, 200}, {0, 200}};
    const struct itimerval never = {{0, 0}, {0, 0}};

    put("here", "a");
    put("new", "new");
    put("link", "c");
    for (old[4] = 'a'; old[4] <= 'z'; old[4]++)
        put(old, "old");
    signal(SIGALRM, handler);
    setitimer(ITIMER_REAL, &often, NULL);
    while (runs < RUNS)
        churn();
    setitimer(ITIMER_REAL, &never, NULL);
    holds("old.a", "old");
    holds("new", "new");
    return 0;
}
