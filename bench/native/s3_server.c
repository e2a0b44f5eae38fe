// A bare S3 server for benchmarks. Bodies that come are drained without being copied, and counted; what is read comes
// from one block of memory over and over; nothing is kept but names, sizes and tags. No signature is checked.
//
//   s3_server [--cpus LIST] [--delay MS] [--object BUCKET/KEY=SIZE]… [--many BUCKET/PREFIX=COUNTxSIZE]…
//
// A key that begins with digits and a dash (bench/1073741824-1) is there without being told, so large.
// GET /-/counts tells requests, bytes and CPU seconds. Listens on a port of 127.0.0.1 that the system chooses, and prints
// it; ends with its standard input. One thread a connection. With --delay every answer waits so long first.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>
#include "s3_request.h"

static char started[64];
static long delay_ms;

static int answer_object(struct request *r) {
  struct object one;
  if (!find_object(r->name, &one)) return fail(r, "404 Not Found", "NoSuchKey");
  char quoted[64], head[6144], *range = r->field[RANGE];
  snprintf(quoted, sizeof quoted, "\"%s\"", one.etag);
  uint64_t first = 0, last = one.size - 1;
  int failed = -1, size;
  if (r->field[IF_MATCH] && !strstr(r->field[IF_MATCH], quoted)) {
    failed = fail(r, "412 Precondition Failed", "PreconditionFailed");
  } else if (r->field[IF_NONE] && strstr(r->field[IF_NONE], quoted)) {
    failed = answer(r, "304 Not Modified", "", 0);
  } else {
    if (range && !strncmp(range, "bytes=", 6)) {
      range += 6;
      if (*range == '-') {
        uint64_t suffix = strtoull(range + 1, 0, 10);
        first = suffix < one.size ? one.size - suffix : 0;
      } else {
        first = strtoull(range, &range, 10);
        uint64_t asked = range[1] ? strtoull(range + 1, 0, 10) : last;
        if (asked < last) last = asked;
      }
      if (first >= one.size) {
        failed = fail(r, "416 Range Not Satisfiable", "InvalidRange");
        goto done;
      }
    } else range = 0;
    uint64_t count = one.size ? last - first + 1 : 0;
    size = snprintf(head, sizeof head,
        "HTTP/1.1 %s\r\nDate: %s\r\nServer: bench\r\nx-amz-request-id: 0\r\nETag: %s\r\nLast-Modified: %s\r\n"
        "Accept-Ranges: bytes\r\nContent-Type: application/octet-stream\r\nContent-Length: %llu\r\n%s",
        range ? "206 Partial Content" : "200 OK", date(), quoted, started, (unsigned long long)count,
        one.meta ? one.meta : "");
    if (range) {
      size += sprintf(head + size, "Content-Range: bytes %llu-%llu/%llu\r\n", (unsigned long long)first,
          (unsigned long long)last, (unsigned long long)one.size);
    } else if (r->field[MODE]) {
      char text[16];
      uint32_t crc = crc_of_size(one.size);
      unsigned char bytes[4] = {crc >> 24, crc >> 16, crc >> 8, crc};
      size += sprintf(head + size, "x-amz-checksum-crc32c: %s\r\nx-amz-checksum-type: FULL_OBJECT\r\n",
          base64(text, bytes, 4));
    }
    size += sprintf(head + size, "\r\n");
    if (r->is_head) count = 0;
    failed = send_all(r->fd, head, size, count ? MSG_MORE : 0) || send_block(r->fd, first, count);
  }
done:
  free(one.meta);
  return failed;
}

