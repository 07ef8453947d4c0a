/* SPDX-License-Identifier: MIT */
/*
 * What compilers for 32-bit processors call on their own, and what this library then wants of no
 * libc: the static part of the compiler's own library is linked, and would want these.
 */
#if defined(__i386__)
/* The end of a process whose stack is damaged. */
_Noreturn void __stack_chk_fail(void);
_Noreturn void __stack_chk_fail_local(void);

void __stack_chk_fail_local(void)
{
    __stack_chk_fail();
}
#elif defined(__arm__)
/* A division by zero, of which there is none here. */
_Noreturn void __aeabi_idiv0(void);
_Noreturn void __aeabi_ldiv0(void);

void __aeabi_idiv0(void)
{
    __builtin_trap();
}

void __aeabi_ldiv0(void)
{
    __builtin_trap();
}
#else
typedef int nothing_here;
#endif
