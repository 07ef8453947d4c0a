/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_DECIDE_ROWS_H
#define NOCLOBBER_TESTS_DECIDE_ROWS_H

/*
 * The rows of decide.c: what exists, and what is asked. The right answer is not here: it is derived
 * from the kernel's (decide/rules.h).
 *
 * `setup` is a list of words, executed in turn in a fresh directory. "K:NAME" makes NAME of kind K:
 *   f file, e empty file, d directory, p fifo, s socket, c device
 *   l:TARGET>NAME  symbolic link          h:OLD>NAME   hard link
 *   x:MODE>NAME    chmod                  o:UID>NAME   chown
 *   i:NAME         immutable              a:NAME       append-only
 *   m:NAME         a tmpfs mounted there  M:OLD>NAME   bind mount of OLD
 *   r:NAME         read-only bind mount   u:NAME       unlinked again (after it was opened)
 *   C:NAME         working directory
 * In names and paths %D is the fresh directory (absolute), %L a name of 255 bytes, %T one of 256,
 * %P 4,200 bytes of "./", %Q 3,600 of them. POINTER_… as a path is not a string, but a special
 * address.
 */

#include <linux/fs.h>

/* Descriptors that a path may be relative to. */
enum place {
    AT_CWD,
    AT_DIRECTORY, /* of "d" */
    AT_PATH,      /* of "d", O_PATH */
    AT_FILE,      /* of "f" */
    AT_REMOVED,   /* of "gone", which setup removes */
    AT_NEGATIVE,  /* -1 */
    AT_CLOSED,    /* not open */
};

#define POINTER_NULL "%0"
#define POINTER_LOW "%1"          /* address 1 */
#define POINTER_UNMAPPED "%U"     /* a page without access */
#define POINTER_UNTERMINATED "%E" /* no NUL before such a page */
#define POINTER_KERNEL "%K"       /* an address in the kernel's half */

enum { AS_ROOT, AS_OTHER };

struct row {
    const char *name;
    const char *setup;
    const char *source;
    const char *destination;
    unsigned flags;
    enum place source_at;
    enum place destination_at;
    int user;
};

#define ROW(title, words, from, to, ...)                                                           \
    {                                                                                              \
        .name = (title), .setup = (words), .source = (from), .destination = (to), __VA_ARGS__      \
    }
#define AT(s, d) .source_at = (s), .destination_at = (d)
#define OTHER .user = AS_OTHER
#define FLAGS(f) .flags = (f)

