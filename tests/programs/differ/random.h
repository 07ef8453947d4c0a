/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_DIFFER_RANDOM_H
#define NOCLOBBER_TESTS_DIFFER_RANDOM_H

/* Random trees, paths in them, and renames; the same seed gives the same ones. */

#include <stdint.h>

#include "programs/decide/call.h"
#include "programs/differ/tree.h"

#define PATH_TEXT 9000

struct random {
    uint64_t state;
};

/* splitmix64. */
static uint64_t draw(struct random *random)
{
    uint64_t word = random->state += 0x9E3779B97F4A7C15u;

    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9u;
    word = (word ^ (word >> 27)) * 0x94D049BB133111EBu;
    return word ^ (word >> 31);
}

/* A random number from 0 to `count` - 1. */
static unsigned pick(struct random *random, unsigned count)
{
    return (unsigned)(draw(random) >> 32) % count;
}

static int chance(struct random *random, unsigned percent)
{
    return pick(random, 100) < percent;
}

/* ---- text that grows ---- */

struct text_out {
    char *start;
    size_t used;
    size_t size;
};

static void add(struct text_out *out, const char *words)
{
    const size_t length = strlen(words);

    if (out->used + length >= out->size)
        return;
    memcpy(out->start + out->used, words, length + 1);
    out->used += length;
}

static void add_name(struct text_out *out, struct random *random)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "..f", " g", "...", ".h"};
    char name[257];

    if (!chance(random, 2)) {
        add(out, names[pick(random, sizeof names / sizeof names[0])]);
        return;
    }
    memset(name, 'x', sizeof name);
    name[chance(random, 70) ? 255 : 256] = '\0';
    add(out, name);
}

/* ---- trees ---- */

static unsigned count_lines(const char *text, const char *kinds)
{
    unsigned count = 0;

    for (; *text != '\0'; text += strcspn(text, "\n") + 1)
        count += strchr(kinds, *text) != NULL;
    return count;
}

/* Picks one of the lines of these kinds. Returns 0 if there is none. */
static int pick_line(struct random *random, const char *text, const char *kinds, struct line *line)
{
    const unsigned count = count_lines(text, kinds);
    unsigned skip = count == 0 ? 0 : pick(random, count);

    if (count == 0)
        return 0;
    for (; !strchr(kinds, *text) || skip-- > 0; text += strcspn(text, "\n") + 1)
        ;
    return read_line(text, line) != NULL;
}

static int has_path(const char *text, const char *path)
{
    struct line line;

    while ((text = read_line(text, &line)))
        if (strcmp(line.path, path) == 0)
            return 1;
    return 0;
}

/* The way up from a directory of the tree to its root: "../../", or nothing from the root
 * itself. */
static void add_way_up(struct text_out *out, const char *directory)
{
    if (*directory == '\0')
        return;
    add(out, "../");
    for (; *directory != '\0'; directory++)
        if (*directory == '/')
            add(out, "../");
}

/* Writes a target for a link in `directory`. */
static void write_target(struct random *random, const char *text, const char *directory,
                         struct text_out *out)
{
    struct line line;

    switch (pick(random, 6)) {
    case 0: add(out, "nowhere"); break;
    case 1: add(out, chance(random, 50) ? ".." : "."); break;
    case 2:
    case 3:
        if (pick_line(random, text, "drfel", &line) &&
            strlen(line.path) + 3 * strlen(directory) < 200) {
            add_way_up(out, directory);
            add(out, line.path);
            break;
        }
        __attribute__((fallthrough));
    default: add(out, chance(random, 50) ? "a" : "b"); break;
    }
}

static void add_line(struct text_out *out, const struct line *line)
{
    char head[32];

    snprintf(head, sizeof head, "%c %u ", line->kind, line->number);
    add(out, head);
    add(out, line->path);
    add(out, line->kind == 'l' ? "\t" : "");
    add(out, line->kind == 'l' ? line->target : "");
    add(out, "\n");
}

