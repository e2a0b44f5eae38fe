// A connection of s3_server.c and the request on it: heads are read and written here, and bodies moved.
#define _GNU_SOURCE
#include <netinet/in.h>
#include <stdatomic.h>
#include <strings.h>
#include <sys/socket.h>
#include "loopback.h"
#include "s3_objects.h"

#define FIELDS 11

static atomic_ulong requests, bytes_in, bytes_out;

enum { LENGTH, RANGE, MD5, DECODED, CODING, MODE, IF_MATCH, IF_NONE, EXPECT, CLOSE, SOURCE };
static const char *const names[FIELDS] = {"content-length", "range", "content-md5", "x-amz-decoded-content-length",
  "transfer-encoding", "x-amz-checksum-mode", "if-match", "if-none-match", "expect", "connection", "x-amz-copy-source"};

struct request {
  int fd;
  char buffer[65536], *head_end;
  size_t held;
  char *method, *path, *query, *field[FIELDS];
  char name[2048];                // Bucket and key, decoded.
  char meta[4096], checks[1024];  // Lines of the head that are given back.
  int is_head;
};

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static const char *base64(char *out, const unsigned char *bytes, int count) {
  char *to = out;
  for (int i = 0; i < count; i += 3) {
    uint32_t three = bytes[i] << 16 | (i + 1 < count ? bytes[i + 1] << 8 : 0) | (i + 2 < count ? bytes[i + 2] : 0);
    for (int k = 0; k < 4; k++) *to++ = i + k > count ? '=' : digits[three >> (18 - 6 * k) & 63];
  }
  *to = 0;
  return out;
}

// Decodes 18 bytes at most, and gives how many there were.
static int base64_bytes(unsigned char *out, const char *text) {
  int count = 0;
  uint32_t bits = 0, held = 0;
  for (const char *at; *text && count < 18 && (at = strchr(digits, *text)); text++) {
    bits = bits << 6 | (uint32_t)(at - digits);
    if ((held += 6) >= 8) out[count++] = bits >> (held -= 8);
  }
  return count;
}

static int send_block(int fd, uint64_t offset, uint64_t count) {
  while (count > 0) {
    uint64_t at = offset % PERIOD, now = PERIOD - at < count ? PERIOD - at : count;
    if (send_all(fd, (char *)block + at, now, 0)) return -1;
    bytes_out += now;
    offset += now;
    count -= now;
  }
  return 0;
}

static const char *date(void) {
  static _Thread_local char text[64];
  static _Thread_local time_t last;
  time_t now = time(0);
  struct tm parts;
  if (now != last) strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&now, &parts));
  last = now;
  return text;
}

// Answers with a head of `extra` lines and a body of text.
static int answer(struct request *r, const char *status, const char *extra, const char *text) {
  size_t length = text ? strlen(text) : 0, room = 1024 + strlen(extra) + length;
  char *out = malloc(room);
  int none = !strncmp(status, "204", 3) || !strncmp(status, "304", 3);
  int size = snprintf(out, room, "HTTP/1.1 %s\r\nDate: %s\r\nServer: bench\r\nx-amz-request-id: 0\r\n%s%s", status, date(),
      extra, length ? "Content-Type: application/xml\r\n" : "");
  if (!none) size += snprintf(out + size, room - size, "Content-Length: %zu\r\n", length);
  size += snprintf(out + size, room - size, "\r\n%s", r->is_head || !length ? "" : text);
  int failed = send_all(r->fd, out, size, 0);
  free(out);
  return failed;
}

static int fail(struct request *r, const char *status, const char *code) {
  char text[256];
  snprintf(text, sizeof text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>%s</Code><Message>%s</Message>"
      "<RequestId>0</RequestId></Error>", code, code);
  return answer(r, status, "", text);
}

static void decode(char *out, size_t room, const char *from, size_t count) {
  char *end = out + room - 1;
  for (size_t i = 0; i < count && out < end; i++) {
    unsigned value;
    if (from[i] == '%' && i + 2 < count && sscanf(from + i + 1, "%2x", &value) == 1) *out++ = value, i += 2;
    else *out++ = from[i];
  }
  *out = 0;
}

