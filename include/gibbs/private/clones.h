/* gibbs/private/clones.h - one function, compiled for several processors, chosen when the program starts.
 *
 * Put GIBBS_CLONES before the definition of a static function that holds a hot loop:
 *   GIBBS_CLONES static void add_products(...) { ... }
 * Promises: the program runs on any x86-64, and at full width where AVX2 with FMA, or AVX-512, is there.
 * Static functions only, for clang 14 gives a cloned public function a name that other files do not find.  What such
 * a function calls must be inlined into it (static inline) to be widened with it. */
#ifndef GIBBS_PRIVATE_CLONES_H
#define GIBBS_PRIVATE_CLONES_H

#if defined(__SANITIZE_ADDRESS__)
#define GIBBS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GIBBS_SANITIZED 1
#endif
#endif

/* The choice is made by the loader, before the sanitizers' own start, hence none of it there. */
#if !defined(__x86_64__) || !defined(__gnu_linux__) || defined(GIBBS_SANITIZED)
#define GIBBS_CLONES
#elif defined(__clang__)
#define GIBBS_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define GIBBS_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#endif

#endif
