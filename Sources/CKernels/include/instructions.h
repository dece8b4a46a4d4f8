#ifndef QUANTD_INSTRUCTIONS_H
#define QUANTD_INSTRUCTIONS_H

/// The sets of instructions for which kernels are built. Every kernel is told which one it shall use, and that must be one that
/// the machine has.
typedef enum {
    QUANTD_PORTABLE, ///< what every machine of the architecture has
    QUANTD_AVX2,     ///< AVX2 with FMA and F16C
    QUANTD_AVX512    ///< AVX-512 (F, BW, VL, DQ, VBMI) with VNNI
} quantd_instructions;

/// Whether this machine has them.
int quantd_has(quantd_instructions set);

/// Whether products are fused into sums with them.
int quantd_fuses(quantd_instructions set);

#endif
