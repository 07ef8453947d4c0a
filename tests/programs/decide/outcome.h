/* SPDX-License-Identifier: MIT */
#ifndef NOCLOBBER_TESTS_DECIDE_OUTCOME_H
#define NOCLOBBER_TESTS_DECIDE_OUTCOME_H

/* What one rename did: its result, and the tree before and after it as text. */

#include <sys/stat.h>
#include <sys/types.h>

#define TREE_TEXT 8192

/* One end of the rename before the call: lstat(2) of the path without trailing slashes. */
struct end {
    int is_there;
    int is_dot; /* its last component is `.`, `..` or none */
    int is_full_directory;
    int is_empty; /* zero bytes */
    mode_t mode;
    dev_t device;
    ino_t inode;
    nlink_t links;
    int is_fixed;   /* immutable or append-only */
    int is_mounted; /* a mount point */
};

/* What one call did. */
struct outcome {
    int is_done;
    int error;  /* 0: success */
    int kept;   /* errno was left alone */
    int result; /* what was returned */
    int setup_error;
    char setup_word[64];
    struct end source;
    struct end destination;
    char before[TREE_TEXT];
    char after[TREE_TEXT];
};

#endif