// The value of a name in the query, decoded; null where the name is not there.
static char *parameter(struct request *r, const char *name, char *out, size_t room) {
  size_t length = strlen(name);
  for (char *at = r->query; at && *at; at += *at == '&') {
    size_t size = strcspn(at, "&");
    if (!strncmp(at, name, length) && (at[length] == '=' || length == size)) {
      decode(out, room, at + length + 1, size > length ? size - length - 1 : 0);
      for (char *c = out; *c; c++) if (*c == '+') *c = ' ';
      return out;
    }
    at += size;
  }
  return 0;
}

static int has(struct request *r, const char *name) {
  char value[2048];
  return parameter(r, name, value, sizeof value) != 0;
}

static void keep_line(char *lines, size_t room, const char *line) {
  size_t used = strlen(lines);
  if (used + strlen(line) + 3 < room) sprintf(lines + used, "%s\r\n", line);
}

// Reads a head; what follows it stays in the buffer. Fails where the connection has ended.
static int read_head(struct request *r) {
  char *end;
  while (!(end = memmem(r->buffer, r->held, "\r\n\r\n", 4))) {
    if (r->held == sizeof r->buffer) return -1;
    ssize_t count = recv(r->fd, r->buffer + r->held, sizeof r->buffer - r->held, 0);
    if (count <= 0) return -1;
    r->held += count;
  }
  r->head_end = end + 4;
  *end = 0;
  memset(r->field, 0, sizeof r->field);
  *r->meta = *r->checks = 0;
  char *next, *line = strstr(r->buffer, "\r\n");
  for (line = line ? line + 2 : end; line < end; line = next) {
    next = strstr(line, "\r\n");
    if (next) *next = 0, next += 2;
    else next = end;
    if (!strncasecmp(line, "x-amz-meta-", 11)) keep_line(r->meta, sizeof r->meta, line);
    if (!strncasecmp(line, "x-amz-checksum-c", 16) || !strncasecmp(line, "x-amz-checksum-sha", 18) ||
        !strncasecmp(line, "x-amz-checksum-type", 19)) keep_line(r->checks, sizeof r->checks, line);
    size_t length = strcspn(line, ":");
    for (int i = 0; i < FIELDS; i++) {
      if (strlen(names[i]) == length && !strncasecmp(line, names[i], length)) {
        r->field[i] = line + length + 1 + strspn(line + length + 1, " ");
      }
    }
  }
  r->method = strtok_r(r->buffer, " ", &next);
  r->path = strtok_r(0, " ", &next);
  if (!r->path || *r->path != '/') return -1;
  r->is_head = !strcmp(r->method, "HEAD");
  if ((r->query = strchr(r->path, '?'))) *r->query++ = 0;
  decode(r->name, sizeof r->name, r->path + 1, strlen(r->path + 1));
  requests++;
  return 0;
}

// Takes bytes of the body: to `out` where there is one, else away.
static int take(struct request *r, char **rest, char *out, uint64_t count) {
  bytes_in += count;
  uint64_t here = r->buffer + r->held - *rest, now = here < count ? here : count;
  if (out) memcpy(out, *rest, now), out += now;
  *rest += now;
  for (count -= now; count > 0;) {
    size_t most = count < 1 << 20 ? count : 1 << 20;
    ssize_t got = recv(r->fd, out, most, MSG_WAITALL | (out ? 0 : MSG_TRUNC));
    if (got <= 0) return -1;
    if (out) out += got;
    count -= got;
  }
  return 0;
}

// Drains a body that comes in chunks. Gives its size, or -1.
static int64_t take_chunks(struct request *r, char **rest) {
  for (int64_t size = 0;;) {
    char line[256];
    size_t length = 0;
    while (length < 2 || line[length - 1] != '\n') {
      if (length == sizeof line || take(r, rest, line + length, 1)) return -1;
      length++;
    }
    uint64_t count = strtoull(line, 0, 16);
    if (take(r, rest, count ? 0 : line, count + 2)) return -1;
    if (!count) return size;
    size += count;
  }
}

// Writes a key, escaped as XML, or as a URL where that is asked for.
static void write_key(FILE *out, const char *key, size_t length, int as_url) {
  for (; length > 0; key++, length--) {
    unsigned char c = *key;
    if (as_url && !strchr("-_.~/", c) && !(c >= '0' && c <= '9') && !((c | 32) >= 'a' && (c | 32) <= 'z')) {
      fprintf(out, "%%%02X", c);
    } else if (strchr("<>&\"'", c) || c < 32) fprintf(out, "&#%d;", c);
    else putc(c, out);
  }
}
