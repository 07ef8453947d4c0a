/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_STATUS_H
#define NOCLOBBER_TRACER_STATUS_H

#include <sys/types.h>

/* The number behind `field` ("Tgid:") in /proc/THREAD/status, proc(5); `otherwise` where there is none. For any thread of
 * the tracer. */
int status_read(pid_t thread, const char *field, int otherwise);

#endif
