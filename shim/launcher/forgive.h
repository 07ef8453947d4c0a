/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_FORGIVE_H
#define NOCLOBBER_LAUNCHER_FORGIVE_H

/* Which changes are explained, and by what. */

#include "launcher/records/records.h"
#include "launcher/verify/verify.h"

/*
 * Takes out of the list what renames left that the library saw and let through, and the files that our own standard output
 * and error go to: the caller wants those written. Marks what was refused and changed all the same.
 */
void forgive_explained(const struct records *records, struct changes *changes);

#endif
