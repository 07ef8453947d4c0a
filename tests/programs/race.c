/* SPDX-License-Identifier: MIT */
/*
 * race RACERS ROUNDS files|directories|mixed [-|create|plain|append [SECONDS]]: in each round all
 * racers, threads and processes in turn, rename their own source onto one destination, each by
 * another of the interposed functions; mixed: files in one round, directories in the next, then
 * some of each. Exactly one may win, and its source must be at the destination. Each of the others
 * must get an error and still have its source unchanged. An adversary that bypasses the library may
 * take part:
 *
 *   create  makes the destination with O_EXCL (mkdir), and counts as one racer
 *   plain   renames onto it, and so may replace what is there: there may be one winner or none, and
 *           each source must be at the destination, replaced by the adversary's, or in its place
 *   append  opens it with O_APPEND|O_CREAT (makes a file in the directory): what it wrote must be
 *           there in the end, whoever won
 *
 * Works in the current directory, for SECONDS at most. Prints a line with the figures, among them
 * the number of rounds in which another racer's call was in progress during the winner's. Exits
 * with 0 if all rounds were right.
 */
#include <errno.h>
#include <linux/fs.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "programs/race/judge.h"

#define STAGE 100 /* heats of SLOTS rounds by threads, then as many by processes */

/* ---- racing ---- */

static long interposed(unsigned way, const char *source, const char *destination)
{
    switch (way % 5) {
    case 0: return rename(source, destination);
    case 1: return renameat(AT_FDCWD, source, AT_FDCWD, destination);
#ifdef __GLIBC__ /* musl 1.2.3 lacks it */
    case 2: return renameat2(AT_FDCWD, source, AT_FDCWD, destination, 0);
#endif
    case 3: return syscall(SYS_renameat2, AT_FDCWD, source, AT_FDCWD, destination, 0);
#ifdef SYS_renameat
    default: return syscall(SYS_renameat, AT_FDCWD, source, AT_FDCWD, destination);
#else
    default: return rename(source, destination);
#endif
    }
}

static long past_the_library(const char *source, const char *destination, unsigned flags)
{
    const long result = raw_call(SYS_renameat2, AT_FDCWD, (long)source, AT_FDCWD, (long)destination,
                                 (long)flags, 0);

    errno = result < 0 ? (int)-result : errno;
    return result < 0 ? -1 : 0;
}

