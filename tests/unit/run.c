/* SPDX-License-Identifier: MIT */
#include "unit/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "unit/sandbox.h"

/* Generous: it is there for a test that hangs, not for one that is slow. */
#define TIMEOUT_SECONDS 120

int run_tests(const char *name, void (*add)(TCase *tcase))
{
    Suite *const suite = suite_create(name);
    TCase *const tcase = tcase_create(name);
    SRunner *const runner = srunner_create(suite);
    int failed;

    tcase_set_timeout(tcase, TIMEOUT_SECONDS);
    tcase_add_checked_fixture(tcase, sandbox_enter, NULL);
    add(tcase);
    suite_add_tcase(suite, tcase);
    sandbox_create();
    srunner_run_all(runner, CK_ENV);
    sandbox_destroy();
    failed = srunner_ntests_failed(runner);
    if (srunner_ntests_run(runner) == 0)
        failed = 1;
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

void run_skip(const char *reason)
{
    fprintf(stderr, "skipped: %s\n", reason);
}

/* Asked by LeakSanitizer, where that is built in: it cannot do without ptrace(2) of the process itself and /proc, which a
 * test has lost that has changed its user or its root. */
int __lsan_is_turned_off(void);

int __lsan_is_turned_off(void)
{
    return prctl(PR_GET_DUMPABLE) != 1 || access("/proc/self/task", R_OK) != 0;
}
