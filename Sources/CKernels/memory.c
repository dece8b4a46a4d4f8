// What the C library does with freed memory and with stacks, where it is glibc, and what the kernel does with large pieces, where
// it is Linux.

#if defined(__linux__)
#define _GNU_SOURCE
#endif

#include "CKernels.h"

#include <stdint.h>
#include <stdlib.h>

#if defined(__GLIBC__)
#include <malloc.h>
#include <pthread.h>
#endif
#if defined(__linux__)
#include <sys/mman.h>
#include <sys/resource.h>
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

void quantd_bound_stacks(size_t bytes) {
#if defined(__GLIBC__)
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) return;
    if (pthread_attr_setstacksize(&attributes, bytes) == 0) (void)pthread_setattr_default_np(&attributes);
    pthread_attr_destroy(&attributes);
#else
    (void)bytes;
#endif
}

void quantd_prefer_large_pages(void *start, size_t bytes) {
#if defined(__linux__)
    // Only whole ones, so that nothing beside them becomes larger by it. The heap keeps the mark for what lies there later, until
    // its pages are handed back.
    const uintptr_t page = 2 << 20, first = ((uintptr_t)start + page - 1) / page * page;
    const uintptr_t end = ((uintptr_t)start + bytes) / page * page;
    if (first < end) (void)madvise((void *)first, end - first, MADV_HUGEPAGE);
#else
    (void)start;
    (void)bytes;
#endif
}

void quantd_prefer_large_pages_at_end(void) {
#if defined(__GLIBC__) && defined(__linux__)
    // Together far more than most networks have at a time; each smaller than what is mapped on its own.
    enum { PIECES = 4, BYTES = 24 << 20 };
    // What the heap has grown by counts, used or not: whoever may have little keeps it for what it needs.
    struct rlimit limit;
    const rlim_t much = (rlim_t)10 * PIECES * BYTES;
    if (getrlimit(RLIMIT_DATA, &limit) != 0 || limit.rlim_cur < much) return;
    void *pieces[PIECES];
    for (size_t i = 0; i < PIECES; i++) {
        pieces[i] = malloc(BYTES);
        if (pieces[i]) quantd_prefer_large_pages(pieces[i], BYTES);
    }
    for (size_t i = 0; i < PIECES; i++) free(pieces[i]);
#endif
}
