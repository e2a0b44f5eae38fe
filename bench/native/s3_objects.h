// What s3_server.c has: one block of bytes, of which all objects are made, and names with sizes and tags.
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// Byte i of every object is byte i mod PERIOD of the block, so that ranges of powers of two all differ.
#define PERIOD ((1u << 20) - 4096u)
#define BUCKETS (1u << 17)
#define PARTS 10001

static unsigned char block[PERIOD] __attribute__((aligned(4096)));
static uint32_t block_crc;

static uint32_t crc_table[256];

static uint32_t crc_of(uint32_t crc, const unsigned char *bytes, size_t count) {
  for (crc = ~crc; count > 0; count--) crc = crc >> 8 ^ crc_table[(crc ^ *bytes++) & 255];
  return ~crc;
}

static uint32_t times(const uint32_t *matrix, uint32_t vector) {
  uint32_t sum = 0;
  for (int i = 0; vector; i++, vector >>= 1) if (vector & 1) sum ^= matrix[i];
  return sum;
}

// The checksum of two pieces, the second of which has `count` bytes.
static uint32_t crc_combine(uint32_t first, uint32_t second, uint64_t count) {
  uint32_t step[32], square[32];
  step[0] = 0x82f63b78;  // One zero bit.
  for (int i = 1; i < 32; i++) step[i] = 1u << (i - 1);
  for (uint64_t bits = count * 8; bits > 0; bits >>= 1) {
    if (bits & 1) first = times(step, first);
    for (int i = 0; i < 32; i++) square[i] = times(step, step[i]);
    memcpy(step, square, sizeof step);
  }
  return first ^ second;
}

static uint32_t crc_of_size(uint64_t size) {
  static _Thread_local uint64_t last_size = -1;
  static _Thread_local uint32_t last;
  if (size == last_size) return last;
  uint32_t crc = 0, power = block_crc;
  uint64_t length = PERIOD;
  for (uint64_t count = size / PERIOD; count > 0; count >>= 1) {
    if (count & 1) crc = crc_combine(crc, power, length);
    power = crc_combine(power, power, length);
    length *= 2;
  }
  crc = crc_combine(crc, crc_of(0, block, size % PERIOD), size % PERIOD);
  last_size = size;
  return last = crc;
}

static void make_block(void) {
  for (uint32_t i = 0; i < 256; i++) {
    crc_table[i] = i;
    for (int k = 0; k < 8; k++) crc_table[i] = crc_table[i] & 1 ? crc_table[i] >> 1 ^ 0x82f63b78 : crc_table[i] >> 1;
  }
  uint32_t *words = (uint32_t *)block, x = 1;
  for (uint32_t i = 0; i < PERIOD / 4; i++) {
    x ^= x << 13, x ^= x >> 17, x ^= x << 5;
    words[i] = x;
  }
  block_crc = crc_of(0, block, PERIOD);
}

// What is there, by bucket and key in one name.
struct object {
  struct object *next;
  char *name, *meta, etag[48];
  uint64_t size;
  char modified[32];
};

struct upload {
  struct upload *next;
  unsigned long id;
  char *meta;
  uint64_t sizes[PARTS];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct object *table[BUCKETS], **sorted;
static struct upload *uploads;
static size_t object_count, sorted_count;
static int is_sorted;
static unsigned long last_id;

static struct object **place_of(const char *name) {
  uint32_t hash = 2166136261u;
  for (const char *c = name; *c; c++) hash = (hash ^ (unsigned char)*c) * 16777619u;
  struct object **place = &table[hash % BUCKETS];
  while (*place && strcmp((*place)->name, name)) place = &(*place)->next;
  return place;
}

static void iso_time(char *out) {
  time_t now = time(0);
  struct tm parts;
  strftime(out, 32, "%Y-%m-%dT%H:%M:%S.000Z", gmtime_r(&now, &parts));
}

// Puts, or replaces, an object; with the lock held.
static void put_object(const char *name, uint64_t size, const char *etag, const char *meta) {
  struct object **place = place_of(name), *one = *place;
  if (!one) {
    one = *place = calloc(1, sizeof *one);
    one->name = strdup(name);
    object_count++;
    is_sorted = 0;
  }
  free(one->meta);
  one->meta = meta && *meta ? strdup(meta) : 0;
  one->size = size;
  snprintf(one->etag, sizeof one->etag, "%s", etag);
  iso_time(one->modified);
}

static void delete_object(const char *name) {
  pthread_mutex_lock(&lock);
  struct object **place = place_of(name), *one = *place;
  if (one) {
    *place = one->next;
    free(one->name), free(one->meta), free(one);
    object_count--;
    is_sorted = 0;
  }
  pthread_mutex_unlock(&lock);
}

// Whether there is such an object; what it is goes to `out`, whose metadata the caller frees.
static int find_object(const char *name, struct object *out) {
  memset(out, 0, sizeof *out);
  pthread_mutex_lock(&lock);
  struct object *one = *place_of(name);
  if (one) {
    *out = *one;
    out->meta = one->meta ? strdup(one->meta) : 0;
  }
  pthread_mutex_unlock(&lock);
  if (one) return 1;
  const char *key = strchr(name, '/');
  char *end = 0;
  if (key) out->size = strtoull(key + 1, &end, 10);
  if (!key || end == key + 1 || *end != '-') return 0;
  snprintf(out->etag, sizeof out->etag, "%llu-1", (unsigned long long)out->size);
  return 1;
}

static int by_name(const void *a, const void *b) {
  return strcmp((*(struct object *const *)a)->name, (*(struct object *const *)b)->name);
}

static void sort_objects(void) {
  if (is_sorted) return;
  sorted = realloc(sorted, (object_count + 1) * sizeof *sorted);
  sorted_count = 0;
  for (size_t i = 0; i < BUCKETS; i++) {
    for (struct object *one = table[i]; one; one = one->next) sorted[sorted_count++] = one;
  }
  qsort(sorted, sorted_count, sizeof *sorted, by_name);
  is_sorted = 1;
}
