// What the C library does with freed memory, where it is glibc.

#include "CKernels.h"

#include <stdlib.h>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

void quantd_keep_freed(int bytes) {
#if defined(__GLIBC__)
    // The largest that glibc takes (mallopt(3)); pieces beyond it are mapped and unmapped one by one.
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, bytes);
#else
    (void)bytes;
#endif
}

void quantd_hand_back_freed(void) {
#if defined(__GLIBC__)
    malloc_trim(0);
#endif
}
