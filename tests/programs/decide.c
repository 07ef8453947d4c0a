/* SPDX-License-Identifier: MIT */
/*
 * decide [-f FILTER] [-l LOG] [-o DIRECTORY] [-r FILE|-w FILE] [-v] MODE DIRECTORY: checks the
 * whole decision table, in fresh directories below DIRECTORY.
 *
 * Each row is first asked of the kernel twice, bypassing the library: plainly, and with
 * RENAME_NOREPLACE. decide/rules.h derives from the two answers what the library must answer. Then
 * the library is asked, by each function that it interposes: result, errno, the tree afterwards and
 * the recorded events must be as derived. MODE is enforce, audit or plain (off, or nothing
 * guarded), and must match the environment. -o: the kernel is asked below that directory instead,
 * if DIRECTORY lacks RENAME_NOREPLACE. -f (see filter.h): the library runs under a seccomp filter,
 * the kernel is asked without it.
 *
 * A tracer would also stop the calls that only ask the kernel. So -w asks the kernel alone and
 * writes its answers to a file, and a traced decide reads them with -r. -l names the log if
 * NOCLOBBER_LOG is not set.
 *
 * Prints a line for each row that fails or is skipped (with -v for all), then a line with the
 * figures.
 */
#include <grp.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "programs/decide/ask.h"
#include "programs/decide/tree.h"
#include "filter.h"

#define SENTINEL 4242
#define OTHER_ID 65534

static struct {
    int mode;
    int is_verbose;
    const char *directory;
    const char *oracle;
    const char *log;
    struct filter filter;
    FILE *reads; /* the kernel's answers, or NULL */
    FILE *writes;
} options;

static struct {
    unsigned rows;
    unsigned calls;
    unsigned failed;
    unsigned skipped;
} figures;

/* ---- one call ---- */

/* Whether a row can be asked that way. */
static int is_askable(enum asked asked, const struct row *row)
{
    const int is_relative = row->source_at != AT_CWD || row->destination_at != AT_CWD;
    const int is_filtered = options.filter.count != 0;

#ifndef SYS_rename
    if (asked == BY_NUMBER_RENAME)
        return 0;
#endif
#ifndef SYS_renameat
    if (asked == BY_NUMBER_RENAMEAT)
        return 0;
#endif
    switch (asked) {
    case BY_RENAME:
    case BY_NUMBER_RENAME: return row->flags == 0 && !is_relative;
    case BY_RENAMEAT:
    case BY_NUMBER_RENAMEAT: return row->flags == 0;
    /* Under a filter, renameat2 has no flag but RENAME_NOREPLACE. */
    case BY_RENAMEAT2:
    case BY_NUMBER_RENAMEAT2: return !is_filtered || row->flags == RENAME_NOREPLACE;
    case BY_KERNEL:
    case BY_KERNEL_EXCLUSIVELY:
    case BY_END: break;
    }
    return 0;
}

/* Changes all user ids for good, and makes the process dumpable, so that it can read its own /proc
 * like a process which that user has started. */
