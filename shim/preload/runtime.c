/* SPDX-License-Identifier: MIT */
/*
 * Functions that compilers for 32-bit processors call on their own, or that libgcc needs, which is
 * linked statically. They are defined here because the library links no libc.
 */
#if defined(__i386__)
/* Called if the stack protector finds a damaged stack; ends the process. */
_Noreturn void __stack_chk_fail(void);
_Noreturn void __stack_chk_fail_local(void);

void __stack_chk_fail_local(void)
{
    __stack_chk_fail();
}
#elif defined(__arm__)
/* Called for a division by zero; there is none in the library. */
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
