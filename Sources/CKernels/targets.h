#ifndef QUANTD_TARGETS_H
#define QUANTD_TARGETS_H

// A kernel is one always inlined body. On x86-64 it stands twice in the library: in a function for every machine, and in
// one for machines with AVX2 and FMA, which is chosen while running. The body is written with vectors of 32 bytes, which
// the compiler cuts in two where registers are shorter.

#define INLINE static inline __attribute__((always_inline))

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2,fma")))
#define HAS_AVX2() (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
#endif

#endif
