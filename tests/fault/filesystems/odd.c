/* SPDX-License-Identifier: MIT */
/*
 * odd BACKING MOUNTPOINT [WORD…]: a FUSE filesystem that shows the folder BACKING without some of what
 * others have. It has no RENAME_NOREPLACE, like sshfs or rclone. The words:
 *
 *   fold       case does not count, in ASCII and Latin-1, as with macOS, Windows and their servers
 *   inodes     it shows the inode numbers of BACKING; else libfuse makes them up, a number for a path
 *   links=no   there are no hard links
 *   over=no    no directory is renamed over an empty one, as in object stores
 *   colons=no  a name with a colon is EINVAL, as on NTFS and FAT
 */
#define FUSE_USE_VERSION 31
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_SIZE 8192

static const char *backing;
static int folds, has_inodes, lacks_links, lacks_over, lacks_colons;

/* The next character, folded; é is two bytes, of which the second one has the case. */
static unsigned folded(const unsigned char **at)
{
    const unsigned first = *(*at)++;

    if (first != 0xC3 || **at < 0x80)
        return first >= 'A' && first <= 'Z' ? first + 32 : first;
    return 0x100 + ((*(*at)++) | 0x20U);
}

static int is_alike(const char *one, const char *other)
{
    const unsigned char *left = (const unsigned char *)one;
    const unsigned char *right = (const unsigned char *)other;

    while (*left && *right)
        if (folded(&left) != folded(&right))
            return 0;
    return *left == *right;
}

/* Puts the name behind the directory in `out`: as it is spelt there, if that directory has one alike. */
static void append(char *out, const char *name)
{
    DIR *const directory = folds ? opendir(out) : NULL;
    const struct dirent *entry = NULL;

    strcat(out, "/");
    while (directory && (entry = readdir(directory)) && !is_alike(entry->d_name, name))
        ;
    strcat(out, entry ? entry->d_name : name);
    if (directory)
        closedir(directory);
}

/* The path below BACKING. */
static const char *real(const char *path, char *out)
{
    char words[PATH_SIZE];
    char *rest = words;

    strcpy(out, backing);
    strcpy(words, path);
    for (char *word; (word = strsep(&rest, "/"));)
        if (*word)
            append(out, word);
    return out;
}

static int answer(long result)
{
    return result < 0 ? -errno : (int)result;
}

static int is_forbidden(const char *path)
{
    return lacks_colons && strchr(path, ':') != NULL;
}

static int odd_getattr(const char *path, struct stat *out, struct fuse_file_info *info)
{
    char at[PATH_SIZE];

    (void)info;
    return answer(lstat(real(path, at), out));
}

static int odd_readdir(const char *path, void *out, fuse_fill_dir_t fill, off_t offset,
                       struct fuse_file_info *info, enum fuse_readdir_flags flags)
{
    char at[PATH_SIZE];
    DIR *const directory = opendir(real(path, at));
    const struct dirent *entry;

    (void)offset, (void)info, (void)flags;
    if (!directory)
        return -errno;
    while ((entry = readdir(directory)))
        fill(out, entry->d_name, NULL, 0, 0);
    closedir(directory);
    return 0;
}

static int odd_readlink(const char *path, char *out, size_t size)
{
    char at[PATH_SIZE];
    const ssize_t length = readlink(real(path, at), out, size - 1);

    if (length >= 0)
        out[length] = '\0';
    return length < 0 ? -errno : 0;
}

static int odd_symlink(const char *target, const char *path)
{
    char at[PATH_SIZE];

    return answer(symlink(target, real(path, at)));
}

static int odd_mkdir(const char *path, mode_t mode)
{
    char at[PATH_SIZE];

    return is_forbidden(path) ? -EINVAL : answer(mkdir(real(path, at), mode));
}

static int odd_unlink(const char *path)
{
    char at[PATH_SIZE];

    return answer(unlink(real(path, at)));
}

static int odd_rmdir(const char *path)
{
    char at[PATH_SIZE];

    return answer(rmdir(real(path, at)));
}

static int odd_link(const char *source, const char *path)
{
    char from[PATH_SIZE];
    char to[PATH_SIZE];

    if (lacks_links)
        return -EPERM;
    return is_forbidden(path) ? -EINVAL : answer(link(real(source, from), real(path, to)));
}

