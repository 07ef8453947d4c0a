/* SPDX-License-Identifier: MIT */
#include "unit/refuse.h"

#include <pthread.h>

#include "programs/filter.h"
#include "unit/run.h"

struct refusing {
    const long *calls; /* up to the first 0 */
    int error;
    void (*run)(void *context);
    void *context;
    int is_filtered;
};

static void *run_refused(void *argument)
{
    struct refusing *const refusing = argument;
    struct filter filter = {.count = 0};

    for (unsigned i = 0; refusing->calls[i] != 0; i++) {
        filter.answers[filter.count].number = refusing->calls[i];
        filter.answers[filter.count].request = -1;
        filter.answers[filter.count++].error = refusing->error;
    }
    refusing->is_filtered = filter_install(&filter) == 0;
    if (refusing->is_filtered)
        refusing->run(refusing->context);
    return NULL;
}

int refuse_calls(const long *calls, int error, void (*run)(void *), void *context)
{
    struct refusing refusing = {calls, error, run, context, 0};
    pthread_t thread;

    ck_assert_int_eq(pthread_create(&thread, NULL, run_refused, &refusing), 0);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    if (!refusing.is_filtered)
        run_skip("no seccomp filters here");
    return refusing.is_filtered;
}
