// What the servers of benchmarks have in common: they listen on a port of 127.0.0.1 that the system chooses and print it,
// and give each connection a thread.
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/types.h>

static int send_all(int fd, const char *bytes, size_t count, int flags) {
  while (count > 0) {
    ssize_t sent = send(fd, bytes, count, flags | MSG_NOSIGNAL);
    if (sent <= 0) return -1;
    bytes += sent;
    count -= sent;
  }
  return 0;
}

// Runs `serve` with the descriptor of every connection. Returns only where it cannot listen.
static int serve_all(void *(*serve)(void *)) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 1024)) return 1;
  getsockname(listener, (struct sockaddr *)&address, &size);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  for (;;) {
    int fd = accept(listener, 0, 0);
    pthread_t thread;
    if (fd >= 0 && !pthread_create(&thread, 0, serve, (void *)(long)fd)) pthread_detach(thread);
  }
}
