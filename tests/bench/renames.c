/* SPDX-License-Identifier: MIT */
/*
 * renames CASE COUNT FOLDER [THREADS]: makes COUNT batches of BATCH renames in FOLDER and prints nanoseconds per rename: the
 * median batch, which another program's turn on the processor does not move. With THREADS, each works in a folder of its own
 * below FOLDER, and what is printed is the time from the first to the last, by the number of all renames.
 *   free       nothing is in the way: one file between two names
 *   overwrite  each file of a batch replaces one destination; only the renames are timed
 *   refused    one file onto a destination that must not be replaced: EEXIST or EBUSY each time
 *   exclusive  the same by the kernel's own means, renameat2 with RENAME_NOREPLACE: what any refusal costs
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64
#define NAME 8192
#define THREADS_MAX 64

struct worker {
    const struct job *job;
    char destination[NAME];
    char sources[BATCH][NAME];
    double *batches; /* nanoseconds of each */
};

struct job {
    const char *name;
    void (*prepare)(struct worker *worker);
    void (*run)(struct worker *worker);
};

static long batch_count;
static pthread_barrier_t start_line;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void create(const char *path)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);

    if (fd < 0)
        fail(path);
    close(fd);
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* ---- the cases ---- */

static void prepare_one(struct worker *worker)
{
    create(worker->sources[0]);
}

static void run_free(struct worker *worker)
{
    for (int i = 0; i < BATCH; i++)
        if (rename(worker->sources[i % 2], worker->sources[(i + 1) % 2]) != 0)
            fail("rename");
}

static void prepare_all(struct worker *worker)
{
    for (int i = 0; i < BATCH; i++)
        create(worker->sources[i]);
}

static void run_overwrite(struct worker *worker)
{
    for (int i = 0; i < BATCH; i++)
        if (rename(worker->sources[i], worker->destination) != 0)
            fail("rename");
}

static void run_refused(struct worker *worker)
{
    for (int i = 0; i < BATCH; i++)
        if (rename(worker->sources[0], worker->destination) == 0 ||
            (errno != EEXIST && errno != EBUSY))
            fail("rename was not refused");
}

static void run_exclusive(struct worker *worker)
{
    for (int i = 0; i < BATCH; i++)
        if (renameat2(AT_FDCWD, worker->sources[0], AT_FDCWD, worker->destination,
                      RENAME_NOREPLACE) == 0)
            fail("renameat2 was not refused");
}

static const struct job jobs[] = {
    {"free", prepare_one, run_free},
    {"overwrite", prepare_all, run_overwrite},
    {"refused", prepare_one, run_refused},
    {"exclusive", prepare_one, run_exclusive},
};

static const struct job *find_job(const char *name)
{
    for (size_t i = 0; i < sizeof jobs / sizeof jobs[0]; i++)
        if (strcmp(jobs[i].name, name) == 0)
            return &jobs[i];
    return NULL;
}

/* ---- workers ---- */

static void write_name(char *out, const char *folder, const char *name, int number)
{
    if (snprintf(out, NAME, "%s/%s%d", folder, name, number) >= NAME)
        fail("path too long");
}

static struct worker *make_worker(const struct job *job, const char *folder)
{
    struct worker *const worker = malloc(sizeof *worker);

    if (!worker || !(worker->batches = malloc((size_t)batch_count * sizeof(double))))
        fail("malloc");
    worker->job = job;
    write_name(worker->destination, folder, "destination", 0);
    for (int i = 0; i < BATCH; i++)
        write_name(worker->sources[i], folder, "source", i);
    create(worker->destination);
    return worker;
}

static void *work(void *argument)
{
    struct worker *const worker = argument;

    pthread_barrier_wait(&start_line);
    for (long i = 0; i < batch_count; i++) {
        double start;

        worker->job->prepare(worker);
        start = now();
        worker->job->run(worker);
        worker->batches[i] = now() - start;
    }
    return NULL;
}

static int compare(const void *one, const void *other)
{
    const double difference = *(const double *)one - *(const double *)other;

    return (difference > 0) - (difference < 0);
}

static double work_alone(const struct job *job, const char *folder)
{
    struct worker *const worker = make_worker(job, folder);

    pthread_barrier_init(&start_line, NULL, 1);
    work(worker);
    qsort(worker->batches, (size_t)batch_count, sizeof(double), compare);
    return worker->batches[batch_count / 2] / BATCH;
}

static struct worker *make_housed_worker(const struct job *job, const char *folder, int number)
{
    char house[NAME];

    write_name(house, folder, "thread-", number);
    if (mkdir(house, 0777) != 0 && errno != EEXIST)
        fail(house);
    return make_worker(job, house);
}

static double work_together(const struct job *job, const char *folder, int count)
{
    pthread_t threads[THREADS_MAX];
    double start;

    pthread_barrier_init(&start_line, NULL, (unsigned)count + 1);
    for (int i = 0; i < count; i++)
        if (pthread_create(&threads[i], NULL, work, make_housed_worker(job, folder, i)) != 0)
            fail("pthread_create");
    pthread_barrier_wait(&start_line);
    start = now();
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    return (now() - start) / ((double)batch_count * BATCH * count);
}

int main(int argc, char **argv)
{
    const struct job *const job = argc > 3 ? find_job(argv[1]) : NULL;
    const int threads = argc > 4 ? atoi(argv[4]) : 1;

    batch_count = argc > 3 ? atol(argv[2]) : 0;
    if (!job || batch_count < 1 || threads < 1 || threads > THREADS_MAX) {
        fprintf(stderr, "usage: renames free|overwrite|refused|exclusive COUNT FOLDER [THREADS]\n");
        return 2;
    }
    printf("%.1f\n",
           threads == 1 ? work_alone(job, argv[3]) : work_together(job, argv[3], threads));
    return 0;
}
