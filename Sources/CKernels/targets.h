#ifndef QUANTD_TARGETS_H
#define QUANTD_TARGETS_H

#include <stddef.h>

#include "instructions.h"

// A kernel is one always inlined body, `name_body`. It stands in the library once for each set of instructions that its
// architecture knows, and KERNEL makes a table of these by their set. Bodies are written with vectors of 64 bytes, or of 32 where
// many are held at a time; the compiler cuts them where registers are shorter.

#define INLINE static inline __attribute__((always_inline))

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2,fma,f16c")))
#define AVX512 __attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512vnni")))

#define KERNEL(result, name, parameters, arguments) \
    static result name##_portable parameters { return name##_body arguments; } \
    AVX2 static result name##_avx2 parameters { return name##_body arguments; } \
    AVX512 static result name##_avx512 parameters { return name##_body arguments; } \
    static result(*const name##_of[]) parameters = {name##_portable, name##_avx2, name##_avx512}
#else
#define KERNEL(result, name, parameters, arguments) \
    static result name##_portable parameters { return name##_body arguments; } \
    static result(*const name##_of[]) parameters = {name##_portable}
#endif

INLINE size_t least(size_t a, size_t b) { return a < b ? a : b; }

#endif
