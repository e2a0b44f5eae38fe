// Reads a file by pread into one page-aligned, touched buffer, twice, and prints the seconds of the second time.
// Usage: pread FILE CHUNK
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  size_t chunk = strtoull(argv[2], NULL, 10);
  int fd = open(argv[1], O_RDONLY);
  struct stat st;
  if (fd < 0 || fstat(fd, &st) != 0) return 1;
  char *buffer = aligned_alloc(4096, (st.st_size + 4095) / 4096 * 4096);
  memset(buffer, 1, st.st_size);
  double seconds = 0;
  for (int pass = 0; pass < 2; pass++) {
    struct timespec a, b;
    clock_gettime(CLOCK_MONOTONIC, &a);
    for (off_t at = 0; at < st.st_size;) {
      ssize_t n = pread(fd, buffer + at, chunk, at);
      if (n <= 0) return 1;
      at += n;
    }
    clock_gettime(CLOCK_MONOTONIC, &b);
    seconds = (b.tv_sec - a.tv_sec) + (b.tv_nsec - a.tv_nsec) / 1e9;
  }
  printf("%.6f\n", seconds);
  return 0;
}
