/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_DECIDE_ROWS_H
#define NOCLOBBER_TESTS_DECIDE_ROWS_H

/*
 * The rows of decide.c: what is there, and what is asked. What the answer must be is not said here:
 * the kernel is asked (decide_rules.h).
 *
 * `setup` is a list of words, done in turn in a fresh directory. "K:NAME" makes NAME of kind K:
 *   f file, e empty file, d directory, p fifo, s socket, c device
 *   l:TARGET>NAME  symbolic link          h:OLD>NAME   hard link
 *   x:MODE>NAME    chmod                  o:UID>NAME   chown
 *   i:NAME         immutable              a:NAME       append-only
 *   m:NAME         a tmpfs mounted there  M:OLD>NAME   bind mount of OLD
 *   r:NAME         read-only bind mount   u:NAME       unlinked again (after it was opened)
 *   C:NAME         working directory
 * In names and paths %D is the fresh directory (absolute), %L a name of 255 bytes, %T one of 256,
 * %P 4,200 bytes of "./", %Q 3,600 of them. A path that is one of the POINTERS is no string.
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
#define POINTER_KERNEL "%K"       /* an address of the kernel's half */

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

#define AT(s, d) .source_at = (s), .destination_at = (d)
#define OTHER .user = AS_OTHER
#define FLAGS(f) .flags = (f)

