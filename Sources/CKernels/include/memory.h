#ifndef QUANTD_MEMORY_H
#define QUANTD_MEMORY_H

#include <stddef.h>

/// Keeps freed memory for whoever asks next, up to so many bytes at the end of the heap.
void quantd_keep_freed(int bytes);

/// Hands what was kept back to the kernel.
void quantd_hand_back_freed(void);

/// Gives the threads that are started from now on stacks of so many bytes.
void quantd_bound_stacks(size_t bytes);

/// Asks for pages of 2 MiB where there is room for whole ones, before the memory is written; what streams through it then looks
/// up fewer addresses. It is no error where the kernel has none.
void quantd_prefer_large_pages(void *start, size_t bytes);

/// Asks for large pages at the end of the heap, as far as 96 MiB; they are taken up when they are written. Does nothing where the
/// process may have less than ten times as much.
void quantd_prefer_large_pages_at_end(void);

#endif