static const struct row rows[] = {
    /* free destinations */
    ROW("file to a free name", "f:a", "a", "b"),
    ROW("directory to a free name", "d:a f:a/x", "a", "b"),
    ROW("into a directory", "f:a d:d", "a", "d/a"),
    ROW("through a link to a directory", "f:a d:d l:d>k", "a", "k/b"),
    ROW("below a dangling parent", "f:a l:no>k", "a", "k/b"),
    ROW("absolute paths", "f:a", "%D/a", "%D/b"),
    ROW("source missing", "", "a", "b"),
    ROW("source missing, destination there", "f:b", "a", "b"),
    ROW("both parents missing", "", "no/a", "no/b"),
    ROW("destination's parent missing", "f:a", "a", "no/b"),
    ROW("destination's parent a file", "f:a f:f", "a", "f/b"),
    ROW("source's parent a file", "f:f", "f/a", "b"),
    ROW("working directory removed", "f:a d:gone C:gone u:../gone", "a", "b"),
    ROW("out of a removed working directory", "f:a d:gone C:gone u:../gone", "%D/a", "b"),

    /* one file, two names */
    ROW("itself", "f:a", "a", "a"),
    ROW("itself, ./", "f:a", "a", "./a"),
    ROW("itself, //", "f:a d:d", "a", ".//a"),
    ROW("itself, by way of a directory", "f:a d:d", "a", "d/../a"),
    ROW("itself, absolute", "f:a", "a", "%D/a"),
    ROW("itself, by a linked parent", "d:d f:d/a l:d>k", "d/a", "k/a"),
    ROW("hard link", "f:a h:a>b", "a", "b"),
    ROW("hard link elsewhere", "f:a d:d h:a>d/b", "a", "d/b"),
    ROW("one of three hard links", "f:a h:a>b h:a>c", "c", "a"),
    ROW("hard link, destination with slash", "f:a h:a>b", "a", "b/"),
    ROW("hard link, source with slash", "f:a h:a>b", "a/", "b"),
    ROW("itself, with slashes", "f:a", "a/", "a/"),
    ROW("equal files, two inodes", "f:a f:b", "a", "b"),
    ROW("directory itself", "d:a", "a", "a"),
    ROW("directory itself, full", "d:a f:a/x", "a", "./a"),
    ROW("directory itself, slash on source", "d:a", "a/", "a"),
    ROW("directory itself, slash on destination", "d:a", "a", "a/"),
    ROW("directory itself, by a linked parent", "d:d d:d/a l:d>k", "d/a", "k/a"),
    ROW("link itself", "f:t l:t>a", "a", "a"),
    ROW("dangling link itself", "l:no>a", "a", "./a"),
    ROW("hard link of a link", "f:t l:t>a h:a>b", "a", "b"),
    ROW("two links to one file", "f:t l:t>a l:t>b", "a", "b"),
    ROW("link onto its target", "f:b l:b>a", "a", "b"),
    ROW("file onto a link to it", "f:a l:a>b", "a", "b"),
    ROW("directory onto a link to it", "d:a l:a>b", "a", "b"),
    ROW("link onto the directory it names", "d:b l:b>a", "a", "b"),
    ROW("fifo itself", "p:a", "a", "a"),
    ROW("hard link of a fifo", "p:a h:a>b", "a", "b"),

    /* slashes */
    ROW("slash on a file, free", "f:a", "a/", "b"),
    ROW("slash on a free destination of a file", "f:a", "a", "b/"),
    ROW("slash on the source, destination there", "f:a f:b", "a/", "b"),
    ROW("slash on a file's destination", "f:a f:b", "a", "b/"),
    ROW("file onto a directory with slash", "f:a d:b", "a", "b/"),
    ROW("file with slash onto a directory", "f:a d:b", "a/", "b"),
    ROW("directory, slashes, free", "d:a", "a/", "b//"),
    ROW("directory onto an empty one with slash", "d:a d:b", "a", "b/"),
    ROW("directory onto a full one with slash", "d:a d:b f:b/x", "a", "b/"),
    ROW("directory onto a file with slash", "d:a f:b", "a", "b/"),
    ROW("directory onto link/ to a directory", "d:a d:d l:d>b", "a", "b/"),
    ROW("directory onto link/ to itself", "d:a l:a>b", "a", "b/"),
    ROW("directory onto link/ that dangles", "d:a l:no>b", "a", "b/"),
    ROW("directory onto link/ to a file", "d:a f:t l:t>b", "a", "b/"),
    ROW("file onto link/ to a directory", "f:a d:d l:d>b", "a", "b/"),
    ROW("file onto link/ to itself", "f:a l:a>b", "a", "b/"),
    ROW("link/ to a directory, free", "d:d l:d>a", "a/", "b"),
    ROW("link/ onto a directory", "d:d l:d>a d:b", "a/", "b"),
    ROW("link/ onto a link", "d:d l:d>a l:d>b", "a/", "b"),
    ROW("link/ onto itself", "d:d l:d>a", "a/", "a"),
    ROW("link onto link/", "d:d l:d>a", "a", "a/"),

    /* dots, roots, nothing */
    ROW("destination .", "d:a", "a", "."),
    ROW("destination ..", "d:a d:d C:d", "../a", ".."),
    ROW("destination a/.", "f:a d:b", "a", "b/."),
    ROW("destination a/..", "f:a d:b", "a", "b/.."),
    ROW("destination ./", "d:a", "a", "./"),
    ROW("destination ...", "f:a f:...", "a", "..."),
    ROW("source .", "d:d C:d", ".", "../b"),
    ROW("source ..", "d:d C:d", "..", "b"),
    ROW("source a/.", "d:a", "a/.", "b"),
    ROW("source a/., destination there", "d:a d:b", "a/.", "b"),
    ROW(". onto .", "", ".", "."),
    ROW("destination /", "f:a", "a", "/"),
    ROW("destination //", "d:a", "a", "//"),
    ROW("source /", "", "/", "b"),
    ROW("destination empty", "f:a", "a", ""),
    ROW("source empty", "f:b", "", "b"),
    ROW("both empty", "", "", ""),

    /* directories in directories */
    ROW("into its own subtree", "d:a", "a", "a/b"),
    ROW("into its own deep subtree", "d:a d:a/d", "a", "a/d/b"),
    ROW("onto its own child", "d:a d:a/b", "a", "a/b"),
    ROW("onto a file in itself", "d:a f:a/b", "a", "a/b"),
    ROW("onto its parent", "d:b d:b/a", "b/a", "b"),
    ROW("file onto its parent", "d:b f:b/a", "b/a", "b"),

    /* mounts */
    ROW("to another mount, free", "f:a d:m m:m", "a", "m/b"),
    ROW("to another mount, there", "f:a d:m m:m f:m/b", "a", "m/b"),
    ROW("to another mount, dangling link there", "f:a d:m m:m l:no>m/b", "a", "m/b"),
    ROW("directory to another mount, full one there", "d:a d:m m:m d:m/b f:m/b/x", "a", "m/b"),
    ROW("to another mount, source missing", "d:m m:m f:m/b", "a", "m/b"),
    ROW("to another mount, both missing", "d:m m:m", "a", "m/b"),
    ROW("to another mount, destination ends in .", "f:a d:m m:m", "a", "m/."),
    ROW("bind mount of one directory, free", "d:d f:d/a d:m M:d>m", "d/a", "m/b"),
    ROW("bind mount of one directory, there", "d:d f:d/a f:d/b d:m M:d>m", "d/a", "m/b"),
    ROW("bind mount of one directory, itself", "d:d f:d/a d:m M:d>m", "d/a", "m/a"),
    ROW("onto a mount point", "d:a d:m m:m", "a", "m"),
    ROW("mount point moved", "d:m m:m", "m", "b"),
    ROW("mount point onto itself", "d:m m:m", "m", "m"),
    ROW("mount point onto a directory", "d:m m:m d:b", "m", "b"),
    ROW("directory onto a mount of itself", "d:a d:m M:a>m", "a", "m"),
    ROW("file onto a mount of itself", "f:a f:m M:a>m", "a", "m"),
    ROW("file onto a mount of another", "f:a f:b f:m M:b>m", "a", "m"),
    ROW("mounted file onto a file", "f:a f:b f:m M:b>m", "m", "a"),
    ROW("file onto a mounted directory", "f:a d:m m:m", "a", "m"),
    ROW("read-only mount, free", "d:m f:m/a r:m", "m/a", "m/b"),
    ROW("read-only mount, there", "d:m f:m/a f:m/b r:m", "m/a", "m/b"),
    ROW("read-only mount, itself", "d:m f:m/a r:m", "m/a", "m/a"),
    ROW("read-only mount, source missing", "d:m f:m/b r:m", "m/a", "m/b"),
    ROW("read-only mount, destination ..", "d:m f:m/a d:m/d r:m", "m/a", "m/d/.."),

    /* permissions */
    ROW("no write, free", "d:d f:d/a x:755>d", "d/a", "d/b", OTHER),
    ROW("no write, there", "d:d f:d/a f:d/b x:755>d", "d/a", "d/b", OTHER),
    ROW("no write, onto a directory", "d:d f:d/a d:d/b x:755>d", "d/a", "d/b", OTHER),
    ROW("no write, hard link", "d:d f:d/a h:d/a>d/b x:755>d", "d/a", "d/b", OTHER),
    ROW("no search", "d:d f:d/a x:700>d", "d/a", "d/b", OTHER),
    ROW("sticky, foreign source", "d:d x:1777>d f:d/a", "d/a", "d/b", OTHER),
    ROW("sticky, foreign destination", "d:d x:1777>d f:d/a o:65534>d/a f:d/b", "d/a", "d/b", OTHER),
    ROW("sticky, own files", "d:d x:1777>d f:d/a o:65534>d/a f:d/b o:65534>d/b", "d/a", "d/b",
        OTHER),
    ROW("sticky, own source, free", "d:d x:1777>d f:d/a o:65534>d/a", "d/a", "d/b", OTHER),
    ROW("open to all, there", "d:d x:777>d f:d/a o:65534>d/a f:d/b", "d/a", "d/b", OTHER),
    ROW("own directory, foreign one's parent", "d:d x:777>d d:d/a o:65534>d/a d:e x:777>e", "d/a",
        "e/b", OTHER),
    ROW("directory not ours to write, other parent", "d:d x:777>d d:d/a d:e x:777>e", "d/a", "e/b",
        OTHER),

    /* attributes */
    ROW("immutable source, free", "f:a i:a", "a", "b"),
    ROW("immutable source, there", "f:a f:b i:a", "a", "b"),
    ROW("immutable destination", "f:a f:b i:b", "a", "b"),
    ROW("append-only destination", "f:a f:b a:b", "a", "b"),
    ROW("append-only source, free", "f:a a:a", "a", "b"),
    ROW("immutable parent, free", "d:d f:d/a i:d", "d/a", "d/b"),
    ROW("immutable parent of the destination", "f:a d:d i:d", "a", "d/b"),
    ROW("immutable parent of an existing destination", "f:a d:d f:d/b i:d", "a", "d/b"),
    ROW("append-only parent, free", "d:d f:d/a a:d", "d/a", "d/b"),
    ROW("immutable directory, free", "d:a i:a", "a", "b"),
    ROW("immutable, itself", "f:a i:a", "a", "a"),

    /* lengths and loops */
    ROW("name of 255 bytes, free", "f:a", "a", "%L"),
    ROW("name of 255 bytes, there", "f:a f:%L", "a", "%L"),
    ROW("name of 256 bytes", "f:a", "a", "%T"),
    ROW("source of 256 bytes", "f:b", "%T", "b"),
    ROW("path over 4096 bytes", "f:a", "a", "%Pb"),
    ROW("source path over 4096 bytes", "f:a", "%Pa", "b"),
    ROW("path just below 4096 bytes, free", "f:a", "a", "%Qb"),
    ROW("path just below 4096 bytes, there", "f:a f:b", "%Qa", "%Qb"),
    ROW("path just below 4096 bytes, itself", "f:a", "a", "%Qa"),
    ROW("parent in a loop", "f:a l:k>k", "a", "k/b"),
    ROW("source's parent in a loop", "l:k>k", "k/a", "b"),
    ROW("destination a looping link", "f:a l:b>b", "a", "b"),
    ROW("looping link moved", "l:a>a", "a", "b"),
    ROW("parent in a loop of two", "f:a l:k>j l:j>k", "a", "k/b"),

    /* pointers */
    ROW("NULL source", "f:b", POINTER_NULL, "b"),
    ROW("NULL destination", "f:a", "a", POINTER_NULL),
    ROW("NULL both", "", POINTER_NULL, POINTER_NULL),
    ROW("low source", "f:b", POINTER_LOW, "b"),
    ROW("low destination", "f:a", "a", POINTER_LOW),
    ROW("unmapped source", "f:b", POINTER_UNMAPPED, "b"),
    ROW("unmapped destination", "f:a", "a", POINTER_UNMAPPED),
    ROW("unterminated source", "f:b", POINTER_UNTERMINATED, "b"),
    ROW("unterminated destination", "f:a", "a", POINTER_UNTERMINATED),
    ROW("kernel source", "f:b", POINTER_KERNEL, "b"),
    ROW("kernel destination", "f:a", "a", POINTER_KERNEL),
    ROW("missing source, NULL destination", "", "a", POINTER_NULL),

    /* descriptors */
    ROW("from a directory", "d:d f:d/a", "a", "b", AT(AT_DIRECTORY, AT_CWD)),
    ROW("to a directory", "d:d f:a", "a", "b", AT(AT_CWD, AT_DIRECTORY)),
    ROW("to a directory, there", "d:d f:a f:d/b", "a", "b", AT(AT_CWD, AT_DIRECTORY)),
    ROW("itself by a descriptor", "d:d f:d/a", "d/a", "a", AT(AT_CWD, AT_DIRECTORY)),
    ROW("within an O_PATH directory, there", "d:d f:d/a f:d/b", "a", "b", AT(AT_PATH, AT_PATH)),
    ROW("bad source descriptor", "f:b", "a", "b", AT(AT_NEGATIVE, AT_CWD)),
    ROW("bad destination descriptor", "f:a f:b", "a", "b", AT(AT_CWD, AT_NEGATIVE)),
    ROW("closed descriptor", "f:a f:b", "a", "b", AT(AT_CLOSED, AT_CLOSED)),
    ROW("descriptor of a file", "f:f f:b", "a", "b", AT(AT_FILE, AT_CWD)),
    ROW("to the descriptor of a file", "f:f f:a", "a", "b", AT(AT_CWD, AT_FILE)),
    ROW("absolute paths, bad descriptors", "f:a f:b", "%D/a", "%D/b", AT(AT_CLOSED, AT_NEGATIVE)),
    ROW("absolute paths, descriptors of a file", "f:a f:f", "%D/a", "%D/b", AT(AT_FILE, AT_FILE)),
    ROW("empty path and a descriptor", "f:f f:b", "", "b", AT(AT_FILE, AT_CWD)),
    ROW("to a removed directory", "f:a d:gone u:gone", "a", "b", AT(AT_CWD, AT_REMOVED)),
    ROW(". of a descriptor", "d:d f:a", "a", ".", AT(AT_CWD, AT_DIRECTORY)),

    /* flags */
    ROW("NOREPLACE, free", "f:a", "a", "b", FLAGS(RENAME_NOREPLACE)),
    ROW("NOREPLACE, directory, free", "d:a f:a/x", "a", "b", FLAGS(RENAME_NOREPLACE)),
    ROW("NOREPLACE, there", "f:a f:b", "a", "b", FLAGS(RENAME_NOREPLACE)),
    ROW("NOREPLACE, itself", "f:a", "a", "a", FLAGS(RENAME_NOREPLACE)),
    ROW("NOREPLACE, hard link", "f:a h:a>b", "a", "b", FLAGS(RENAME_NOREPLACE)),
    ROW("NOREPLACE, file onto directory", "f:a d:b", "a", "b", FLAGS(RENAME_NOREPLACE)),
    ROW("NOREPLACE, onto an empty directory", "d:a d:b", "a", "b", FLAGS(RENAME_NOREPLACE)),
    ROW("NOREPLACE, dangling link", "f:a l:no>b", "a", "b", FLAGS(RENAME_NOREPLACE)),
    ROW("NOREPLACE, own subtree", "d:a", "a", "a/b", FLAGS(RENAME_NOREPLACE)),
    ROW("NOREPLACE, source missing", "f:b", "a", "b", FLAGS(RENAME_NOREPLACE)),
    ROW("NOREPLACE, slash on a file", "f:a", "a", "b/", FLAGS(RENAME_NOREPLACE)),
    ROW("NOREPLACE, to another mount, there", "f:a d:m m:m f:m/b", "a", "m/b",
        FLAGS(RENAME_NOREPLACE)),
    ROW("NOREPLACE, to another mount, free", "f:a d:m m:m", "a", "m/b", FLAGS(RENAME_NOREPLACE)),
    ROW("NOREPLACE, destination .", "d:a", "a", ".", FLAGS(RENAME_NOREPLACE)),
    ROW("NOREPLACE, NULL", "", POINTER_NULL, "b", FLAGS(RENAME_NOREPLACE)),
    ROW("NOREPLACE, descriptor, there", "d:d f:a f:d/b", "a", "b", FLAGS(RENAME_NOREPLACE),
        AT(AT_CWD, AT_DIRECTORY)),
    ROW("EXCHANGE", "f:a f:b", "a", "b", FLAGS(RENAME_EXCHANGE)),
    ROW("EXCHANGE, file and directory", "f:a d:b f:b/x", "a", "b", FLAGS(RENAME_EXCHANGE)),
    ROW("EXCHANGE, free", "f:a", "a", "b", FLAGS(RENAME_EXCHANGE)),
    ROW("EXCHANGE, to another mount, there", "f:a d:m m:m f:m/b", "a", "m/b",
        FLAGS(RENAME_EXCHANGE)),
    ROW("WHITEOUT, free", "f:a", "a", "b", FLAGS(RENAME_WHITEOUT)),
    ROW("WHITEOUT, there", "f:a f:b", "a", "b", FLAGS(RENAME_WHITEOUT)),
    ROW("WHITEOUT, hard link", "f:a h:a>b", "a", "b", FLAGS(RENAME_WHITEOUT)),
    ROW("WHITEOUT and NOREPLACE, free", "f:a", "a", "b", FLAGS(RENAME_WHITEOUT | RENAME_NOREPLACE)),
    ROW("WHITEOUT and NOREPLACE, there", "f:a f:b", "a", "b",
        FLAGS(RENAME_WHITEOUT | RENAME_NOREPLACE)),
    ROW("WHITEOUT, another user", "d:d x:777>d f:d/a o:65534>d/a", "d/a", "d/b",
        FLAGS(RENAME_WHITEOUT), OTHER),
    ROW("EXCHANGE and NOREPLACE", "f:a f:b", "a", "b", FLAGS(RENAME_EXCHANGE | RENAME_NOREPLACE)),
    ROW("EXCHANGE and WHITEOUT", "f:a f:b", "a", "b", FLAGS(RENAME_EXCHANGE | RENAME_WHITEOUT)),
    ROW("all three", "f:a f:b", "a", "b",
        FLAGS(RENAME_EXCHANGE | RENAME_WHITEOUT | RENAME_NOREPLACE)),
    ROW("an unknown flag", "f:a f:b", "a", "b", FLAGS(8)),
    ROW("an unknown flag, free", "f:a", "a", "b", FLAGS(8)),
    ROW("NOREPLACE and an unknown flag", "f:a", "a", "b", FLAGS(RENAME_NOREPLACE | 1u << 31)),
    ROW("all bits", "f:a f:b", "a", "b", FLAGS(~0u)),
};

#define ROW_COUNT (sizeof rows / sizeof rows[0])

/* Every kind onto every kind: the words that make one, with @ for its name. */
struct kind {
    const char *name;
    const char *setup;
};

static const struct kind kinds[] = {
    {"file", "f:@"},
    {"empty file", "e:@"},
    {"directory", "d:@"},
    {"full directory", "d:@ f:@/x"},
    {"link to a file", "f:@t l:@t>@"},
    {"link to a directory", "d:@t l:@t>@"},
    {"dangling link", "l:no>@"},
    {"fifo", "p:@"},
    {"socket", "s:@"},
    {"device", "c:@"},
};

#define KIND_COUNT (sizeof kinds / sizeof kinds[0])

#endif
