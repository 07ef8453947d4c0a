/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_PROBE_PROOF_H
#define NOCLOBBER_LAUNCHER_PROBE_PROOF_H

/* Asks a dynamic loader what it would load. */

#include <stddef.h>

/*
 * Runs `loader --list program` (glibc, musl) with LD_PRELOAD=`preload`: everything is found and
 * mapped as at a real start, but no code of the program or its libraries runs. Ends it after 10
 * seconds. Returns 1 if the loader lists `library`; 0 if not, with its first complaint, or "", in
 * `complaint`, of `size` bytes; or -errno if it can't be run.
 */
int proof_ask(const char *loader, const char *program, const char *preload, const char *library,
              char *complaint, size_t size);

#endif
