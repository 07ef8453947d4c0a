/* SPDX-License-Identifier: MIT */
#include "unit/bpf.h"

#include <string.h>

static int load(const struct seccomp_data *data, unsigned offset, unsigned *value)
{
    if (offset % sizeof *value != 0 || offset > sizeof *data - sizeof *value)
        return -1;
    memcpy(value, (const char *)data + offset, sizeof *value);
    return 0;
}

unsigned bpf_run(const struct sock_filter *program, unsigned length,
                 const struct seccomp_data *data)
{
    unsigned value = 0;

    for (unsigned at = 0; at < length; at++) {
        const struct sock_filter *const here = &program[at];

        switch (here->code) {
        case BPF_LD | BPF_W | BPF_ABS:
            if (load(data, here->k, &value) < 0)
                return BPF_WRONG;
            break;
        case BPF_JMP | BPF_JEQ | BPF_K: at += value == here->k ? here->jt : here->jf; break;
        case BPF_JMP | BPF_JSET | BPF_K: at += (value & here->k) ? here->jt : here->jf; break;
        case BPF_RET | BPF_K: return here->k;
        default: return BPF_WRONG;
        }
    }
    return BPF_WRONG;
}
