#ifndef QUANTD_PROCESSOR_H
#define QUANTD_PROCESSOR_H

/// Says that this thread looks at memory until it changes.
static inline void quantd_relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb");
#endif
}

#endif