static long create(enum kind kind, const char *destination)
{
    int fd;

    if (kind == A_DIRECTORY)
        return mkdir(destination, 0755);
    fd = open(destination, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    return fd < 0 ? fd : close(fd);
}

static long oppose(enum kind kind, const char *source, const char *destination)
{
    switch (options.adversary) {
    case CREATE: return create(kind, destination);
    case APPEND:
        return kind == A_DIRECTORY
                   ? write_byte(below(destination, "theirs").text, O_CREAT, APPENDED)
                   : write_byte(destination, O_CREAT | O_APPEND, APPENDED);
    case PLAIN:
    case NONE: break;
    }
    return past_the_library(source, destination, 0);
}

static void run(unsigned slot, unsigned racer)
{
    const unsigned round = shared->first + slot;
    const enum kind kind = kind_of(slot, racer);
    const struct name name = source_of(slot, racer, kind);
    const struct name source = spelt(&name, round / SLOTS);
    const struct name destination = destination_of(slot);
    struct lap *const lap = &shared->laps[racer][slot];
    long result;

    gate_line_up(&shared->at_line[slot], options.abreast, slot == 0 ? GATE_WAKE : GATE_STEP);
    lap->begin = gate_clock();
    result = racer < options.racers ? interposed(round + racer, source.text, destination.text)
                                    : oppose(kind, source.text, destination.text);
    lap->answer = result < 0 ? errno : 0;
    lap->end = gate_clock();
}

/* ---- from heat to heat ---- */

/* Restores everything to its state before the round. */
static void restore(unsigned slot)
{
    const struct name destination = destination_of(slot);
    const int winner = winner_of(slot);

    if (options.adversary == NONE && winner != NOBODY) {
        const struct name source =
            source_of(slot, (unsigned)winner, kind_of(slot, (unsigned)winner));

        if (past_the_library(destination.text, source.text, RENAME_NOREPLACE) == 0 ||
            past_the_library(destination.text, source.text, 0) == 0)
            return;
    }
    drop(destination.text);
    for (unsigned i = 0; i < options.all; i++)
        if (!is_in_place(slot, i, kind_of(slot, i)))
            put(slot, i, kind_of(slot, i));
}

/* Called by the last racer to arrive, while the others wait. */
static void close_heat(void)
{
    for (unsigned slot = 0; slot < SLOTS; slot++) {
        judge(slot);
        shared->contended += (unsigned)is_contended(slot);
        restore(slot);
        atomic_store(&shared->at_line[slot], 0);
    }
    shared->first += SLOTS;
    shared->is_over = shared->first >= shared->last || shared->failures != 0 ||
                      (options.until != 0 && gate_clock() > options.until);
}

/* Binds each racer to one of the available processors, in turn. */
static void take_processor(unsigned racer)
{
    unsigned skip = racer % options.cores;
    cpu_set_t allowed;
    cpu_set_t one;
    unsigned cpu = 0;

    sched_getaffinity(0, sizeof allowed, &allowed);
    while (cpu < CPU_SETSIZE - 1 && (!CPU_ISSET(cpu, &allowed) || skip-- != 0))
        cpu++;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    sched_setaffinity(0, sizeof one, &one);
}

static void *race(void *number)
{
    const unsigned racer = *(const unsigned *)number;

    take_processor(racer);
    while (!shared->is_over) {
        for (unsigned slot = 0; slot < SLOTS; slot++)
            run(slot, racer);
        if (gate_wait(&shared->finish, options.all))
            gate_open(&shared->finish, options.all);
        for (unsigned slot = 0; slot < SLOTS; slot++)
            judge_racer(slot, racer);
        if (gate_wait(&shared->start, options.all)) {
            close_heat();
            gate_open(&shared->start, options.all);
        }
    }
    return NULL;
}

static void race_in_threads(unsigned *numbers)
{
    pthread_t threads[RACERS_MAX + 1];

    for (unsigned i = 0; i < options.all; i++)
        if (pthread_create(&threads[i], NULL, race, &numbers[i]) != 0)
            abort();
    for (unsigned i = 0; i < options.all; i++)
        pthread_join(threads[i], NULL);
}

static void race_in_processes(unsigned *numbers)
{
    for (unsigned i = 0; i < options.all; i++) {
        if (fork() == 0) {
            race(&numbers[i]);
            _exit(0);
        }
    }
    while (wait(NULL) > 0)
        ;
}

static void run_stage(unsigned stage)
{
    const unsigned last = shared->first + STAGE * SLOTS;
    unsigned numbers[RACERS_MAX + 1];

    for (unsigned i = 0; i < options.all; i++)
        numbers[i] = i;
    shared->is_over = 0;
    shared->last = last < options.rounds ? last : options.rounds;
    if (stage % 2 == 0)
        race_in_threads(numbers);
    else
        race_in_processes(numbers);
}

/* ---- what was asked for ---- */

static enum adversary parse_adversary(const char *word)
{
    if (strcmp(word, "create") == 0)
        return CREATE;
    if (strcmp(word, "plain") == 0)
        return PLAIN;
    return strcmp(word, "append") == 0 ? APPEND : NONE;
}

static int parse(int count, char **arguments)
{
    cpu_set_t allowed;

    if (count < 4 || count > 6)
        return -1;
    options.racers = (unsigned)atoi(arguments[1]);
    options.rounds = (unsigned)atoi(arguments[2]);
    options.field = arguments[3][0] == 'f' ? FILES : DIRECTORIES;
    if (arguments[3][0] == 'm')
        options.field = MIXED;
    options.adversary = count > 4 ? parse_adversary(arguments[4]) : NONE;
    options.until = count > 5 ? gate_clock() + atoi(arguments[5]) * 1000000000LL : 0;
    options.all = options.racers + (options.adversary != NONE);
    sched_getaffinity(0, sizeof allowed, &allowed);
    options.cores = (unsigned)CPU_COUNT(&allowed);
    options.abreast = options.all < options.cores ? options.all : options.cores;
    return options.racers < 1 || options.racers > RACERS_MAX ? -1 : 0;
}

static void prepare(void)
{
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (unsigned slot = 0; slot < SLOTS; slot++) {
        for (unsigned i = 0; i < options.all; i++) {
            put(slot, i, A_FILE);
            put(slot, i, A_DIRECTORY);
        }
    }
}

int main(int count, char **arguments)
{
    if (parse(count, arguments) < 0) {
        fputs("usage: race RACERS ROUNDS files|directories|mixed [-|create|plain|append "
              "[SECONDS]]\n",
              stderr);
        return 125;
    }
    prepare();
    for (unsigned stage = 0; shared->first < options.rounds && shared->failures == 0 &&
                             (options.until == 0 || gate_clock() < options.until);
         stage++)
        run_stage(stage);
    printf("%u rounds of %u, %u contended, %u failures\n", shared->first, options.all,
           shared->contended, shared->failures);
    return shared->failures != 0;
}