/* Adds an entry somewhere, unless its name is taken. */
static void grow(struct random *random, struct text_out *out, unsigned number)
{
    static const char kinds[] = "dddddrffffffeellll";
    struct line directory = {.path = ""};
    struct line line = {.number = number};
    struct text_out path = {line.path, 0, sizeof line.path};
    struct text_out target = {line.target, 0, sizeof line.target};

    if (chance(random, 70) && pick_line(random, out->start, "dr", &directory)) {
        add(&path, directory.path);
        add(&path, "/");
    }
    add_name(&path, random);
    if (path.used > 700 || strlen(strrchr(line.path, '/') ? strrchr(line.path, '/') : "") > 256 ||
        strlen(line.path) == 256 || has_path(out->start, line.path))
        return;
    if (chance(random, 12)) {
        struct line other;

        if (pick_line(random, out->start, "fel", &other)) {
            line.kind = other.kind;
            line.number = other.number;
            add(&target, other.target);
            add_line(out, &line);
            return;
        }
    }
    line.kind = kinds[pick(random, sizeof kinds - 1)];
    if (line.kind == 'l')
        write_target(random, out->start, directory.path, &target);
    add_line(out, &line);
}

/* Writes a random tree to `text`, TREE_TEXT bytes. */
static void draw_tree(struct random *random, char *text)
{
    struct text_out out = {text, 0, TREE_TEXT};
    const unsigned count = 3 + pick(random, 12);

    text[0] = '\0';
    for (unsigned i = 1; i <= count; i++)
        grow(random, &out, i);
}

/* ---- paths ---- */

/* What a path is relative to. */
enum from { FROM_CWD, FROM_DIRECTORY, FROM_O_PATH, FROM_FILE, FROM_NEGATIVE, FROM_CLOSED };

struct end_path {
    enum from from;
    char directory[TREE_PATH]; /* of the descriptor, below the root */
    int is_absolute;           /* `text` follows the root */
    char text[PATH_TEXT];
};

struct request {
    enum asked by;
    unsigned flags;
    char cwd[TREE_PATH]; /* below the root */
    struct end_path source;
    struct end_path destination;
};

/* Adds components that change nothing, at least at first sight. */
static void add_detour(struct random *random, struct text_out *out)
{
    switch (pick(random, 4)) {
    case 0: add(out, "./"); break;
    case 1: add(out, "/"); break;
    case 2: add(out, "a/../"); break;
    default:
        add_name(out, random);
        add(out, "/../");
        break;
    }
}

/* Copies the components of a path, with detours. */
static void add_words(struct random *random, struct text_out *out, const char *path)
{
    while (*path != '\0') {
        const size_t length = strcspn(path, "/");
        char word[TREE_PATH];

        if (chance(random, 5))
            add_detour(random, out);
        snprintf(word, sizeof word, "%.*s", (int)length, path);
        add(out, word);
        path += length;
        if (*path == '/') {
            add(out, "/");
            path++;
        }
    }
}

/* Writes a path to an entry of the tree or, if `is_new`, to a free name in one of its
 * directories. */
static void write_known(struct random *random, const char *text, const char *from, int is_new,
                        struct end_path *path, struct text_out *out)
{
    struct line line = {.path = ""};
    char words[TREE_PATH + 300];
    struct text_out wanted = {words, 0, sizeof words};

    words[0] = '\0';
    pick_line(random, text, is_new ? "dr" : "drfelc", &line);
    if (!is_new || chance(random, 75))
        add(&wanted, line.path);
    if (is_new || wanted.used == 0) {
        add(&wanted, wanted.used ? "/" : "");
        add_name(&wanted, random);
    }
    path->is_absolute = chance(random, 8);
    if (!path->is_absolute)
        add_way_up(out, from);
    add_words(random, out, words);
}

