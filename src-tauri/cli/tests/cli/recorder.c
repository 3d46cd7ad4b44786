/* Writes down what a program does to the files of one folder, and what it answers: preloaded into the real program, so that
 * a test can make up every state in which a power cut could have left the disk (lost_writes.rs).
 *
 * A record: one byte what, then three numbers of 8 bytes (offset, length of the path, length of the bytes), path, bytes.
 * For a rename the bytes are the new path; for a length the offset is the length. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static int out = -1;
static const char *folder;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void begin(void) {
  folder = getenv("RECORDED_FOLDER");
  const char *log = getenv("RECORDED_TO");
  if (folder && log)
    out = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void all(const void *bytes, size_t count) {
  const char *from = bytes;
  while (count > 0) {
    long written = syscall(SYS_write, out, from, count);
    if (written <= 0) abort();
    from += written;
    count -= (size_t)written;
  }
}

static void note(char what, uint64_t offset, const char *path, const void *bytes, uint64_t count) {
  if (out < 0) return;
  int kept = errno;
  uint64_t numbers[3] = {offset, strlen(path), count};
  pthread_mutex_lock(&turn);
  all(&what, 1);
  all(numbers, sizeof numbers);
  all(path, numbers[1]);
  all(bytes, count);
  pthread_mutex_unlock(&turn);
  errno = kept;
}

static int inside(const char *path) { return folder && strncmp(path, folder, strlen(folder)) == 0; }

/* The path of an open file, if it lies in the folder. */
static int path_of(int fd, char path[4096]) {
  if (out < 0 || fd == out) return 0;
  int kept = errno;
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, 4095);
  errno = kept;
  if (length <= 0) return 0;
  path[length] = 0;
  return inside(path);
}

#define REAL(name) ((typeof(&name))dlsym(RTLD_NEXT, #name))

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
  ssize_t done = REAL(pwrite64)(fd, bytes, count, at);
  char path[4096];
  if (done > 0 && path_of(fd, path)) note('w', (uint64_t)at, path, bytes, (uint64_t)done);
  return done;
}
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) { return pwrite64(fd, bytes, count, at); }

ssize_t write(int fd, const void *bytes, size_t count) {
  if (fd == 1) note('a', 0, "", bytes, count);
  char path[4096];
  int known = fd != 1 && path_of(fd, path);
  off64_t at = known ? lseek64(fd, 0, SEEK_CUR) : 0;
  ssize_t done = REAL(write)(fd, bytes, count);
  if (done > 0 && known) note('w', (uint64_t)at, path, bytes, (uint64_t)done);
  return done;
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  ssize_t done = 0;
  for (int at = 0; at < count; at++) {
    ssize_t one = write(fd, parts[at].iov_base, parts[at].iov_len);
    if (one < 0) return done ? done : one;
    done += one;
    if ((size_t)one < parts[at].iov_len) break;
  }
  return done;
}

/* Copies inside the kernel are not seen: say that there are none, and the program writes by itself. */
ssize_t copy_file_range(int a, off64_t *b, int c, off64_t *d, size_t e, unsigned f) {
  (void)a, (void)b, (void)c, (void)d, (void)e, (void)f;
  errno = ENOSYS;
  return -1;
}
ssize_t sendfile64(int a, int b, off64_t *c, size_t d) {
  (void)a, (void)b, (void)c, (void)d;
  errno = ENOSYS;
  return -1;
}
ssize_t sendfile(int a, int b, off_t *c, size_t d) { return sendfile64(a, b, c, d); }

int ftruncate64(int fd, off64_t length) {
  int done = REAL(ftruncate64)(fd, length);
  char path[4096];
  if (done == 0 && path_of(fd, path)) note('t', (uint64_t)length, path, "", 0);
  return done;
}
int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

int fsync(int fd) {
  int done = REAL(fsync)(fd);
  char path[4096];
  if (done == 0 && path_of(fd, path)) note('s', 0, path, "", 0);
  return done;
}
int fdatasync(int fd) {
  int done = REAL(fdatasync)(fd);
  char path[4096];
  if (done == 0 && path_of(fd, path)) note('s', 0, path, "", 0);
  return done;
}

static void opened(const char *path, int flags, int existed, int fd) {
  if (fd < 0 || !inside(path)) return;
  if (!existed) note('c', 0, path, "", 0);
  else if (flags & O_TRUNC) note('t', 0, path, "", 0);
}

int open64(const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  mode_t mode = va_arg(more, int);
  va_end(more);
  struct stat facts;
  int existed = stat(path, &facts) == 0;
  int fd = REAL(open64)(path, flags, mode);
  opened(path, flags, existed, fd);
  return fd;
}
int open(const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  mode_t mode = va_arg(more, int);
  va_end(more);
  return open64(path, flags, mode);
}
int openat64(int at, const char *path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  mode_t mode = va_arg(more, int);
  va_end(more);
  if (at == AT_FDCWD || path[0] == '/') return open64(path, flags, mode);
  return REAL(openat64)(at, path, flags, mode);
}

int rename(const char *from, const char *to) {
  int done = REAL(rename)(from, to);
  if (done == 0 && (inside(from) || inside(to))) note('r', 0, from, to, strlen(to));
  return done;
}
int unlink(const char *path) {
  int done = REAL(unlink)(path);
  if (done == 0 && inside(path)) note('u', 0, path, "", 0);
  return done;
}
int unlinkat(int at, const char *name, int flags) {
  char path[4096 + 256];
  int known = name[0] == '/' ? snprintf(path, sizeof path, "%s", name) > 0 : at != AT_FDCWD && path_of(at, path);
  int done = REAL(unlinkat)(at, name, flags);
  if (done == 0 && known && !(flags & AT_REMOVEDIR)) {
    if (name[0] != '/') strcat(strcat(path, "/"), name);
    if (inside(path)) note('u', 0, path, "", 0);
  }
  return done;
}
