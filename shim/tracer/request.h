/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TRACER_REQUEST_H
#define NOCLOBBER_TRACER_REQUEST_H

/* Requests of ptrace(2) by number: for glibc they are an enumeration, which lacks the newer ones. */

#include <sys/ptrace.h>

#ifdef __GLIBC__
#define REQUEST(number) ((enum __ptrace_request)(number))
#else
#define REQUEST(number) (number)
#endif

#endif
