/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_PRELOAD_ROUTE_H
#define NOCLOBBER_PRELOAD_ROUTE_H

/*
 * How the library makes system calls: straight to the kernel, or through the next definition of the
 * same libc function.
 *
 * The latter is where the program's own calls would go without us. A fake root (fakechroot,
 * fakeroot, pseudo) that comes after us in LD_PRELOAD then translates our calls like the program's;
 * if it comes before us, the paths are translated already, and are not translated again.
 */

#include "core/sys.h"

/* Hidden: references need no dynamic relocation. */
#pragma GCC visibility push(hidden)

/* All calls straight to the kernel. Async-signal-safe, like the other two. */
extern const struct sys route_raw;

/*
 * For renameat2 by its number: this call goes through the next definition of syscall(2), all others
 * straight to the kernel, because fake roots do not translate calls by number. Returns
 * ROUTE_WITHHELD if the kernel has renameat2 but another library answers ENOSYS: then the program
 * gets ENOSYS, and tries another call.
 */
extern const struct sys route_by_number;

#define ROUTE_WITHHELD (-4097) /* outside Linux's errors; not EXCLUSIVE_MISSING */

/* Calls with a path of the program go through libc's next definition, or to the kernel if there is
 * none, as for renameat2 and statx in musl 1.2.3. Leaves errno as libc set it: the caller restores
 * it. */
extern const struct sys route_next;

/*
 * Finds the next definitions by dlsym(3). Called once, by the constructor, and not
 * async-signal-safe: dlsym may allocate and lock, so nothing else in the library calls it. Before
 * that, route_next does the same as route_raw. If the host has no dlsym (glibc before 2.34, in a
 * program that does not link libdl), no library after us interposes these functions, and route_next
 * stays like that.
 */
void route_setup(void);

/* 16 bytes before our syscall(2), by which another copy of the library finds it: interpose.c. */
#define ROUTE_MARK "libnoclobber:1.0"
extern const char route_mark[];

/* Whether another copy of the library comes before this one in LD_PRELOAD: 1 or 0. Then that one
 * decides, and this one only passes calls on: otherwise each call would be counted and logged
 * twice. `own` is this copy's route_mark. Called by the constructor alone, like route_setup. */
int route_is_repeated(const char *own);

/* The next definition of syscall(2); NULL before route_setup, or if there is none. */
extern long (*route_next_syscall)(long number, long a, long b, long c, long d, long e, long f);

/* Turns a result of the kernel into one of libc: for -4095 to -1 sets errno and returns -1, else
 * returns `result`. Async-signal-safe. */
long route_publish(long result);

#pragma GCC visibility pop

#endif
