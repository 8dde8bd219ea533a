/* gibbs/private/clones.h - one function, compiled for several processors, chosen when the program starts.
 *
 * Put GIBBS_CLONES before the definition of a static function that holds a hot loop:
 *   GIBBS_CLONES static void add_products(...) { ... }
 * Promises: the program runs on any x86-64, and at full width where AVX2 with FMA, or AVX-512, is there.
 * What such a function calls must be inlined into it (static inline) to be widened with it.  Static functions only,
 * so that no other file sees the choice. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_PRIVATE_CLONES_H
#define GIBBS_PRIVATE_CLONES_H

#if defined(__SANITIZE_ADDRESS__)
#define GIBBS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GIBBS_SANITIZED 1
#endif
#endif

/* None under the sanitizers, for the loader chooses before they have started; none with clang, whose version 14 knows
 * neither the levels of x86-64 nor a clone for two features together, and gives the choosing function a public name.
 */
#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(GIBBS_SANITIZED) && !defined(__clang__)
#define GIBBS_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define GIBBS_CLONES
#endif

#endif
