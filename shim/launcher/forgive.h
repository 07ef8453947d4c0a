/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_FORGIVE_H
#define NOCLOBBER_LAUNCHER_FORGIVE_H

/* Which changes are explained by something the run saw. */

#include "launcher/records/records.h"
#include "launcher/verify/verify.h"

/*
 * Removes from `changes` the files that allowed or audited renames left, and the files that are
 * our own standard output and standard error, because the caller wants those written. Marks the
 * changes of files onto which a rename was refused.
 */
void forgive_explained(const struct records *records, struct changes *changes);

#endif
