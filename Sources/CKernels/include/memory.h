#ifndef QUANTD_MEMORY_H
#define QUANTD_MEMORY_H

/// Keeps freed memory for whoever asks next, up to so many bytes at the end of the heap.
void quantd_keep_freed(int bytes);

/// Hands what was kept back to the kernel.
void quantd_hand_back_freed(void);

#endif
