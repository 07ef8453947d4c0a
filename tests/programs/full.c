/* SPDX-License-Identifier: MIT */
/*
 * full: starts processes until fork(2) fails, then renames `new-N` onto `old-N` in each of them and
 * in itself, each with its own files. Prints a line "PROCESSES RENAMED REFUSED": the number of
 * processes, of renames that replaced the file, and of those that got EEXIST. Status 77 if there is
 * no limit.
 */
#include "host.h"

#include <signal.h>
#include <sys/wait.h>

#define MOST 400

enum { RENAMED, REFUSED, OTHERWISE };

static int replace(int number)
{
    char new[32];
    char old[32];

    snprintf(new, sizeof new, "new-%d", number);
    snprintf(old, sizeof old, "old-%d", number);
    put(new, "new");
    put(old, "old");
    if (rename(new, old) == 0)
        return RENAMED;
    return errno == EEXIST ? REFUSED : OTHERWISE;
}

/* Waits for `gate` to be closed. */
static void be_child(const int *gate, int number)
{
    char byte;

    close(gate[1]);
    while (read(gate[0], &byte, 1) > 0)
        ;
    _exit(replace(number));
}

int main(void)
{
    int answers[256] = {0};
    int gate[2];
    int count = 0;
    int status;
    pid_t child = 0;

    check(pipe(gate) == 0, "a pipe can be had");
    for (; count < MOST && (child = fork()) >= 0; count++)
        if (child == 0)
            be_child(gate, count);
    answers[replace(MOST)]++;
    close(gate[1]);
    while (wait(&status) > 0)
        answers[WIFEXITED(status) ? WEXITSTATUS(status) : OTHERWISE]++;
    printf("%d %d %d\n", count + 1, answers[RENAMED], answers[REFUSED]);
    return count == MOST ? 77 : 0;
}
