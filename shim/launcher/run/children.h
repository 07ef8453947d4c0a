/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_RUN_CHILDREN_H
#define NOCLOBBER_LAUNCHER_RUN_CHILDREN_H

/* How many children of this process are running: zombies are not. 0 also without /proc. */
int children_count(void);

#endif
