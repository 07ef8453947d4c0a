/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_PRELOAD_ROUTE_H
#define NOCLOBBER_PRELOAD_ROUTE_H

/*
 * The ways out of the library: straight to the kernel, or through the next definition of the same
 * libc function.
 *
 * The latter is how the process's own calls would go without us. It lets a fake root that stands
 * behind us in LD_PRELOAD (fakechroot, fakeroot, pseudo) translate our calls as it does the
 * program's, and where it stands before us, leaves alone what it has translated already.
 */

#include "core/sys.h"

/* What is not seen outside the library is had without a relocation. */
#pragma GCC visibility push(hidden)

/* Everything straight to the kernel. */
extern const struct sys route_raw;

/*
 * For renameat2 by its number: that call through the next definition of syscall(2), the rest
 * straight to the kernel, as a fake root leaves it. ROUTE_WITHHELD is what it says where the kernel
 * has the call and somebody in between does not let it through: the program is to be told ENOSYS,
 * and then asks otherwise.
 */
extern const struct sys route_by_number;

#define ROUTE_WITHHELD (-4097) /* beyond the errors that Linux has, and EXCLUSIVE_MISSING */

/* Calls with a path of the program through libc's next definition; the kernel where there is none,
 * as for renameat2 and statx in musl 1.2.3. Leaves errno as libc set it: whoever uses this restores
 * it. */
extern const struct sys route_next;

/*
 * Asks dlsym(3) for the next definitions, once, from the constructor: dlsym may allocate and lock,
 * so nothing else in the library calls it. Until then route_next is the same as route_raw. Where
 * the host has no dlsym (glibc before 2.34, in a program that does not link libdl) nobody can stand
 * behind us who needs to be asked, and it stays so.
 */
void route_setup(void);

/* 16 bytes in front of our syscall(2), by which another copy of the library knows it: interpose.c. */
#define ROUTE_MARK "libnoclobber:1.0"
extern const char route_mark[];

/* Whether another copy of the library comes before this one in LD_PRELOAD: 1 or 0. That one decides
 * then, and this one only hands calls on; both would count and log one call twice. `own` is this one's
 * mark. From the constructor alone, as route_setup. */
int route_is_repeated(const char *own);

/* The next definition of syscall(2); NULL before route_setup, and where there is none. */
extern long (*route_next_syscall)(long number, long a, long b, long c, long d, long e, long f);

/* Turns what the kernel returned into what libc returns: -1 with errno set for -4095 to -1, else
 * `result` itself. Async-signal-safe. */
long route_publish(long result);

#pragma GCC visibility pop

#endif
