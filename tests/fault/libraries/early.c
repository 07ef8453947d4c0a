/* SPDX-License-Identifier: MIT */
/*
 * A preloaded library whose constructor renames: $EARLY_SOURCE to $EARLY_DESTINATION, and prints
 * the answer. Where it is initialised before libnoclobber, that call comes before the shim's own
 * constructor.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((constructor)) static void start(void)
{
    const char *const source = getenv("EARLY_SOURCE");
    const char *const destination = getenv("EARLY_DESTINATION");

    if (source && destination)
        fprintf(stderr, "early: %s\n",
                rename(source, destination) == 0 ? "renamed" : strerrorname_np(errno));
}
