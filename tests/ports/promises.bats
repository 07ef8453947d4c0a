#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# scripts/check-library finds each promise broken: a library that keeps them all, and one for each that it does not keep.

load ../common

# library [FLAG…]: links ./l.so of library.c with the flags that the Makefile gives, and these.
library() {
  need cc
  cat >library.c <<'END'
int rename(void) { return 0; }
int renameat(void) { return 0; }
int renameat2(void) { return 0; }
int syscall(void) { return 0; }
#ifdef EXTRA
EXTRA
#endif
END
  cc -w -fPIC -fno-stack-protector -nostdlib -shared -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,-z,noseparate-code -o l.so \
    library.c "$@"
}

# breaks WORDS: check-library says so, and fails.
breaks() {
  run "$ROOT/scripts/check-library" l.so
  echo "$output"
  [ "$status" -eq 1 ]
  [[ $output == "check-library: l.so: "*"$1"* ]]
}

@test "the library that was built keeps its promises, and one of four empty functions" {
  "$ROOT/scripts/check-library" "$SHIM"
  library
  "$ROOT/scripts/check-library" l.so --small
}

@test "the library as it is built by default is small" {
  make -s -C "$ROOT" BUILD="$PWD/b" "$PWD/b/libnoclobber.so"
  run "$ROOT/scripts/check-library" b/libnoclobber.so --small
  echo "$output"
  # Only CI knows which compiler it has.
  [ "$status" -eq 0 ] || [ -n "${CI-}" ] || skip "this compiler makes more of it: $output"
  [ "$status" -eq 0 ]
}

@test "a fifth name, or one that is missing" {
  library -DEXTRA='int renameat3(void) { return 0; }'
  breaks "exports 'rename renameat renameat2 renameat3 syscall'"
  library -Drenameat2=other
  breaks "it should be rename renameat renameat2 syscall"
}

@test "a name that not every libc has" {
  library -DEXTRA='extern int gnu_get_libc_version(void); int *use(void); int __attribute__((visibility("hidden"))) (*pointer)(void) = gnu_get_libc_version;'
  breaks "wants 'gnu_get_libc_version' of its host"
}

@test "dlsym that a host must have" {
  library -DEXTRA='extern int dlsym(void); __attribute__((visibility("hidden"))) int (*pointer)(void) = dlsym;'
  breaks "it is to be weak"
}

@test "a library that it needs, or symbol versions" {
  library -Wl,--no-as-needed -lc
  breaks "names a library it needs"
  printf 'MINE_1 { rename; renameat; renameat2; syscall; };' >versions
  library -Wl,--version-script=versions
  breaks "rename@@MINE_1"
}

@test "more relocations than 16" {
  library -DEXTRA='static int here; __attribute__((visibility("hidden"))) int *table[] = {&here, &here, &here, &here, &here, &here, &here, &here, &here, &here, &here, &here, &here, &here, &here, &here, &here};'
  breaks "has 17 dynamic relocations"
  run "$ROOT/scripts/check-library" --warn l.so
  [ "$status" -eq 0 ]
  [[ $output == "check-library: l.so: warning: has 17 dynamic relocations"* ]]
}

@test "segments: more than two, writable code, no read-only relocations, an executable stack, late resolution" {
  library -Wl,-z,separate-code
  breaks "other segments than one to read and execute, and one to write"
  library -Wl,-z,norelro
  breaks "leaves writable what is only to be relocated"
  library -Wl,-z,execstack
  breaks "an executable stack"
  library -DEXTRA='extern unsigned long getauxval(unsigned long); __attribute__((visibility("hidden"))) unsigned long use(void) { return getauxval(1); }' -Wl,-z,lazy
  breaks "resolves names late"
  library -DEXTRA='__attribute__((visibility("hidden"), section(".both,\"awx\",@progbits#"))) int both = 1;' -Wl,--no-warn-rwx-segments
  breaks "may be written and executed"
}

@test "more than 32 KiB to map are an error by --small, which CI asks for, and a warning by --warn" {
  case $(uname -m) in x86_64 | aarch64) ;; *) skip "x86-64 and aarch64 alone promise it" ;; esac
  library -DEXTRA='__attribute__((visibility("hidden"))) const char table[33000] = {1};'
  "$ROOT/scripts/check-library" l.so
  run "$ROOT/scripts/check-library" l.so --small
  [ "$status" -eq 1 ]
  [[ $output == *"bytes to map; at most 32 KiB" ]]
  run "$ROOT/scripts/check-library" --small --warn l.so
  [ "$status" -eq 0 ]
  [[ $output == "check-library: l.so: warning: has "*" bytes to map; at most 32 KiB" ]]
}
