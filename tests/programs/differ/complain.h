/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_DIFFER_COMPLAIN_H
#define NOCLOBBER_TESTS_DIFFER_COMPLAIN_H

/* For a wrong answer: finds the smallest tree in which it is still wrong, and prints it. */

#include "programs/differ/worker.h"

static void rebuild(struct copy *copy, const char *text)
{
    clear_tree(copy);
    make_tree(copy, text);
}

static void begin(struct worker *worker, const char *text)
{
    rebuild(&worker->plain, text);
    rebuild(&worker->exclusive, text);
    rebuild(&worker->shim, text);
    read_tree(&worker->shim, worker->text);
}

/* Whether the same call is still wrong in another tree. */
static int is_wrong_in(struct worker *worker, const char *text)
{
    const char *const cwd = worker->request.cwd;
    struct expected expected;

    if (*cwd != '\0' && !has_path(text, cwd))
        return 0;
    begin(worker, text);
    ask_all(worker);
    return judge(worker, &expected) != NULL;
}

/* Copies the text without line `which` and all entries below it. Returns 0 if there is no such
 * line. */
static int leave_out(const char *text, unsigned which, char *out)
{
    struct line gone = {.path = ""};
    struct line line;
    const char *next;

    *out = '\0';
    for (unsigned i = 0; (next = read_line(text, &line)); text = next, i++) {
        const size_t length = strlen(gone.path);

        if (i == which)
            gone = line;
        if (i == which ||
            (length > 0 && strncmp(line.path, gone.path, length) == 0 && line.path[length] == '/'))
            continue;
        memcpy(out, text, (size_t)(next - text));
        out += next - text;
        *out = '\0';
    }
    return gone.path[0] != '\0';
}

/* Reduces worker->text to the smallest tree in which the answer is still wrong. */
static void shrink(struct worker *worker)
{
    static char smallest[TREE_TEXT];
    static char smaller[TREE_TEXT];

    strcpy(smallest, worker->text);
    for (unsigned which = 0; leave_out(smallest, which, smaller);) {
        if (is_wrong_in(worker, smaller))
            strcpy(smallest, smaller);
        else
            which++;
    }
    is_wrong_in(worker, smallest);
}

static void print_tree(const char *what, const char *text)
{
    printf("# %s\n", what);
    for (; *text != '\0'; text += strcspn(text, "\n") + 1)
        printf("#   %.*s\n", (int)strcspn(text, "\n"), text);
}

static void complain(struct worker *worker, uint64_t episode, unsigned step, const char *wrong)
{
    static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
    struct expected expected;

    pthread_mutex_lock(&one);
    if (atomic_fetch_add(&figures.wrong, 1) < 10) {
        shrink(worker);
        if (!judge(worker, &expected))
            printf("# it does not happen again in a tree of its own\n");
        printf("not ok -e %#llx, call %u: %s\n", (unsigned long long)episode, step, wrong);
        print_tree("tree", worker->text);
        print_request(&worker->request);
        printf("# plain %s, exclusive %s: wanted %s (%s), is %s\n",
               error_name(worker->by_plain.error), error_name(worker->by_exclusive.error),
               error_name(expected.error), expected.rule, error_name(worker->by_shim.error));
        if (strcmp(worker->by_shim.after, expected.tree) != 0) {
            print_tree("wanted", expected.tree);
            print_tree("is", worker->by_shim.after);
        }
        fflush(stdout);
    }
    pthread_mutex_unlock(&one);
}

#endif
