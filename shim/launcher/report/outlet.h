/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_REPORT_OUTLET_H
#define NOCLOBBER_LAUNCHER_REPORT_OUTLET_H

/* Whether the file at `path` could be opened for writing, or made: asked before a run, whose end would
 * be late to hear of it. Makes and changes nothing. Returns 0; or -errno after a line on stderr, which
 * calls the file `what`. */
int outlet_check(const char *what, const char *path);

#endif
