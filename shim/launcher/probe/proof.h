/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_PROBE_PROOF_H
#define NOCLOBBER_LAUNCHER_PROBE_PROOF_H

/* What a dynamic loader itself says. */

#include <stddef.h>

/*
 * Runs `loader --list program` (glibc, musl) with LD_PRELOAD=`preload` and nothing else in it: everything is looked up and
 * mapped as in a real start, and no code of the program or its libraries runs. Returns 1 when the loader names `library` among
 * what it loaded; 0 when not, with its first complaint, or "", in `complaint`; or -errno when it can't be run. It is given 10 seconds.
 */
int proof_ask(const char *loader, const char *program, const char *preload, const char *library,
              char *complaint, size_t size);

#endif
