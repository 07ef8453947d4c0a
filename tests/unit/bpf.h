/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_BPF_H
#define NOCLOBBER_TESTS_BPF_H

/* A seccomp filter by hand: what the kernel would answer to a call, without installing anything. */

#include <linux/filter.h>
#include <linux/seccomp.h>

/* No program that this understands returns it. */
#define BPF_WRONG 0xBADBADu

/* Runs `length` instructions on `data` and returns the action. BPF_WRONG for an instruction that it does
 * not know, a load from outside of `data`, or a way out of the program other than a return. */
unsigned bpf_run(const struct sock_filter *program, unsigned length,
                 const struct seccomp_data *data);

#endif
