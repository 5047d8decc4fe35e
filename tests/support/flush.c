/* SPDX-License-Identifier: ISC */
/*
 * VARIANT=cov alone (mk/cov.mk): a forked child of a test that ends by _exit
 * counts as well. The linker puts this in front of libc's, and takes it out of
 * the archive only then. Side: tests.
 */

void __gcov_dump(void); /* libgcov; gcc(1), --coverage */
_Noreturn void __real__exit(int status);
_Noreturn void __wrap__exit(int status);

_Noreturn void
__wrap__exit(int status)
{
	__gcov_dump();
	__real__exit(status);
}
