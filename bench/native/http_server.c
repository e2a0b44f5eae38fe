// A bare HTTP/1.1 server for benchmarks: GET /<bytes> answers that many bytes, any other method drains its body. PUT is
// answered as clients of object services want it: created, with an etag and the id of Azure's answers.
// Listens on a port of 127.0.0.1 that the system chooses, and prints it. One thread a connection.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>
#include "loopback.h"

#define BLOCK (4 << 20)
static char block[BLOCK];

static void *serve(void *argument) {
  int fd = (int)(long)argument, one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  char *sink = malloc(BLOCK), head[16384];
  size_t held = 0;
  for (;;) {
    char *end;
    while (!(end = memmem(head, held, "\r\n\r\n", 4))) {
      ssize_t count = held < sizeof head ? recv(fd, head + held, sizeof head - held, 0) : -1;
      if (count <= 0) goto done;
      held += count;
    }
    *end = 0;
    size_t head_size = end + 4 - head, length = 0, size = 0;
    char *field = strcasestr(head, "content-length:");
    if (field) length = strtoull(field + 15, 0, 10);
    if (strcasestr(head, "100-continue") && send_all(fd, "HTTP/1.1 100 Continue\r\n\r\n", 25, 0)) goto done;
    const char *status = strncmp(head, "PUT ", 4) ? "200 OK" : "201 Created";
    if (!strncmp(head, "GET /", 5)) size = strtoull(head + 5, 0, 10);
    size_t rest = held - head_size, taken = rest < length ? rest : length;
    memmove(head, head + head_size + taken, held = rest - taken);
    for (size_t left = length - taken; left > 0;) {
      ssize_t count = recv(fd, sink, left < BLOCK ? left : BLOCK, 0);
      if (count <= 0) goto done;
      left -= count;
    }
    char answer[512];
    int answer_size = snprintf(answer, sizeof answer,
        "HTTP/1.1 %s\r\nDate: Sat, 21 Nov 2026 00:00:00 GMT\r\nServer: bench\r\nETag: \"0123456789abcdef\"\r\n"
        "Last-Modified: Sat, 21 Nov 2026 00:00:00 GMT\r\nx-ms-request-id: 0\r\nx-ms-version: 2026-02-06\r\n"
        "Content-Type: application/octet-stream\r\nContent-Length: %zu\r\n\r\n", status, size);
    if (send_all(fd, answer, answer_size, size ? MSG_MORE : 0)) goto done;
    for (size_t left = size; left > 0;) {
      size_t count = left < BLOCK ? left : BLOCK;
      if (send_all(fd, block, count, 0)) goto done;
      left -= count;
    }
  }
done:
  free(sink);
  close(fd);
  return 0;
}

int main(void) {
  return serve_all(serve);
}
