/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_LAUNCHER_REPORT_WORKSPACE_H
#define NOCLOBBER_LAUNCHER_REPORT_WORKSPACE_H

/* `path` relative to the directory that the environment variable names, symbolic links in it
 * resolved, where it is below that; else `path` itself. A pointer into `path`. */
const char *workspace_relative(const char *variable, const char *path);

#endif
