/* SPDX-License-Identifier: MIT */
/*
 * differ [-av] [-c CALLS] [-s SEED] [-t THREADS] [-e EPISODE] [-f FILTER] [-o DIRECTORY] MODE
 * DIRECTORY: makes random renames in random trees below DIRECTORY. Each is made by the kernel
 * plainly, by the kernel with RENAME_NOREPLACE, and by the library, in three copies of one tree.
 * decide/rules.h derives from the kernel's two answers what the library's must be: result, errno
 * and tree. MODE is enforce, audit or plain, and must match the environment.
 *
 * -f (see filter.h): only the library runs under a seccomp filter, in a separate thread. -o: the
 * kernel is asked below another directory, if DIRECTORY lacks RENAME_NOREPLACE. In both cases the
 * library must emulate and give the same answer, except as in is_other_word. The paths of the two
 * directories must have the same length, so that the same requests are too long for the kernel.
 *
 * -a: the policy is NOCLOBBER_ALLOW_IF=symlink,empty. -v prints a line for each rule, with how
 * often it decided.
 *
 * A tree is used for an episode of some calls, which its seed reproduces: `-e EPISODE` runs one of
 * them. A wrong call is printed with the smallest tree in which it is still wrong. Exits with 0 if
 * there was none, 77 if openat2(2) is missing.
 */
#include <time.h>

#include "programs/differ/complain.h"

#define EPISODE 24 /* calls in one tree, at most */
#define THREADS_MAX 64
#define RULES_MAX 32

/* ---- which rules decided ---- */

static struct {
    const char *name;
    unsigned long count;
} rules[RULES_MAX];

static void count_rule(const char *name)
{
    static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
    unsigned i = 0;

    pthread_mutex_lock(&one);
    while (rules[i].name && strcmp(rules[i].name, name) != 0)
        i++;
    if (i == RULES_MAX - 1)
        abort();
    rules[i].name = name;
    rules[i].count++;
    pthread_mutex_unlock(&one);
}

static void print_rules(void)
{
    for (unsigned i = 0; rules[i].name; i++)
        printf("rule %lu %s\n", rules[i].count, rules[i].name);
}

/* ---- an episode ---- */

static void count(const struct worker *worker, const char *rule)
{
    const struct outcome *const shim = &worker->by_shim;
    const int is_moved = strcmp(shim->after, worker->text) != 0;
    const int would_move = strcmp(worker->by_plain.after, worker->text) != 0;

    atomic_fetch_add(&figures.calls, 1);
    count_rule(rule);
    if (is_moved)
        atomic_fetch_add(&figures.changes, 1);
    else if (would_move && shim->error != 0)
        atomic_fetch_add(&figures.refused, 1);
    else if (shim->error != worker->by_exclusive.error)
        atomic_fetch_add(&figures.others, 1);
}

/* Makes the three copies equal again, after a right answer. */
static void level(struct worker *worker)
{
    if (strcmp(worker->by_plain.after, worker->by_shim.after) != 0)
        rebuild(&worker->plain, worker->by_shim.after);
    if (strcmp(worker->by_exclusive.after, worker->by_shim.after) != 0)
        rebuild(&worker->exclusive, worker->by_shim.after);
    strcpy(worker->text, worker->by_shim.after);
}

static void run_episode(struct worker *worker, uint64_t seed)
{
    struct random random = {seed};
    char text[TREE_TEXT];

    draw_tree(&random, text);
    begin(worker, text);
    for (unsigned step = 0; step < EPISODE; step++) {
        struct expected expected;
        const char *wrong;

        draw_request(&random, worker->text, is_emulated(), &worker->request);
        if (!is_inside(&worker->shim, &worker->request, &worker->request.source) ||
            !is_inside(&worker->shim, &worker->request, &worker->request.destination))
            continue;
        ask_all(worker);
        wrong = judge(worker, &expected);
        if (wrong) {
            complain(worker, seed, step, wrong);
            return;
        }
        count(worker, expected.rule);
        level(worker);
        if (strncmp(worker->text, "c 0", 3) == 0 || strstr(worker->text, "\nc 0"))
            break; /* two whiteouts without a number would count as one */
    }
    if (!has_contents(&worker->shim, worker->text))
        complain(worker, seed, EPISODE, "a file holds other bytes");
}