static void become_other(void)
{
    if (setgroups(0, NULL) < 0 || setresgid(OTHER_ID, OTHER_ID, OTHER_ID) < 0 ||
        setresuid(OTHER_ID, OTHER_ID, OTHER_ID) < 0)
        _exit(1);
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

/* Runs in a new process: it may crash, and cannot undo a change of user. */
static void call_one_way(enum asked asked, const struct row *row, const struct stage *stage,
                         struct outcome *outcome)
{
    const struct arguments call = {
        place_descriptor(stage, row->source_at),
        place_string(stage, row->source),
        place_descriptor(stage, row->destination_at),
        place_string(stage, row->destination),
        row->flags,
    };

    if (row->user == AS_OTHER)
        become_other();
    if (asked > BY_KERNEL_EXCLUSIVELY && options.filter.count != 0 &&
        filter_install(&options.filter) < 0)
        _exit(1);
    errno = SENTINEL;
    outcome->result = (int)ask(asked, &call);
    outcome->kept = errno == SENTINEL;
    outcome->error = outcome->result == 0 ? 0 : errno;
    outcome->is_done = 1;
    _exit(0);
}

/* ---- one setup ---- */

static void play(enum asked asked, const struct row *row, const char *root, struct outcome *outcome)
{
    /* FUSE caches link counts for a while. */
    const int links = options.oracle == options.directory ? TREE_LINKS : 0;
    static struct tree tree;
    struct stage stage = {.removed = -1};
    pid_t child;

    outcome->setup_error = setup_build(&stage, root, row->setup, outcome->setup_word);
    if (outcome->setup_error == 0) {
        look(&stage, row->source_at, row->source, &outcome->source);
        look(&stage, row->destination_at, row->destination, &outcome->destination);
        tree_take(&tree, TREE_BEFORE | links, root, outcome->before);
        child = fork();
        if (child == 0)
            call_one_way(asked, row, &stage, outcome);
        waitpid(child, NULL, 0);
        tree_take(&tree, links, root, outcome->after);
    }
    setup_clear(&stage);
    _exit(0);
}

/* Sets a row up, asks, and cleans up, in a new process (and, for mounts, a new mount
 * namespace). */
static void run(enum asked asked, const struct row *row, struct outcome *outcome)
{
    static unsigned count;
    const char *const below = asked > BY_KERNEL_EXCLUSIVELY ? options.directory : options.oracle;
    char root[PATH_MAX];
    pid_t child;

    snprintf(root, sizeof root, "%s/%u", below, ++count);
    memset(outcome, 0, sizeof *outcome);
    child = fork();
    if (child == 0)
        play(asked, row, root, outcome);
    waitpid(child, NULL, 0);
}

/* ---- comparing ---- */

static void complain(const char *name, enum asked asked, const char *what)
{
    printf("not ok %s: %s: %s\n", name, asked_names[asked], what);
    figures.failed++;
}

/* Returns the verdict of the one event in the log, "" for none, "several" for more; empties the
 * log. */
static const char *take_event(void)
{
    static char line[65536];
    char *verdict;
    FILE *const log = options.log ? fopen(options.log, "r") : NULL;
    const int got = log && fgets(line, sizeof line, log);
    const int more = got && fgetc(log) != EOF;

    if (log)
        fclose(log);
    if (!got)
        return "";
    if (truncate(options.log, 0) < 0 || more)
        return "several";
    verdict = strstr(line, "\"verdict\":\"");
    if (!verdict)
        return "no verdict";
    verdict += strlen("\"verdict\":\"");
    verdict[strcspn(verdict, "\"")] = '\0';
    return verdict;
}

/* ---- where an emulation may differ, and what it cannot do ---- */

static int is_emulated(void)
{
    return options.filter.count != 0 || options.oracle != options.directory;
}

/* Whether an emulation may fail with `error` instead, provided that nothing has changed. If the
 * link cannot be made, for any reason, it refuses; linkat and mkdirat check for a read-only mount
 * last. */
static int is_other_word(const struct row *row, const struct outcome *outcome, int error)
{
    if (!is_emulated())
        return 0;
    switch (error) {
    case EPERM:
    case EACCES: return outcome->error == EOPNOTSUPP && !S_ISDIR(outcome->source.mode);
    case ENOENT: return outcome->error == EOPNOTSUPP && strstr(row->setup, "u:") != NULL;
    case EROFS: return outcome->error == EEXIST || outcome->error == ENOENT || outcome->error == 0;
    default: return 0;
    }
}

/* Why a row cannot be asked of an emulation, or NULL. */
static const char *excuse(const struct row *row)
{
    if (!is_emulated())
        return NULL;
    if (row->flags & ~(unsigned)RENAME_NOREPLACE)
        return "no such flag here";
    if (strstr(row->setup, "a:d"))
        return "in an append-only directory the link cannot be taken back";
    if (options.oracle != options.directory && strcmp(row->name, "hard link of a fifo") == 0)
        return "FUSE remembers a link count that is out of date";
    if (options.oracle != options.directory && strcmp(row->name, "no write, hard link") == 0)
        return "FUSE does not know that two names are one file, and asks for permission first";
    return NULL;
}

/* ---- the comparison ---- */

static void compare(const struct row *row, enum asked asked, const struct expected *expected,
                    const struct outcome *outcome)
{
    const char *const event = take_event();
    const char *const wanted = expected->event ? expected->event : "";
    const int is_tolerated = is_other_word(row, outcome, expected->error);
    char text[2 * TREE_TEXT + 256];

    if (!outcome->is_done) {
        complain(row->name, asked, "crashed");
    } else if (outcome->error != expected->error && !is_tolerated) {
        snprintf(text, sizeof text, "%s in place of %s (%s)", error_name(outcome->error),
                 error_name(expected->error), expected->rule);
        complain(row->name, asked, text);
    } else if (outcome->result != (outcome->error == 0 ? 0 : -1)) {
        complain(row->name, asked, "neither 0 nor -1");
    } else if (outcome->error == 0 && !outcome->kept) {
        complain(row->name, asked, "success touched errno");
    } else if (strcmp(outcome->after, expected->tree) != 0) {
        snprintf(text, sizeof text, "left\n%sin place of (%s)\n%s", outcome->after, expected->rule,
                 expected->tree);
        complain(row->name, asked, text);
    } else if (options.log && strcmp(event, wanted) != 0 && !is_tolerated) {
        snprintf(text, sizeof text, "event '%s' in place of '%s' (%s)", event, wanted,
                 expected->rule);
        complain(row->name, asked, text);
    }
}

static struct outcome *share_outcome(void)
{
    return mmap(NULL, sizeof(struct outcome), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                -1, 0);
}

static void skip(const struct row *row, const char *what, const char *why)
{
    printf("skip %s: %s: %s\n", row->name, what, why);
    figures.skipped++;
}

/* Asks the kernel about a row, or reads what it has answered before. */
static void ask_both(const struct row *row, struct outcome *plain, struct outcome *exclusive)
{
    if (options.reads) {
        if (fread(plain, sizeof *plain, 1, options.reads) != 1 ||
            fread(exclusive, sizeof *exclusive, 1, options.reads) != 1)
            abort();
        return;
    }
    run(BY_KERNEL, row, plain);
    if (plain->setup_error == 0)
        run(BY_KERNEL_EXCLUSIVELY, row, exclusive);
    if (options.writes && (fwrite(plain, sizeof *plain, 1, options.writes) != 1 ||
                           fwrite(exclusive, sizeof *exclusive, 1, options.writes) != 1))
        abort();
}

static void check_row(const struct row *row)
{
    static struct outcome *plain, *exclusive, *outcome;
    const unsigned failed = figures.failed;
    const char *wrong;
    struct expected expected;

    plain = plain ? plain : share_outcome();
    exclusive = exclusive ? exclusive : share_outcome();
    outcome = outcome ? outcome : share_outcome();
    figures.rows++;
    if (excuse(row)) {
        skip(row, "emulation", excuse(row));
        return;
    }
    ask_both(row, plain, exclusive);
    if (plain->setup_error != 0) {
        skip(row, plain->setup_word, strerror(plain->setup_error));
        return;
    }
    if (options.writes)
        return;
    wrong = contradiction(plain, exclusive);
    if (wrong && options.mode == DECIDE_ENFORCE && (row->flags & ~(unsigned)RENAME_NOREPLACE) == 0)
        complain(row->name, BY_KERNEL_EXCLUSIVELY, wrong);
    asks_as_root = row->user == AS_ROOT;
    expected = expect(options.mode, row->flags, plain, exclusive);
    for (enum asked asked = BY_RENAME; asked < BY_END; asked++) {
        if (!is_askable(asked, row))
            continue;
        run(asked, row, outcome);
        if (outcome->setup_error != 0) {
            skip(row, outcome->setup_word, strerror(outcome->setup_error));
            return;
        }
        figures.calls++;
        compare(row, asked, &expected, outcome);
    }
    if (options.is_verbose && failed == figures.failed)
        printf("ok %s: plain %s, NOREPLACE %s: %s (%s)\n", row->name, error_name(plain->error),
               error_name(exclusive->error), error_name(expected.error), expected.rule);
}

/* ---- every row, every kind onto every kind ---- */

/* Writes the words of a kind, with its name in place of @. */
static void write_kind(const struct kind *kind, char name, char *out)
{
    for (const char *at = kind->setup; *at != '\0'; at++)
        *out++ = *at == '@' ? name : *at;
    *out = '\0';
}

static void check_kinds(void)
{
    for (size_t i = 0; i < KIND_COUNT; i++) {
        for (size_t j = 0; j <= KIND_COUNT; j++) {
            char name[80], source[40], destination[40] = "d:other", setup[96];
            const struct row row = ROW(name, setup, "a", "b");

            write_kind(&kinds[i], 'a', source);
            if (j < KIND_COUNT)
                write_kind(&kinds[j], 'b', destination);
            snprintf(name, sizeof name, "%s onto %s", kinds[i].name,
                     j < KIND_COUNT ? kinds[j].name : "nothing");
            snprintf(setup, sizeof setup, "%s %s", source, destination);
            check_row(&row);
        }
    }
}

static int parse(int count, char **arguments)
{
    int option;

    while ((option = getopt(count, arguments, "f:l:o:r:vw:")) != -1) {
        switch (option) {
        case 'f':
            if (filter_parse(&options.filter, optarg) < 0)
                return -1;
            break;
        case 'l': options.log = optarg; break;
        case 'o': options.oracle = optarg; break;
        case 'r':
            options.reads = fopen(optarg, "re");
            asks_tracer = 1;
            break;
        case 'w': options.writes = fopen(optarg, "we"); break;
        case 'v': options.is_verbose = 1; break;
        default: return -1;
        }
    }
    if (optind + 2 != count)
        return -1;
    options.mode = parse_mode(arguments[optind]);
    options.directory = arguments[optind + 1];
    options.oracle = options.oracle ? options.oracle : options.directory;
    return options.mode;
}

int main(int count, char **arguments)
{
    if (parse(count, arguments) < 0) {
        fputs("usage: decide [-f FILTER] [-l LOG] [-o DIRECTORY] [-r FILE|-w FILE] [-v]"
              " enforce|audit|plain DIRECTORY\n",
              stderr);
        return 125;
    }
    options.log = options.log ? options.log : getenv("NOCLOBBER_LOG");
    umask(022);
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (size_t i = 0; i < ROW_COUNT; i++)
        check_row(&rows[i]);
    check_kinds();
    printf("%u rows, %u calls, %u failed, %u skipped\n", figures.rows, figures.calls,
           figures.failed, figures.skipped);
    if (options.writes && fclose(options.writes) != 0)
        return 125;
    return figures.failed != 0;
}
