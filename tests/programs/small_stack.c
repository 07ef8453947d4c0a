/* SPDX-License-Identifier: MIT */
/*
 * A signal handler on the classic alternate stack of 8 KiB, with an inaccessible page below it,
 * renames on the longest path through the library: policy, comparison, event.
 *
 * small_stack [EEXIST]: with EEXIST, the host cannot create the thread that compares.
 */
#include "host.h"

#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>

#define PAGE 4096
#define STACK 8192 /* the former SIGSTKSZ; today it is computed */

static volatile sig_atomic_t runs;
static int same; /* the result of a rename onto an equal file */

static void handler(int number)
{
    (void)number;
    expect(EEXIST, "new", "different");
    expect(same, "copy", "equal");
    expect(0, "./here", "here"); /* one directory entry, spelt in two ways */
    expect(0, "here", "there");
    expect(ENOTDIR, "new", "equal/");
    runs = 1;
}

static char *small_stack(void)
{
    char *const area =
        mmap(NULL, PAGE + STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    check(area != MAP_FAILED && mprotect(area, PAGE, PROT_NONE) == 0, "a guarded stack");
    memset(area + PAGE, 0x5A, STACK);
    return area + PAGE;
}

static size_t unused(const char *stack)
{
    size_t bytes = 0;

    while (bytes < STACK && stack[bytes] == 0x5A)
        bytes++;
    return bytes;
}

int main(int argc, char **argv)
{
    char *const stack = small_stack();
    const stack_t alternate = {.ss_sp = stack, .ss_size = STACK};
    const struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};

    same = argc > 1 && strcmp(argv[1], "EEXIST") == 0 ? EEXIST : 0;
    put("new", "new");
    put("different", "old");
    put("copy", "equal");
    put("equal", "equal");
    put("here", "a");
    check(sigaltstack(&alternate, NULL) == 0 && sigaction(SIGUSR1, &action, NULL) == 0,
          "an alternate stack");
    raise(SIGUSR1);
    check(runs == 1, "the handler ran");
    if (same == 0)
        is_gone("copy");
    dprintf(STDERR_FILENO, "bytes of stack left: %zu\n", unused(stack));
    return 0;
}
