/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_DOCTOR_CHECKS_H
#define NOCLOBBER_LAUNCHER_DOCTOR_CHECKS_H

/* What --doctor looks at. Each writes its lines, and leaves nothing behind. */

#include "launcher/doctor/findings.h"

/* Whether the library is found and loads into ordinary programs; which libc they have. */
void check_library(struct findings *findings);

/* The kernel's version, its exclusive rename, openat2(2), proc(5). */
void check_kernel(struct findings *findings);

/* Whether --trace works here, tried on a process of ours. */
void check_trace(struct findings *findings);

/* Whether --seal works here, tried on no files. */
void check_seal(struct findings *findings);

/* What serves for an exclusive rename in `directory`: tried in a directory of its own there. */
void check_filesystem(struct findings *findings, const char *directory);

/* What else is preloaded: LD_PRELOAD in its order, /etc/ld.so.preload. */
void check_preloads(struct findings *findings);

/* The NOCLOBBER_ variables of `environment`, which is environ(7)'s. */
void check_variables(struct findings *findings, char *const *environment);

/* The programs on `path` (as PATH is written) that no preload gets into. */
void check_programs(struct findings *findings, const char *path);

#endif
