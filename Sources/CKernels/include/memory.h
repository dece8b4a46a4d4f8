#ifndef QUANTD_MEMORY_H
#define QUANTD_MEMORY_H

#include <stddef.h>

/// Keeps freed memory for whoever asks next, up to so many bytes at the end of the heap.
void quantd_keep_freed(int bytes);

/// Hands what was kept back to the kernel.
void quantd_hand_back_freed(void);

/// Asks for pages of 2 MiB where memory that is not yet written has room for whole ones; what streams through it then looks up
/// fewer addresses.
void quantd_prefer_large_pages(void *start, size_t bytes);

#endif
