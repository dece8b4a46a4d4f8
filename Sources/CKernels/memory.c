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
#endif

#if defined(__GLIBC__)
// The end of the heap, where the layers of a network find memory, in large pages too: what is written from layer to layer has more
// small pages than the machine keeps addresses of. Nothing is taken up by that before it is written.
static void prefer_large_pages_at_end(void) {
    enum { PIECES = 4 };
    // Smaller than what is mapped on its own; together they are far more than most networks have at a time.
    const size_t bytes = 24 << 20;
    void *pieces[PIECES];
    for (size_t i = 0; i < PIECES; i++) {
        pieces[i] = malloc(bytes);
        if (pieces[i]) quantd_prefer_large_pages(pieces[i], bytes);
    }
    for (size_t i = 0; i < PIECES; i++) free(pieces[i]);
}
#endif

void quantd_keep_freed(int bytes) {
#if defined(__GLIBC__)
    // The largest that glibc takes (mallopt(3)); pieces beyond it are mapped and unmapped one by one.
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
    mallopt(M_TRIM_THRESHOLD, bytes);
    prefer_large_pages_at_end();
#else
    (void)bytes;
#endif
}

void quantd_hand_back_freed(void) {
#if defined(__GLIBC__)
    malloc_trim(0);
    prefer_large_pages_at_end();
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
