/* SPDX-License-Identifier: MIT */
/*
 * exit [thread]: makes a rename that is refused under NOCLOBBER_ON_REFUSAL=exit, in the first
 * thread or in another. No exit handler may run, and no buffer may be flushed.
 */
#include "host.h"

#include <pthread.h>

static void handler(void)
{
    put("handler.ran", "");
}

static void *be_refused(void *nothing)
{
    expect(EEXIST, "new", "old");
    return nothing;
}

int main(int count, char **arguments)
{
    pthread_t thread;

    (void)arguments;
    put("new", "new");
    put("old", "old");
    atexit(handler);
    printf("buffered");
    expect(0, "new", "vacant");
    expect(0, "vacant", "new");
    if (count == 1)
        be_refused(NULL);
    else if (pthread_create(&thread, NULL, be_refused, NULL) == 0)
        pthread_join(thread, NULL);
    put("went.on", "");
    return 0;
}
