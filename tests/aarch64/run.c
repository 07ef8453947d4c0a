/* SPDX-License-Identifier: MIT */
#include "unit/run.h"

#include <stdio.h>
#include <stdlib.h>

void check_fail(const char *file, int line, const char *what)
{
    printf("%s:%d: not so: %s\n", file, line, what);
    exit(EXIT_FAILURE);
}

void check_run(TCase *tcase, void (*test)(int), int begin, int end)
{
    for (int i = begin; i < end; i++) {
        test(i);
        tcase->run++;
    }
}

int run_tests(const char *name, void (*add)(TCase *tcase))
{
    TCase tcase = {0};

    add(&tcase);
    printf("%s: %u passed\n", name, tcase.run);
    return tcase.run > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