static const struct row rows[] = {
    /* nothing in the way */
    {"file to a free name", "f:a", "a", "b"},
    {"directory to a free name", "d:a f:a/x", "a", "b"},
    {"into a directory", "f:a d:d", "a", "d/a"},
    {"through a link to a directory", "f:a d:d l:d>k", "a", "k/b"},
    {"below a dangling parent", "f:a l:no>k", "a", "k/b"},
    {"absolute paths", "f:a", "%D/a", "%D/b"},
    {"source missing", "", "a", "b"},
    {"source missing, destination there", "f:b", "a", "b"},
    {"both parents missing", "", "no/a", "no/b"},
    {"destination's parent missing", "f:a", "a", "no/b"},
    {"destination's parent a file", "f:a f:f", "a", "f/b"},
    {"source's parent a file", "f:f", "f/a", "b"},
    {"working directory removed", "f:a d:gone C:gone u:../gone", "a", "b"},
    {"out of a removed working directory", "f:a d:gone C:gone u:../gone", "%D/a", "b"},

    /* one file, two names */
    {"itself", "f:a", "a", "a"},
    {"itself, ./", "f:a", "a", "./a"},
    {"itself, //", "f:a d:d", "a", ".//a"},
    {"itself, by way of a directory", "f:a d:d", "a", "d/../a"},
    {"itself, absolute", "f:a", "a", "%D/a"},
    {"itself, by a linked parent", "d:d f:d/a l:d>k", "d/a", "k/a"},
    {"hard link", "f:a h:a>b", "a", "b"},
    {"hard link elsewhere", "f:a d:d h:a>d/b", "a", "d/b"},
    {"one of three hard links", "f:a h:a>b h:a>c", "c", "a"},
    {"hard link, destination with slash", "f:a h:a>b", "a", "b/"},
    {"hard link, source with slash", "f:a h:a>b", "a/", "b"},
    {"itself, with slashes", "f:a", "a/", "a/"},
    {"equal files, two inodes", "f:a f:b", "a", "b"},
    {"directory itself", "d:a", "a", "a"},
    {"directory itself, full", "d:a f:a/x", "a", "./a"},
    {"directory itself, slash on source", "d:a", "a/", "a"},
    {"directory itself, slash on destination", "d:a", "a", "a/"},
    {"directory itself, by a linked parent", "d:d d:d/a l:d>k", "d/a", "k/a"},
    {"link itself", "f:t l:t>a", "a", "a"},
    {"dangling link itself", "l:no>a", "a", "./a"},
    {"hard link of a link", "f:t l:t>a h:a>b", "a", "b"},
    {"two links to one file", "f:t l:t>a l:t>b", "a", "b"},
    {"link onto its target", "f:b l:b>a", "a", "b"},
    {"file onto a link to it", "f:a l:a>b", "a", "b"},
    {"directory onto a link to it", "d:a l:a>b", "a", "b"},
    {"link onto the directory it names", "d:b l:b>a", "a", "b"},
    {"fifo itself", "p:a", "a", "a"},
    {"hard link of a fifo", "p:a h:a>b", "a", "b"},

    /* slashes */
    {"slash on a file, free", "f:a", "a/", "b"},
    {"slash on a free destination of a file", "f:a", "a", "b/"},
    {"slash on the source, destination there", "f:a f:b", "a/", "b"},
    {"slash on a file's destination", "f:a f:b", "a", "b/"},
    {"file onto a directory with slash", "f:a d:b", "a", "b/"},
    {"file with slash onto a directory", "f:a d:b", "a/", "b"},
    {"directory, slashes, free", "d:a", "a/", "b//"},
    {"directory onto an empty one with slash", "d:a d:b", "a", "b/"},
    {"directory onto a full one with slash", "d:a d:b f:b/x", "a", "b/"},
    {"directory onto a file with slash", "d:a f:b", "a", "b/"},
    {"directory onto link/ to a directory", "d:a d:d l:d>b", "a", "b/"},
    {"directory onto link/ to itself", "d:a l:a>b", "a", "b/"},
    {"directory onto link/ that dangles", "d:a l:no>b", "a", "b/"},
    {"directory onto link/ to a file", "d:a f:t l:t>b", "a", "b/"},
    {"file onto link/ to a directory", "f:a d:d l:d>b", "a", "b/"},
    {"file onto link/ to itself", "f:a l:a>b", "a", "b/"},
    {"link/ to a directory, free", "d:d l:d>a", "a/", "b"},
    {"link/ onto a directory", "d:d l:d>a d:b", "a/", "b"},
    {"link/ onto a link", "d:d l:d>a l:d>b", "a/", "b"},
    {"link/ onto itself", "d:d l:d>a", "a/", "a"},
    {"link onto link/", "d:d l:d>a", "a", "a/"},

    /* dots, roots, nothing */
    {"destination .", "d:a", "a", "."},
    {"destination ..", "d:a d:d C:d", "../a", ".."},
    {"destination a/.", "f:a d:b", "a", "b/."},
    {"destination a/..", "f:a d:b", "a", "b/.."},
    {"destination ./", "d:a", "a", "./"},
    {"destination ...", "f:a f:...", "a", "..."},
    {"source .", "d:d C:d", ".", "../b"},
    {"source ..", "d:d C:d", "..", "b"},
    {"source a/.", "d:a", "a/.", "b"},
    {"source a/., destination there", "d:a d:b", "a/.", "b"},
    {". onto .", "", ".", "."},
    {"destination /", "f:a", "a", "/"},
    {"destination //", "d:a", "a", "//"},
    {"source /", "", "/", "b"},
    {"destination empty", "f:a", "a", ""},
    {"source empty", "f:b", "", "b"},
    {"both empty", "", "", ""},

    /* directories in directories */
    {"into its own subtree", "d:a", "a", "a/b"},
    {"into its own deep subtree", "d:a d:a/d", "a", "a/d/b"},
    {"onto its own child", "d:a d:a/b", "a", "a/b"},
    {"onto a file in itself", "d:a f:a/b", "a", "a/b"},
    {"onto its parent", "d:b d:b/a", "b/a", "b"},
    {"file onto its parent", "d:b f:b/a", "b/a", "b"},

    /* mounts */
    {"to another mount, free", "f:a d:m m:m", "a", "m/b"},
    {"to another mount, there", "f:a d:m m:m f:m/b", "a", "m/b"},
    {"to another mount, dangling link there", "f:a d:m m:m l:no>m/b", "a", "m/b"},
    {"directory to another mount, full one there", "d:a d:m m:m d:m/b f:m/b/x", "a", "m/b"},
    {"to another mount, source missing", "d:m m:m f:m/b", "a", "m/b"},
    {"to another mount, both missing", "d:m m:m", "a", "m/b"},
    {"to another mount, destination ends in .", "f:a d:m m:m", "a", "m/."},
    {"bind mount of one directory, free", "d:d f:d/a d:m M:d>m", "d/a", "m/b"},
    {"bind mount of one directory, there", "d:d f:d/a f:d/b d:m M:d>m", "d/a", "m/b"},
    {"bind mount of one directory, itself", "d:d f:d/a d:m M:d>m", "d/a", "m/a"},
    {"onto a mount point", "d:a d:m m:m", "a", "m"},
    {"mount point moved", "d:m m:m", "m", "b"},
    {"mount point onto itself", "d:m m:m", "m", "m"},
    {"mount point onto a directory", "d:m m:m d:b", "m", "b"},
    {"directory onto a mount of itself", "d:a d:m M:a>m", "a", "m"},
    {"file onto a mount of itself", "f:a f:m M:a>m", "a", "m"},
    {"file onto a mounted directory", "f:a d:m m:m", "a", "m"},
    {"read-only mount, free", "d:m f:m/a r:m", "m/a", "m/b"},
    {"read-only mount, there", "d:m f:m/a f:m/b r:m", "m/a", "m/b"},
    {"read-only mount, itself", "d:m f:m/a r:m", "m/a", "m/a"},
    {"read-only mount, source missing", "d:m f:m/b r:m", "m/a", "m/b"},
    {"read-only mount, destination ..", "d:m f:m/a d:m/d r:m", "m/a", "m/d/.."},

    /* permissions */
    {"no write, free", "d:d f:d/a x:755>d", "d/a", "d/b", OTHER},
    {"no write, there", "d:d f:d/a f:d/b x:755>d", "d/a", "d/b", OTHER},
    {"no write, onto a directory", "d:d f:d/a d:d/b x:755>d", "d/a", "d/b", OTHER},
    {"no write, hard link", "d:d f:d/a h:d/a>d/b x:755>d", "d/a", "d/b", OTHER},
    {"no search", "d:d f:d/a x:700>d", "d/a", "d/b", OTHER},
    {"sticky, foreign source", "d:d x:1777>d f:d/a", "d/a", "d/b", OTHER},
    {"sticky, foreign destination", "d:d x:1777>d f:d/a o:65534>d/a f:d/b", "d/a", "d/b", OTHER},
    {"sticky, own files", "d:d x:1777>d f:d/a o:65534>d/a f:d/b o:65534>d/b", "d/a", "d/b", OTHER},
    {"sticky, own source, free", "d:d x:1777>d f:d/a o:65534>d/a", "d/a", "d/b", OTHER},
    {"open to all, there", "d:d x:777>d f:d/a o:65534>d/a f:d/b", "d/a", "d/b", OTHER},
    {"own directory, foreign one's parent", "d:d x:777>d d:d/a o:65534>d/a d:e x:777>e", "d/a",
     "e/b", OTHER},
    {"directory not ours to write, other parent", "d:d x:777>d d:d/a d:e x:777>e", "d/a", "e/b",
     OTHER},

    /* attributes */
    {"immutable source, free", "f:a i:a", "a", "b"},
    {"immutable source, there", "f:a f:b i:a", "a", "b"},
    {"immutable destination", "f:a f:b i:b", "a", "b"},
    {"append-only destination", "f:a f:b a:b", "a", "b"},
    {"append-only source, free", "f:a a:a", "a", "b"},
    {"immutable parent, free", "d:d f:d/a i:d", "d/a", "d/b"},
    {"immutable parent of the destination", "f:a d:d i:d", "a", "d/b"},
    {"immutable parent of an existing destination", "f:a d:d f:d/b i:d", "a", "d/b"},
    {"append-only parent, free", "d:d f:d/a a:d", "d/a", "d/b"},
    {"immutable directory, free", "d:a i:a", "a", "b"},
    {"immutable, itself", "f:a i:a", "a", "a"},

    /* lengths and loops */
    {"name of 255 bytes, free", "f:a", "a", "%L"},
    {"name of 255 bytes, there", "f:a f:%L", "a", "%L"},
    {"name of 256 bytes", "f:a", "a", "%T"},
    {"source of 256 bytes", "f:b", "%T", "b"},
    {"path over 4096 bytes", "f:a", "a", "%Pb"},
    {"source path over 4096 bytes", "f:a", "%Pa", "b"},
    {"path just below 4096 bytes, free", "f:a", "a", "%Qb"},
    {"path just below 4096 bytes, there", "f:a f:b", "%Qa", "%Qb"},
    {"path just below 4096 bytes, itself", "f:a", "a", "%Qa"},
    {"parent in a loop", "f:a l:k>k", "a", "k/b"},
    {"source's parent in a loop", "l:k>k", "k/a", "b"},
    {"destination a looping link", "f:a l:b>b", "a", "b"},
    {"looping link moved", "l:a>a", "a", "b"},
    {"parent in a loop of two", "f:a l:k>j l:j>k", "a", "k/b"},

    /* pointers */
    {"NULL source", "f:b", POINTER_NULL, "b"},
    {"NULL destination", "f:a", "a", POINTER_NULL},
    {"NULL both", "", POINTER_NULL, POINTER_NULL},
    {"low source", "f:b", POINTER_LOW, "b"},
    {"low destination", "f:a", "a", POINTER_LOW},
    {"unmapped source", "f:b", POINTER_UNMAPPED, "b"},
    {"unmapped destination", "f:a", "a", POINTER_UNMAPPED},
    {"unterminated source", "f:b", POINTER_UNTERMINATED, "b"},
    {"unterminated destination", "f:a", "a", POINTER_UNTERMINATED},
    {"kernel source", "f:b", POINTER_KERNEL, "b"},
    {"kernel destination", "f:a", "a", POINTER_KERNEL},
    {"missing source, NULL destination", "", "a", POINTER_NULL},

    /* descriptors */
    {"from a directory", "d:d f:d/a", "a", "b", AT(AT_DIRECTORY, AT_CWD)},
    {"to a directory", "d:d f:a", "a", "b", AT(AT_CWD, AT_DIRECTORY)},
    {"to a directory, there", "d:d f:a f:d/b", "a", "b", AT(AT_CWD, AT_DIRECTORY)},
    {"itself by a descriptor", "d:d f:d/a", "d/a", "a", AT(AT_CWD, AT_DIRECTORY)},
    {"within an O_PATH directory, there", "d:d f:d/a f:d/b", "a", "b", AT(AT_PATH, AT_PATH)},
    {"bad source descriptor", "f:b", "a", "b", AT(AT_NEGATIVE, AT_CWD)},
    {"bad destination descriptor", "f:a f:b", "a", "b", AT(AT_CWD, AT_NEGATIVE)},
    {"closed descriptor", "f:a f:b", "a", "b", AT(AT_CLOSED, AT_CLOSED)},
    {"descriptor of a file", "f:f f:b", "a", "b", AT(AT_FILE, AT_CWD)},
    {"to the descriptor of a file", "f:f f:a", "a", "b", AT(AT_CWD, AT_FILE)},
    {"absolute paths, bad descriptors", "f:a f:b", "%D/a", "%D/b", AT(AT_CLOSED, AT_NEGATIVE)},
    {"absolute paths, descriptors of a file", "f:a f:f", "%D/a", "%D/b", AT(AT_FILE, AT_FILE)},
    {"empty path and a descriptor", "f:f f:b", "", "b", AT(AT_FILE, AT_CWD)},
    {"to a removed directory", "f:a d:gone u:gone", "a", "b", AT(AT_CWD, AT_REMOVED)},
    {". of a descriptor", "d:d f:a", "a", ".", AT(AT_CWD, AT_DIRECTORY)},

    /* flags */
    {"NOREPLACE, free", "f:a", "a", "b", FLAGS(RENAME_NOREPLACE)},
    {"NOREPLACE, directory, free", "d:a f:a/x", "a", "b", FLAGS(RENAME_NOREPLACE)},
    {"NOREPLACE, there", "f:a f:b", "a", "b", FLAGS(RENAME_NOREPLACE)},
    {"NOREPLACE, itself", "f:a", "a", "a", FLAGS(RENAME_NOREPLACE)},
    {"NOREPLACE, hard link", "f:a h:a>b", "a", "b", FLAGS(RENAME_NOREPLACE)},
    {"NOREPLACE, file onto directory", "f:a d:b", "a", "b", FLAGS(RENAME_NOREPLACE)},
    {"NOREPLACE, onto an empty directory", "d:a d:b", "a", "b", FLAGS(RENAME_NOREPLACE)},
    {"NOREPLACE, dangling link", "f:a l:no>b", "a", "b", FLAGS(RENAME_NOREPLACE)},
    {"NOREPLACE, own subtree", "d:a", "a", "a/b", FLAGS(RENAME_NOREPLACE)},
    {"NOREPLACE, source missing", "f:b", "a", "b", FLAGS(RENAME_NOREPLACE)},
    {"NOREPLACE, slash on a file", "f:a", "a", "b/", FLAGS(RENAME_NOREPLACE)},
    {"NOREPLACE, to another mount, there", "f:a d:m m:m f:m/b", "a", "m/b",
     FLAGS(RENAME_NOREPLACE)},
    {"NOREPLACE, to another mount, free", "f:a d:m m:m", "a", "m/b", FLAGS(RENAME_NOREPLACE)},
    {"NOREPLACE, destination .", "d:a", "a", ".", FLAGS(RENAME_NOREPLACE)},
    {"NOREPLACE, NULL", "", POINTER_NULL, "b", FLAGS(RENAME_NOREPLACE)},
    {"NOREPLACE, descriptor, there", "d:d f:a f:d/b", "a", "b", FLAGS(RENAME_NOREPLACE),
     AT(AT_CWD, AT_DIRECTORY)},
    {"EXCHANGE", "f:a f:b", "a", "b", FLAGS(RENAME_EXCHANGE)},
    {"EXCHANGE, file and directory", "f:a d:b f:b/x", "a", "b", FLAGS(RENAME_EXCHANGE)},
    {"EXCHANGE, free", "f:a", "a", "b", FLAGS(RENAME_EXCHANGE)},
    {"EXCHANGE, to another mount, there", "f:a d:m m:m f:m/b", "a", "m/b", FLAGS(RENAME_EXCHANGE)},
    {"WHITEOUT, free", "f:a", "a", "b", FLAGS(RENAME_WHITEOUT)},
    {"WHITEOUT, there", "f:a f:b", "a", "b", FLAGS(RENAME_WHITEOUT)},
    {"WHITEOUT, hard link", "f:a h:a>b", "a", "b", FLAGS(RENAME_WHITEOUT)},
    {"WHITEOUT and NOREPLACE, free", "f:a", "a", "b", FLAGS(RENAME_WHITEOUT | RENAME_NOREPLACE)},
    {"WHITEOUT and NOREPLACE, there", "f:a f:b", "a", "b",
     FLAGS(RENAME_WHITEOUT | RENAME_NOREPLACE)},
    {"WHITEOUT, another user", "d:d x:777>d f:d/a o:65534>d/a", "d/a", "d/b",
     FLAGS(RENAME_WHITEOUT), OTHER},
    {"EXCHANGE and NOREPLACE", "f:a f:b", "a", "b", FLAGS(RENAME_EXCHANGE | RENAME_NOREPLACE)},
    {"EXCHANGE and WHITEOUT", "f:a f:b", "a", "b", FLAGS(RENAME_EXCHANGE | RENAME_WHITEOUT)},
    {"all three", "f:a f:b", "a", "b", FLAGS(RENAME_EXCHANGE | RENAME_WHITEOUT | RENAME_NOREPLACE)},
    {"an unknown flag", "f:a f:b", "a", "b", FLAGS(8)},
    {"an unknown flag, free", "f:a", "a", "b", FLAGS(8)},
    {"NOREPLACE and an unknown flag", "f:a", "a", "b", FLAGS(RENAME_NOREPLACE | 1u << 31)},
    {"all bits", "f:a f:b", "a", "b", FLAGS(~0u)},
};

#define ROW_COUNT (sizeof rows / sizeof rows[0])

/* Every kind onto every kind: the words that make one of the name in the place of @. */
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