static int answer_list(struct request *r, const char *bucket) {
  char prefix[2048] = "", after[2048] = "", delimiter[16] = "", most[32] = "1000", encoding[16] = "", *text, *from;
  size_t size, listed = 0, limit, skip = strlen(bucket) + 1;
  parameter(r, "prefix", prefix, sizeof prefix);
  parameter(r, "delimiter", delimiter, sizeof delimiter);
  parameter(r, "max-keys", most, sizeof most);
  int as_url = parameter(r, "encoding-type", encoding, sizeof encoding) != 0;
  if (!parameter(r, "continuation-token", after, sizeof after) && !parameter(r, "start-after", after, sizeof after)) {
    parameter(r, "marker", after, sizeof after);
  }
  limit = strtoul(most, 0, 10);
  if (limit > 1000) limit = 1000;
  FILE *out = open_memstream(&text, &size);
  pthread_mutex_lock(&lock);
  sort_objects();
  char start[4200], below[4200], last[2048] = "", group[2048] = "";
  from = strcmp(after, prefix) > 0 ? after : prefix;
  snprintf(start, sizeof start, "%s/%s", bucket, from);
  snprintf(below, sizeof below, "%s/%s", bucket, prefix);
  size_t low = 0, high = sorted_count, more = 0;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (strcmp(sorted[middle]->name, start) < 0) low = middle + 1;
    else high = middle;
  }
  fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/"
      "2006-03-01/\"><Name>%s</Name>", bucket);
  for (; low < sorted_count && !strncmp(sorted[low]->name, below, strlen(below)); low++) {
    struct object *one = sorted[low];
    const char *key = one->name + skip;
    if (!strcmp(key, after) || (*group && !strncmp(key, group, strlen(group)))) continue;
    const char *cut = *delimiter ? strstr(key + strlen(prefix), delimiter) : 0;
    size_t length = cut ? (size_t)(cut - key) + strlen(delimiter) : strlen(key);
    // A group that the page before ended with is not listed again.
    if (cut && !strncmp(key, after, length) && strlen(after) == length) continue;
    if (listed == limit) {
      more = 1;
      break;
    }
    snprintf(last, sizeof last, "%.*s", (int)length, key);
    if (cut) snprintf(group, sizeof group, "%s", last);
    fputs(cut ? "<CommonPrefixes><Prefix>" : "<Contents><Key>", out);
    write_key(out, key, length, as_url);
    if (cut) fputs("</Prefix></CommonPrefixes>", out);
    else {
      fprintf(out, "</Key><LastModified>%s</LastModified><ETag>&quot;%s&quot;</ETag><Size>%llu</Size>"
          "<StorageClass>STANDARD</StorageClass></Contents>", one->modified, one->etag, (unsigned long long)one->size);
    }
    listed++;
  }
  pthread_mutex_unlock(&lock);
  fprintf(out, "<Prefix>");
  write_key(out, prefix, strlen(prefix), as_url);
  fprintf(out, "</Prefix><MaxKeys>%zu</MaxKeys><KeyCount>%zu</KeyCount>%s<IsTruncated>%s</IsTruncated>", limit, listed,
      as_url ? "<EncodingType>url</EncodingType>" : "", more ? "true" : "false");
  for (int i = 0; more && i < 2; i++) {
    const char *tag = i ? "NextMarker" : "NextContinuationToken";
    fprintf(out, "<%s>", tag);
    write_key(out, last, strlen(last), as_url && i);
    fprintf(out, "</%s>", tag);
  }
  fprintf(out, "</ListBucketResult>");
  fclose(out);
  int failed = answer(r, "200 OK", "", text);
  free(text);
  return failed;
}