static int odd_rename(const char *source, const char *path, unsigned flags)
{
    char from[PATH_SIZE];
    char to[PATH_SIZE];
    struct stat is;

    if (flags || is_forbidden(path))
        return -EINVAL;
    real(source, from);
    real(path, to);
    if (strcmp(from, to) == 0) /* a change of case */
        strcpy(strrchr(to, '/'), strrchr(path, '/'));
    else if (lacks_over && lstat(to, &is) == 0 && S_ISDIR(is.st_mode))
        return -EEXIST;
    return answer(rename(from, to));
}

static int odd_chmod(const char *path, mode_t mode, struct fuse_file_info *info)
{
    char at[PATH_SIZE];

    (void)info;
    return answer(chmod(real(path, at), mode));
}

static int odd_utimens(const char *path, const struct timespec times[2],
                       struct fuse_file_info *info)
{
    char at[PATH_SIZE];

    (void)info;
    return answer(utimensat(AT_FDCWD, real(path, at), times, AT_SYMLINK_NOFOLLOW));
}

static int odd_truncate(const char *path, off_t size, struct fuse_file_info *info)
{
    char at[PATH_SIZE];

    (void)info;
    return answer(truncate(real(path, at), size));
}

static int odd_open(const char *path, struct fuse_file_info *info)
{
    char at[PATH_SIZE];
    const int fd = open(real(path, at), info->flags);

    info->fh = (uint64_t)fd;
    return fd < 0 ? -errno : 0;
}

static int odd_create(const char *path, mode_t mode, struct fuse_file_info *info)
{
    char at[PATH_SIZE];
    const int fd = is_forbidden(path) ? (errno = EINVAL, -1)
                                      : open(real(path, at), info->flags | O_CREAT, mode);

    info->fh = (uint64_t)fd;
    return fd < 0 ? -errno : 0;
}

static int odd_read(const char *path, char *out, size_t size, off_t offset,
                    struct fuse_file_info *info)
{
    (void)path;
    return answer(pread((int)info->fh, out, size, offset));
}

static int odd_write(const char *path, const char *bytes, size_t size, off_t offset,
                     struct fuse_file_info *info)
{
    (void)path;
    return answer(pwrite((int)info->fh, bytes, size, offset));
}

static int odd_release(const char *path, struct fuse_file_info *info)
{
    (void)path;
    close((int)info->fh);
    return 0;
}

/* Nothing is remembered, so that the numbers are those of BACKING at any time. */
static void *odd_init(struct fuse_conn_info *connection, struct fuse_config *config)
{
    (void)connection;
    config->use_ino = has_inodes;
    config->entry_timeout = config->attr_timeout = config->negative_timeout = 0;
    return NULL;
}

static const struct fuse_operations operations = {
    .init = odd_init,
    .getattr = odd_getattr,
    .readdir = odd_readdir,
    .readlink = odd_readlink,
    .symlink = odd_symlink,
    .mkdir = odd_mkdir,
    .unlink = odd_unlink,
    .rmdir = odd_rmdir,
    .link = odd_link,
    .rename = odd_rename,
    .chmod = odd_chmod,
    .utimens = odd_utimens,
    .truncate = odd_truncate,
    .open = odd_open,
    .create = odd_create,
    .read = odd_read,
    .write = odd_write,
    .release = odd_release,
};

int main(int count, char **arguments)
{
    char *fuse_arguments[] = {arguments[0], count > 2 ? arguments[2] : NULL, NULL};

    backing = count > 2 ? realpath(arguments[1], NULL) : NULL;
    if (!backing) {
        fputs("usage: odd BACKING MOUNTPOINT [WORD...]\n", stderr);
        return 2;
    }
    for (int i = 3; i < count; i++) {
        folds |= strcmp(arguments[i], "fold") == 0;
        has_inodes |= strcmp(arguments[i], "inodes") == 0;
        lacks_links |= strcmp(arguments[i], "links=no") == 0;
        lacks_over |= strcmp(arguments[i], "over=no") == 0;
        lacks_colons |= strcmp(arguments[i], "colons=no") == 0;
    }
    umask(0);
    return fuse_main(2, fuse_arguments, &operations, NULL);
}