/* ---- all of them ---- */

static void *work(void *of)
{
    struct worker *const worker = of;
    struct random seeds = {options.seed ^ ((uint64_t)worker->number << 56)};
    char name[16];

    own_directory();
    snprintf(name, sizeof name, "p%u", worker->number);
    open_copy(&worker->plain, options.oracle, name);
    name[0] = 'x';
    open_copy(&worker->exclusive, options.oracle, name);
    name[0] = 's';
    open_copy(&worker->shim, options.directory, name);
    if (options.episode != 0)
        run_episode(worker, options.episode);
    while (options.episode == 0 && atomic_load(&figures.calls) < options.calls &&
           atomic_load(&figures.wrong) < 10)
        run_episode(worker, draw(&seeds));
    remove_copy(&worker->plain);
    remove_copy(&worker->exclusive);
    remove_copy(&worker->shim);
    return NULL;
}

static void start(struct worker *worker, unsigned number)
{
    worker->number = number;
    sem_init(&worker->go, 0, 0);
    sem_init(&worker->gone, 0, 0);
    if (options.filter.count != 0 &&
        pthread_create(&worker->asker, NULL, ask_filtered, worker) != 0)
        abort();
    if (pthread_create(&worker->thread, NULL, work, worker) != 0)
        abort();
}

static void finish(struct worker *worker)
{
    pthread_join(worker->thread, NULL);
    if (options.filter.count == 0)
        return;
    worker->is_over = 1;
    sem_post(&worker->go);
    pthread_join(worker->asker, NULL);
}

static int parse(int count_, char **arguments)
{
    int option;

    while ((option = getopt(count_, arguments, "ac:e:f:o:s:t:v")) != -1) {
        switch (option) {
        case 'a': options.has_exceptions = 1; break;
        case 'v': options.is_verbose = 1; break;
        case 'c': options.calls = strtoul(optarg, NULL, 10); break;
        case 'e': options.episode = strtoull(optarg, NULL, 0); break;
        case 's': options.seed = strtoull(optarg, NULL, 0); break;
        case 't': options.threads = (unsigned)atoi(optarg); break;
        case 'o': options.oracle = optarg; break;
        case 'f':
            if (filter_parse(&options.filter, optarg) < 0)
                return -1;
            break;
        default: return -1;
        }
    }
    if (optind + 2 != count_ || options.threads < 1 || options.threads > THREADS_MAX)
        return -1;
    options.mode = parse_mode(arguments[optind]);
    options.directory = arguments[optind + 1];
    options.oracle = options.oracle ? options.oracle : options.directory;
    return strlen(options.oracle) == strlen(options.directory) ? options.mode : -1;
}

int main(int count_, char **arguments)
{
    static struct worker workers[THREADS_MAX];
    struct timespec now;

    asks_as_root = geteuid() == 0;
    clock_gettime(CLOCK_REALTIME, &now);
    options.seed = (uint64_t)now.tv_sec * 1000003 + (uint64_t)now.tv_nsec;
    if (parse(count_, arguments) < 0) {
        fputs("usage: differ [-av] [-c CALLS] [-s SEED] [-t THREADS] [-e EPISODE] [-f FILTER] [-o "
              "DIRECTORY]"
              " enforce|audit|plain DIRECTORY\n",
              stderr);
        return 125;
    }
    if (!has_openat2()) {
        puts("skipped: no openat2 here, which keeps all renames in their tree");
        return 77;
    }
    umask(022);
    if (options.episode != 0)
        options.threads = 1;
    printf("seed %#llx\n", (unsigned long long)options.seed);
    fflush(stdout);
    for (unsigned i = 0; i < options.threads; i++)
        start(&workers[i], i);
    for (unsigned i = 0; i < options.threads; i++)
        finish(&workers[i]);
    if (options.is_verbose)
        print_rules();
    printf("%lu calls, %lu moved, %lu refused, %lu answered otherwise, %lu wrong\n", figures.calls,
           figures.changes, figures.refused, figures.others, figures.wrong);
    return figures.wrong != 0;
}
