#include "instructions.h"

int quantd_has(quantd_instructions set) {
    switch (set) {
    case QUANTD_PORTABLE:
        return 1;
#if defined(__x86_64__)
    case QUANTD_AVX2:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
    case QUANTD_AVX512:
        return quantd_has(QUANTD_AVX2) && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
            && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")
            && __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vnni");
#endif
    default:
        return 0;
    }
}

int quantd_fuses(quantd_instructions set) {
#if defined(__ARM_FEATURE_FMA)
    return 1;
#else
    return set != QUANTD_PORTABLE;
#endif
}
