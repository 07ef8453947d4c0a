/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_RUN_CHILDREN_H
#define NOCLOBBER_LAUNCHER_RUN_CHILDREN_H

/*
 * Returns how many children of this process are running (zombies are not); 0 if there is no
 * /proc.
 */
int children_count(void);

#endif