static void write_any(struct random *random, struct text_out *out)
{
    const unsigned count = 1 + pick(random, 3);

    for (unsigned i = 0; i < count; i++) {
        add(out, i ? "/" : "");
        if (chance(random, 12))
            add(out, chance(random, 50) ? "." : "..");
        else
            add_name(out, random);
    }
}

static void draw_place(struct random *random, const char *text, struct end_path *path)
{
    struct line line = {.path = ""};

    path->directory[0] = '\0';
    path->from = chance(random, 70) ? FROM_CWD : FROM_DIRECTORY;
    if (path->from == FROM_CWD)
        return;
    pick_line(random, text, "dr", &line);
    if (chance(random, 30))
        path->from = FROM_O_PATH;
    else if (chance(random, 5))
        path->from = FROM_NEGATIVE;
    else if (chance(random, 5))
        path->from = FROM_CLOSED;
    else if (chance(random, 5) && pick_line(random, text, "fe", &line))
        path->from = FROM_FILE;
    memcpy(path->directory, line.path, sizeof line.path);
}

static void draw_path(struct random *random, const char *text, const char *cwd, int is_new,
                      struct end_path *path)
{
    static const char *const tails[] = {"/", "//", "/.", "/..", "/./", "/", "/"};
    struct text_out out = {path->text, 0, sizeof path->text};
    const char *const from = path->from == FROM_CWD ? cwd : path->directory;

    path->text[0] = '\0';
    path->is_absolute = 0;
    if (chance(random, 1))
        return;
    for (unsigned i = chance(random, 1) ? 1500 + pick(random, 1000) : 0; i > 0; i--)
        add(&out, "./");
    if (chance(random, 82))
        write_known(random, text, from, is_new, path, &out);
    else
        write_any(random, &out);
    if (chance(random, 12))
        add(&out, tails[pick(random, sizeof tails / sizeof tails[0])]);
    path->is_absolute |= path->text[0] == '/';
}

/* ---- renames ---- */

static unsigned draw_flags(struct random *random, int is_bare)
{
    if (chance(random, 70))
        return 0;
    if (is_bare || chance(random, 60))
        return RENAME_NOREPLACE;
    switch (pick(random, 4)) {
    case 0: return RENAME_EXCHANGE;
    case 1: return RENAME_WHITEOUT;
    case 2: return RENAME_WHITEOUT | RENAME_NOREPLACE;
    default: return 1u << pick(random, 6);
    }
}

static enum asked draw_name(struct random *random, const struct request *request)
{
    static const enum asked names[] = {BY_RENAME,          BY_NUMBER_RENAME, BY_RENAMEAT,
                                       BY_NUMBER_RENAMEAT, BY_RENAMEAT2,     BY_NUMBER_RENAMEAT2};
    const int is_relative =
        request->source.from != FROM_CWD || request->destination.from != FROM_CWD;

    unsigned name = is_relative ? 2 + pick(random, 4) : pick(random, 6);

    if (request->flags != 0)
        name = 4 + pick(random, 2);
#ifndef SYS_rename
    name -= names[name] == BY_NUMBER_RENAME;
#endif
#ifndef SYS_renameat
    name -= names[name] == BY_NUMBER_RENAMEAT;
#endif
    return names[name];
}

/* Draws a rename in the tree of `text`. `is_bare`: only what an emulation can do. */
static void draw_request(struct random *random, const char *text, int is_bare,
                         struct request *request)
{
    struct line line = {.path = ""};

    if (chance(random, 30))
        pick_line(random, text, "dr", &line);
    memcpy(request->cwd, line.path, sizeof line.path);
    draw_place(random, text, &request->source);
    draw_place(random, text, &request->destination);
    draw_path(random, text, request->cwd, chance(random, 5), &request->source);
    draw_path(random, text, request->cwd, chance(random, 45), &request->destination);
    if (chance(random, 2))
        request->destination = request->source;
    request->flags = draw_flags(random, is_bare);
    request->by = draw_name(random, request);
}

#endif