static int delete_named(struct request *r, const char *bucket, char *body) {
  char name[2048], *save;
  for (char *at = strstr(body, "<Key>"); at; at = strstr(at, "<Key>")) {
    at += 5;
    snprintf(name, sizeof name, "%s/%s", bucket, strtok_r(at, "<", &save));
    delete_object(name);
    at = save;
  }
  return answer(r, "200 OK", "", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<DeleteResult></DeleteResult>");
}

static int answer_bucket(struct request *r, char *bucket, char *body) {
  if (!*bucket) {
    return answer(r, "200 OK", "", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListAllMyBucketsResult><Buckets><Bucket>"
        "<Name>bench</Name><CreationDate>2026-01-01T00:00:00.000Z</CreationDate></Bucket></Buckets>"
        "</ListAllMyBucketsResult>");
  }
  if (!strcmp(r->method, "POST") && has(r, "delete")) return delete_named(r, bucket, body);
  if (!strcmp(r->method, "DELETE")) return answer(r, "204 No Content", "", 0);
  if (strcmp(r->method, "GET")) return answer(r, "200 OK", "x-amz-bucket-region: us-east-1\r\n", 0);
  if (has(r, "location")) {
    return answer(r, "200 OK", "", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<LocationConstraint></LocationConstraint>");
  }
  if (has(r, "versioning")) return answer(r, "200 OK", "", "<VersioningConfiguration></VersioningConfiguration>");
  if (has(r, "uploads")) return answer(r, "200 OK", "", "<ListMultipartUploadsResult></ListMultipartUploadsResult>");
  if (r->query && *r->query && !has(r, "list-type") && !has(r, "prefix") && !has(r, "max-keys")) {
    return fail(r, "501 Not Implemented", "NotImplemented");
  }
  return answer_list(r, bucket);
}

static struct upload **upload_of(unsigned long id) {
  struct upload **place = &uploads;
  while (*place && (*place)->id != id) place = &(*place)->next;
  return place;
}

// Begins an upload, or ends it: as an object where it is completed.
static int answer_upload(struct request *r, const char *id) {
  char text[8192], etag[48];
  const char *key = strchr(r->name, '/') + 1;
  struct upload *one;
  if (!id) {
    one = calloc(1, sizeof *one);
    one->meta = strdup(r->meta);
    pthread_mutex_lock(&lock);
    one->id = ++last_id, one->next = uploads, uploads = one;
    pthread_mutex_unlock(&lock);
    snprintf(text, sizeof text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<InitiateMultipartUploadResult>"
        "<Bucket>%.*s</Bucket><Key>%s</Key><UploadId>%lu</UploadId></InitiateMultipartUploadResult>",
        (int)(key - 1 - r->name), r->name, key, one->id);
    return answer(r, "200 OK", r->checks, text);
  }
  int completed = !strcmp(r->method, "POST"), parts = 0;
  pthread_mutex_lock(&lock);
  struct upload **place = upload_of(strtoul(id, 0, 10));
  if ((one = *place)) {
    *place = one->next;
    uint64_t size = 0;
    for (int i = 0; i < PARTS; i++) if (one->sizes[i]) size += one->sizes[i] - 1, parts++;
    snprintf(etag, sizeof etag, "%016lx-%d", one->id, parts);
    if (completed) put_object(r->name, size, etag, one->meta);
    free(one->meta), free(one);
  }
  pthread_mutex_unlock(&lock);
  if (!one) return fail(r, "404 Not Found", "NoSuchUpload");
  if (!completed) return answer(r, "204 No Content", "", 0);
  int length = snprintf(text, sizeof text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CompleteMultipartUploadResult>"
      "<Location>http://127.0.0.1/%s</Location><ETag>&quot;%s&quot;</ETag>", r->name, etag);
  // The checksum that the client had for the whole is given back: x-amz-checksum-crc32c becomes ChecksumCRC32C.
  char *save, *line = strtok_r(r->checks, "\r\n", &save);
  for (; line; line = strtok_r(0, "\r\n", &save)) {
    char tag[32] = "ChecksumType", *value = strchr(line, ':'), *to = tag + 8;
    *value++ = 0;
    if (strcasecmp(line, "x-amz-checksum-type")) {
      for (char *c = line + 15; *c && to < tag + 31; c++) *to++ = *c >= 'a' && *c <= 'z' ? *c - 32 : *c;
      *to = 0;
    }
    length += snprintf(text + length, sizeof text - length, "<%s>%s</%s>", tag, value + strspn(value, " "), tag);
  }
  snprintf(text + length, sizeof text - length, "</CompleteMultipartUploadResult>");
  return answer(r, "200 OK", "", text);
}

static int answer_put(struct request *r, uint64_t size) {
  static atomic_ulong tags;
  char number[16], id[64], etag[48], head[2048], text[512];
  struct object source;
  int is_part = parameter(r, "partNumber", number, sizeof number) && parameter(r, "uploadId", id, sizeof id), known = 1;
  if (r->field[SOURCE]) {
    char name[2048];
    const char *from = r->field[SOURCE] + (*r->field[SOURCE] == '/');
    decode(name, sizeof name, from, strlen(from));
    if (is_part) return fail(r, "501 Not Implemented", "NotImplemented");
    if (!find_object(name, &source)) return fail(r, "404 Not Found", "NoSuchKey");
    free(source.meta);
    size = source.size;
  }
  snprintf(etag, sizeof etag, "%016lx-1", ++tags);
  // The digest that the client had is the tag, as of an object that was sent in one go.
  unsigned char digest[18];
  if (r->field[MD5] && base64_bytes(digest, r->field[MD5]) == 16) {
    for (int i = 0; i < 16; i++) sprintf(etag + 2 * i, "%02x", digest[i]);
  }
  pthread_mutex_lock(&lock);
  if (is_part) {
    struct upload *one = *upload_of(strtoul(id, 0, 10));
    unsigned part = atoi(number);
    known = one && part < PARTS;
    if (known) one->sizes[part] = size + 1;
  } else if (r->field[IF_NONE] && *place_of(r->name)) known = -1;
  else put_object(r->name, size, etag, r->meta);
  pthread_mutex_unlock(&lock);
  if (known < 0) return fail(r, "412 Precondition Failed", "PreconditionFailed");
  if (!known) return fail(r, "404 Not Found", "NoSuchUpload");
  snprintf(head, sizeof head, "ETag: \"%s\"\r\n%s", etag, r->checks);
  if (!r->field[SOURCE]) return answer(r, "200 OK", head, 0);
  snprintf(text, sizeof text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CopyObjectResult><ETag>&quot;%s&quot;</ETag>"
      "<LastModified>2026-01-01T00:00:00.000Z</LastModified></CopyObjectResult>", etag);
  return answer(r, "200 OK", "", text);
}

static int answer_counts(struct request *r) {
  char text[256];
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  snprintf(text, sizeof text, "{\"requests\":%lu,\"bytesIn\":%lu,\"bytesOut\":%lu,\"cpuSeconds\":%.6f}\n", requests,
      bytes_in, bytes_out, used.ru_utime.tv_sec + used.ru_stime.tv_sec +
      (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6);
  return answer(r, "200 OK", "", text);
}

// Serves one request. Fails where the connection is over.
static int serve_request(struct request *r) {
  if (read_head(r)) return -1;
  char *rest = r->head_end, *body = 0, id[64];
  int64_t size = r->field[LENGTH] ? strtoll(r->field[LENGTH], 0, 10) : 0;
  char *key = strchr(r->name, '/');
  int is_bucket = !key || !key[1], failed = 0;
  if (r->field[EXPECT] && send_all(r->fd, "HTTP/1.1 100 Continue\r\n\r\n", 25, 0)) return -1;
  if (r->field[CODING] && !strcasecmp(r->field[CODING], "chunked")) size = take_chunks(r, &rest);
  else {
    if (is_bucket) body = calloc(1, size + 1);
    if (take(r, &rest, body, size)) failed = -1;
  }
  if (failed || size < 0) {
    free(body);
    return -1;
  }
  struct timespec delay = {delay_ms / 1000, delay_ms % 1000 * 1000000};
  if (delay_ms) nanosleep(&delay, 0);
  if (r->field[DECODED]) size = strtoll(r->field[DECODED], 0, 10);
  if (!strcmp(r->name, "-/counts")) failed = answer_counts(r);
  else if (is_bucket) {
    if (key) *key = 0;
    failed = answer_bucket(r, r->name, body);
  } else if (!strcmp(r->method, "GET") || r->is_head) {
    if (has(r, "uploadId")) failed = fail(r, "404 Not Found", "NoSuchUpload");
    else if (has(r, "tagging")) failed = answer(r, "200 OK", "", "<Tagging><TagSet></TagSet></Tagging>");
    else failed = answer_object(r);
  } else if (!strcmp(r->method, "PUT")) failed = answer_put(r, size);
  else if (!strcmp(r->method, "POST") && has(r, "uploads")) failed = answer_upload(r, 0);
  else if (parameter(r, "uploadId", id, sizeof id)) failed = answer_upload(r, id);
  else if (!strcmp(r->method, "DELETE")) {
    delete_object(r->name);
    failed = answer(r, "204 No Content", "", 0);
  } else failed = fail(r, "405 Method Not Allowed", "MethodNotAllowed");
  free(body);
  if (r->field[CLOSE] && !strcasecmp(r->field[CLOSE], "close")) failed = -1;
  r->held = r->buffer + r->held - rest;
  memmove(r->buffer, rest, r->held);
  return failed;
}

static void *serve(void *argument) {
  struct request *r = calloc(1, sizeof *r);
  int one = 1;
  r->fd = (int)(long)argument;
  setsockopt(r->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  while (!serve_request(r)) {}
  close(r->fd);
  free(r);
  return 0;
}

static void *end_with_input(void *unused) {
  char byte[64];
  while (read(0, byte, sizeof byte) > 0) {}
  exit(0);
  return unused;
}

// Keeps to cores: "0", "2-5", "0,2".
static void pin(const char *list) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (char *at = (char *)list; *at;) {
    long first = strtol(at, &at, 10), last = *at == '-' ? strtol(at + 1, &at, 10) : first;
    for (; first <= last; first++) CPU_SET(first, &set);
    at += *at == ',';
  }
  if (!sched_setaffinity(0, sizeof set, &set)) return;
  fprintf(stderr, "Cannot keep to the cores %s\n", list);
  exit(2);
}

static void add(const char *option, char *value) {
  char name[2048], *equals = strrchr(value, '='), *end;
  if (!equals || !strchr(value, '/')) goto wrong;
  *equals = 0;
  unsigned long long first = strtoull(equals + 1, &end, 10);
  if (!strcmp(option, "--object")) {
    if (*end) goto wrong;
    put_object(value, first, "0123456789abcdef-1", 0);
    return;
  }
  if (*end != 'x') goto wrong;
  unsigned long long size = strtoull(end + 1, &end, 10);
  if (*end) goto wrong;
  for (unsigned long long i = 0; i < first; i++) {
    snprintf(name, sizeof name, "%s%05llu", value, i);
    put_object(name, size, "0123456789abcdef-1", 0);
  }
  return;
wrong:
  fprintf(stderr, "Cannot read %s %s\n", option, value);
  exit(2);
}

int main(int argc, char **argv) {
  make_block();
  snprintf(started, sizeof started, "%s", date());
  for (int i = 1; i < argc; i += 2) {
    char *value = argv[i + 1];
    if (value && !strcmp(argv[i], "--cpus")) pin(value);
    else if (value && !strcmp(argv[i], "--delay")) delay_ms = strtol(value, 0, 10);
    else if (value && (!strcmp(argv[i], "--object") || !strcmp(argv[i], "--many"))) add(argv[i], value);
    else {
      fprintf(stderr, "Cannot read %s: s3_server.c tells the options\n", argv[i]);
      return 2;
    }
  }
  signal(SIGPIPE, SIG_IGN);
  pthread_t thread;
  pthread_create(&thread, 0, end_with_input, 0);
  return serve_all(serve);
}
