/*
 * Stands between a process and the C library (LD_PRELOAD): lets chosen calls on files below one
 * directory fail, fall short, be dropped, be delayed or kill the process, and writes down what
 * was done to those files.
 *
 * Environment:
 *   DJINN_SHIM_PREFIX   directory, absolute and without links; calls on other files pass through
 *   DJINN_SHIM_CONTROL  file of CONTROL_BYTES, mapped shared: rules go in, counts come out
 *   DJINN_SHIM_LOG      file the operations are appended to; none are where it is not set
 *
 * The control file: generation (8 bytes, raised last whenever the rules were changed, which sets
 * the counts to 0), calls a rule has acted on (8), calls of each kind (8 each, in the order of
 * enum kind), and from RULES_OFFSET on the rules, a line each, ended by a zero byte:
 *
 *   call:when:action:glob[:once]
 *
 * call is a name below, "any", or "change" for those that change files; when is a number (that call
 * and all later ones; with ":once" that one alone), "*", or "p" and a probability; the glob is
 * matched with the path below the prefix. Actions: an error name, SHORT, DROP, DELAY=microseconds,
 * KILL (before the call), KILL_AFTER, TORN=sectors (of a write only so many, then a kill),
 * STALE_SYNC (a sync fails, and later ones of the file succeed without doing anything).
 *
 * A record of the log: kind, length of path, length of second path, length of data (4 bytes each),
 * offset, size (8 each); then path, second path, data. Paths are below the prefix. Operations that
 * failed or were dropped are not in it. Calls that change files take turns, so that the order of
 * the records is the order of the effects.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define CONTROL_BYTES 65536
#define RULES_OFFSET 4096
#define COUNTS_OFFSET 16
#define MAX_PATH 1024
#define MAX_RULES 32
#define MAX_STALE 32
#define SECTOR 512

enum kind {
  PREAD, PWRITE, PWRITEV, WRITE, FSYNC, FDATASYNC, TRUNCATE, ALLOCATE,
  OPEN, RENAME, UNLINK, MKDIR, SYNC_RANGE, MMAP, KINDS, ANY, CHANGE
};

/* Kinds of log records that are no kinds of calls. */
enum { SYNC_DIRECTORY = 64, CREATE = 65 };

static const char *const NAMES[KINDS] = {
  "pread64", "pwrite64", "pwritev64", "write", "fsync", "fdatasync", "ftruncate64", "fallocate64",
  "open64", "rename", "unlink", "mkdir", "sync_file_range", "mmap64"
};

enum action { PASS, FAIL, SHORT, DROP, DELAY, KILL, KILL_AFTER, TORN, STALE_SYNC };

struct rule {
  int kind;
  uint64_t nth;
  double probability;
  enum action action;
  long argument;
  char glob[256];
  int once;
  uint64_t seen;
  int used;
};

struct verdict {
  enum action action;
  long argument;
};

static const struct { const char *name; int number; } ERRORS[] = {
  {"EIO", EIO}, {"ENOSPC", ENOSPC}, {"EDQUOT", EDQUOT}, {"EMFILE", EMFILE}, {"ENOMEM", ENOMEM},
  {"EACCES", EACCES}, {"EROFS", EROFS}, {"EFBIG", EFBIG}, {"ENOENT", ENOENT}, {"EINTR", EINTR}
};

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static char prefix[MAX_PATH];
static size_t prefix_length;
static char *control;
static int log_fd = -1;
static uint64_t generation = UINT64_MAX;
static struct rule rules[MAX_RULES];
static int rule_count;
static char stale[MAX_STALE][MAX_PATH];
static int stale_count;
static uint64_t random_state = 0x9E3779B97F4A7C15u;

static ssize_t (*real_pread)(int, void *, size_t, off64_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off64_t);
static ssize_t (*real_pwritev)(int, const struct iovec *, int, off64_t);
static ssize_t (*real_write)(int, const void *, size_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_ftruncate)(int, off64_t);
static int (*real_posix_fallocate)(int, off64_t, off64_t);
static int (*real_fallocate)(int, int, off64_t, off64_t);
static int (*real_open)(const char *, int, ...);
static int (*real_openat)(int, const char *, int, ...);
static int (*real_renameat)(int, const char *, int, const char *);
static int (*real_unlinkat)(int, const char *, int);
static int (*real_mkdir)(const char *, mode_t);
static int (*real_sync_file_range)(int, off64_t, off64_t, unsigned int);
static void *(*real_mmap)(void *, size_t, int, int, int, off64_t);

static void die(const char *what) {
  fprintf(stderr, "faultshim: %s: %s\n", what, strerror(errno));
  abort();
}

static void *next(const char *name) {
  void *found = dlsym(RTLD_NEXT, name);
  if (found == NULL) {
    die(name);
  }
  return found;
}

static void start(void) {
  real_pread = next("pread64");
  real_pwrite = next("pwrite64");
  real_pwritev = next("pwritev64");
  real_write = next("write");
  real_fsync = next("fsync");
  real_fdatasync = next("fdatasync");
  real_ftruncate = next("ftruncate64");
  real_posix_fallocate = next("posix_fallocate64");
  real_fallocate = next("fallocate64");
  real_open = next("open64");
  real_openat = next("openat64");
  real_renameat = next("renameat");
  real_unlinkat = next("unlinkat");
  real_mkdir = next("mkdir");
  real_sync_file_range = next("sync_file_range");
  real_mmap = next("mmap64");
  const char *directory = getenv("DJINN_SHIM_PREFIX");
  const char *control_file = getenv("DJINN_SHIM_CONTROL");
  const char *log_file = getenv("DJINN_SHIM_LOG");
  if (directory == NULL || control_file == NULL) {
    return;
  }
  int fd = real_open(control_file, O_RDWR | O_CLOEXEC);
  if (fd < 0) {
    die(control_file);
  }
  control = real_mmap(NULL, CONTROL_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (control == MAP_FAILED) {
    die("mapping the control file");
  }
  close(fd);
  if (log_file != NULL) {
    log_fd = real_open(log_file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (log_fd < 0) {
      die(log_file);
    }
  }
  snprintf(prefix, sizeof prefix, "%s/", directory);
  prefix_length = strlen(prefix);
}

static void begin(void) { pthread_once(&once, start); }

/* The path below the prefix, or NULL where the file lies elsewhere. */
static const char *below(const char *path) {
  return prefix_length > 0 && strncmp(path, prefix, prefix_length) == 0 ? path + prefix_length
                                                                       : NULL;
}

/* The same of an open file. Any error number is kept. */
static const char *path_of(int fd, char *buffer) {
  begin();
  if (prefix_length == 0 || fd < 0) {
    return NULL;
  }
  int saved = errno;
  char link[40];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, buffer, MAX_PATH - 1);
  errno = saved;
  if (length < 0) {
    return NULL;
  }
  buffer[length] = 0;
  return below(buffer);
}

static int kind_of(const char *name) {
  if (strcmp(name, "any") == 0) {
    return ANY;
  }
  if (strcmp(name, "change") == 0) {
    return CHANGE;
  }
  for (int i = 0; i < KINDS; i++) {
    if (strcmp(name, NAMES[i]) == 0) {
      return i;
    }
  }
  return -1;
}

static int parse_action(char *word, struct rule *rule) {
  char *equals = strchr(word, '=');
  rule->argument = 1;
  if (equals != NULL) {
    *equals = 0;
    rule->argument = atol(equals + 1);
  }
  static const struct { const char *name; enum action action; } ACTIONS[] = {
    {"SHORT", SHORT}, {"DROP", DROP}, {"DELAY", DELAY}, {"KILL", KILL},
    {"KILL_AFTER", KILL_AFTER}, {"TORN", TORN}, {"STALE_SYNC", STALE_SYNC}
  };
  for (size_t i = 0; i < sizeof ACTIONS / sizeof *ACTIONS; i++) {
    if (strcmp(word, ACTIONS[i].name) == 0) {
      rule->action = ACTIONS[i].action;
      return 1;
    }
  }
  for (size_t i = 0; i < sizeof ERRORS / sizeof *ERRORS; i++) {
    if (strcmp(word, ERRORS[i].name) == 0) {
      rule->action = FAIL;
      rule->argument = ERRORS[i].number;
      return 1;
    }
  }
  return 0;
}

static int parse_rule(char *line, struct rule *rule) {
  char *rest = line;
  char *words[5] = {0};
  for (int i = 0; i < 5 && rest != NULL; i++) {
    words[i] = strsep(&rest, ":");
  }
  if (words[3] == NULL || rest != NULL) {
    return 0;
  }
  memset(rule, 0, sizeof *rule);
  rule->kind = kind_of(words[0]);
  if (words[1][0] == 'p') {
    rule->probability = atof(words[1] + 1);
  } else {
    rule->nth = strcmp(words[1], "*") == 0 ? 1 : strtoull(words[1], NULL, 10);
  }
  snprintf(rule->glob, sizeof rule->glob, "%s", words[3]);
  rule->once = words[4] != NULL && strcmp(words[4], "once") == 0;
  return rule->kind >= 0 && parse_action(words[2], rule);
}

/* Reads the rules anew where they have changed. */
static void look_at_rules(void) {
  uint64_t present = __atomic_load_n((uint64_t *) control, __ATOMIC_ACQUIRE);
  if (present == generation) {
    return;
  }
  generation = present;
  memset(control + 8, 0, 8 + 8 * KINDS);
  rule_count = 0;
  stale_count = 0;
  char text[CONTROL_BYTES - RULES_OFFSET];
  memcpy(text, control + RULES_OFFSET, sizeof text);
  text[sizeof text - 1] = 0;
  char *rest = text;
  for (char *line = strsep(&rest, "\n"); line != NULL; line = strsep(&rest, "\n")) {
    if (*line == 0) {
      continue;
    }
    char said[300];
    snprintf(said, sizeof said, "rule %s", line);
    if (rule_count == MAX_RULES || !parse_rule(line, &rules[rule_count])) {
      errno = EINVAL;
      die(said);
    }
    rule_count++;
  }
}

static int changes(int kind) { return kind != PREAD && kind != OPEN && kind != MMAP; }

static double random_number(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return (double) (random_state >> 11) / 9007199254740992.0;
}

/* Counts a call and says what becomes of it. Takes the turn, which leave() gives back. */
static struct verdict enter(enum kind kind, const char *path) {
  struct verdict verdict = {PASS, 0};
  pthread_mutex_lock(&turn);
  look_at_rules();
  ((uint64_t *) (control + COUNTS_OFFSET))[kind]++;
  for (int i = 0; i < rule_count; i++) {
    struct rule *rule = &rules[i];
    int is_meant = rule->kind == ANY || rule->kind == (int) kind
                   || (rule->kind == CHANGE && changes(kind));
    if (!is_meant || fnmatch(rule->glob, path, 0) != 0) {
      continue;
    }
    rule->seen++;
    int acts = rule->probability > 0
                   ? random_number() < rule->probability
                   : rule->seen == rule->nth || (rule->seen > rule->nth && !rule->once);
    if (acts && !(rule->once && rule->used) && verdict.action == PASS) {
      rule->used = 1;
      verdict.action = rule->action;
      verdict.argument = rule->argument;
    }
  }
  if (verdict.action != PASS) {
    __atomic_add_fetch((uint64_t *) (control + 8), 1, __ATOMIC_RELEASE);
  }
  if (verdict.action == KILL) {
    kill(getpid(), SIGKILL);
    pause();
  }
  if (verdict.action == DELAY) {
    pthread_mutex_unlock(&turn);
    struct timespec time = {verdict.argument / 1000000, verdict.argument % 1000000 * 1000};
    nanosleep(&time, NULL);
    pthread_mutex_lock(&turn);
  }
  return verdict;
}

static void leave(struct verdict verdict) {
  if (verdict.action == KILL_AFTER || verdict.action == TORN) {
    kill(getpid(), SIGKILL);
    pause();
  }
  pthread_mutex_unlock(&turn);
}

static int fails(struct verdict verdict) {
  if (verdict.action == FAIL) {
    errno = (int) verdict.argument;
  }
  return verdict.action == FAIL;
}

static void append(const void *bytes, size_t length) {
  const char *at = bytes;
  while (length > 0) {
    ssize_t count = real_write(log_fd, at, length);
    if (count < 0) {
      die("writing the log");
    }
    at += count;
    length -= (size_t) count;
  }
}

static void record(uint32_t kind, const char *path, const char *second, const void *data,
                   size_t data_length, int64_t offset, int64_t size) {
  if (log_fd < 0) {
    return;
  }
  int saved = errno;
  uint32_t lengths[4] = {kind, (uint32_t) strlen(path),
                         second == NULL ? 0 : (uint32_t) strlen(second), (uint32_t) data_length};
  int64_t numbers[2] = {offset, size};
  append(lengths, sizeof lengths);
  append(numbers, sizeof numbers);
  append(path, lengths[1]);
  append(second, lengths[2]);
  append(data, data_length);
  errno = saved;
}

/* How much of a write is let through: what a full sector count or half of it leaves, at least 1. */
static size_t shortened(struct verdict verdict, size_t length) {
  if (verdict.action == TORN) {
    size_t torn = (size_t) verdict.argument * SECTOR;
    return torn < length ? torn : length;
  }
  return verdict.action == SHORT && length > 1 ? length / 2 : length;
}

static ssize_t write_at(enum kind kind, int fd, const char *path, const void *data, size_t length,
                        off64_t offset) {
  struct verdict verdict = enter(kind, path);
  ssize_t count = -1;
  if (verdict.action == DROP) {
    count = (ssize_t) length;
  } else if (!fails(verdict)) {
    size_t wanted = shortened(verdict, length);
    if (kind == WRITE) {
      offset = lseek64(fd, 0, (fcntl(fd, F_GETFL) & O_APPEND) != 0 ? SEEK_END : SEEK_CUR);
      count = real_write(fd, data, wanted);
    } else {
      count = real_pwrite(fd, data, wanted, offset);
    }
    if (count > 0) {
      record(PWRITE, path, NULL, data, (size_t) count, offset, count);
    }
  }
  leave(verdict);
  return count;
}

ssize_t pread64(int fd, void *data, size_t length, off64_t offset) {
  char buffer[MAX_PATH];
  const char *path = path_of(fd, buffer);
  if (path == NULL) {
    return real_pread(fd, data, length, offset);
  }
  struct verdict verdict = enter(PREAD, path);
  ssize_t count = fails(verdict) ? -1 : real_pread(fd, data, shortened(verdict, length), offset);
  leave(verdict);
  return count;
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
  char buffer[MAX_PATH];
  const char *path = path_of(fd, buffer);
  return path == NULL ? real_pwrite(fd, data, length, offset)
                      : write_at(PWRITE, fd, path, data, length, offset);
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) {
  return pwrite64(fd, data, length, offset);
}

ssize_t write(int fd, const void *data, size_t length) {
  char buffer[MAX_PATH];
  const char *path = path_of(fd, buffer);
  return path == NULL ? real_write(fd, data, length) : write_at(WRITE, fd, path, data, length, 0);
}

/* Written part by part: a gathering write may be short at any byte anyway. */
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset) {
  char buffer[MAX_PATH];
  const char *path = path_of(fd, buffer);
  if (path == NULL) {
    return real_pwritev(fd, parts, count, offset);
  }
  ssize_t done = 0;
  for (int i = 0; i < count; i++) {
    ssize_t part =
        write_at(PWRITEV, fd, path, parts[i].iov_base, parts[i].iov_len, offset + done);
    if (part < 0) {
      return done > 0 ? done : -1;
    }
    done += part;
    if ((size_t) part < parts[i].iov_len) {
      break;
    }
  }
  return done;
}

static int is_stale(const char *path) {
  for (int i = 0; i < stale_count; i++) {
    if (strcmp(stale[i], path) == 0) {
      return 1;
    }
  }
  return 0;
}

static int sync_of(enum kind kind, int fd, const char *path, int (*real)(int)) {
  struct verdict verdict = enter(kind, path);
  int result = -1;
  if (verdict.action == STALE_SYNC) {
    if (stale_count < MAX_STALE && !is_stale(path)) {
      snprintf(stale[stale_count++], MAX_PATH, "%s", path);
      errno = EIO;
    } else {
      result = 0;
    }
  } else if (verdict.action == DROP || is_stale(path)) {
    result = 0;
  } else if (!fails(verdict)) {
    result = real(fd);
    if (result == 0) {
      struct stat64 status;
      int is_directory = fstat64(fd, &status) == 0 && S_ISDIR(status.st_mode);
      record(is_directory ? SYNC_DIRECTORY : kind, path, NULL, NULL, 0, 0, 0);
    }
  }
  leave(verdict);
  return result;
}

int fsync(int fd) {
  char buffer[MAX_PATH];
  const char *path = path_of(fd, buffer);
  return path == NULL ? real_fsync(fd) : sync_of(FSYNC, fd, path, real_fsync);
}

int fdatasync(int fd) {
  char buffer[MAX_PATH];
  const char *path = path_of(fd, buffer);
  return path == NULL ? real_fdatasync(fd) : sync_of(FDATASYNC, fd, path, real_fdatasync);
}

int ftruncate64(int fd, off64_t size) {
  char buffer[MAX_PATH];
  const char *path = path_of(fd, buffer);
  if (path == NULL) {
    return real_ftruncate(fd, size);
  }
  struct verdict verdict = enter(TRUNCATE, path);
  int result = verdict.action == DROP ? 0 : -1;
  if (verdict.action != DROP && !fails(verdict)) {
    result = real_ftruncate(fd, size);
    if (result == 0) {
      record(TRUNCATE, path, NULL, NULL, 0, 0, size);
    }
  }
  leave(verdict);
  return result;
}

int posix_fallocate64(int fd, off64_t offset, off64_t length) {
  char buffer[MAX_PATH];
  const char *path = path_of(fd, buffer);
  if (path == NULL) {
    return real_posix_fallocate(fd, offset, length);
  }
  struct verdict verdict = enter(ALLOCATE, path);
  int result = verdict.action == FAIL ? (int) verdict.argument : 0;
  if (result == 0 && verdict.action != DROP) {
    result = real_posix_fallocate(fd, offset, length);
    if (result == 0) {
      record(ALLOCATE, path, NULL, NULL, 0, offset, length);
    }
  }
  leave(verdict);
  return result;
}

int fallocate64(int fd, int mode, off64_t offset, off64_t length) {
  char buffer[MAX_PATH];
  const char *path = path_of(fd, buffer);
  if (path == NULL) {
    return real_fallocate(fd, mode, offset, length);
  }
  struct verdict verdict = enter(ALLOCATE, path);
  int result = verdict.action == DROP ? 0 : -1;
  if (verdict.action != DROP && !fails(verdict)) {
    result = real_fallocate(fd, mode, offset, length);
    if (result == 0) {
      record(ALLOCATE, path, NULL, NULL, 0, offset, length);
    }
  }
  leave(verdict);
  return result;
}

static int open_at(int directory, const char *name, int flags, mode_t mode) {
  begin();
  const char *path = below(name);
  if (path == NULL) {
    return real_openat(directory, name, flags, mode);
  }
  struct verdict verdict = enter(OPEN, path);
  int fd = -1;
  if (!fails(verdict)) {
    struct stat64 status;
    int creates = (flags & O_CREAT) != 0 && stat64(name, &status) != 0;
    fd = real_openat(directory, name, flags, mode);
    if (fd >= 0 && creates) {
      record(CREATE, path, NULL, NULL, 0, 0, 0);
    }
  }
  leave(verdict);
  return fd;
}

int open64(const char *name, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return open_at(AT_FDCWD, name, flags, mode);
}

int openat64(int directory, const char *name, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  return open_at(directory, name, flags, mode);
}

int renameat(int from_directory, const char *from, int to_directory, const char *to) {
  begin();
  const char *path = below(from);
  const char *second = below(to);
  if (path == NULL || second == NULL) {
    return real_renameat(from_directory, from, to_directory, to);
  }
  struct verdict verdict = enter(RENAME, path);
  int result = verdict.action == DROP ? 0 : -1;
  if (verdict.action != DROP && !fails(verdict)) {
    result = real_renameat(from_directory, from, to_directory, to);
    if (result == 0) {
      record(RENAME, path, second, NULL, 0, 0, 0);
    }
  }
  leave(verdict);
  return result;
}

int rename(const char *from, const char *to) { return renameat(AT_FDCWD, from, AT_FDCWD, to); }

int unlinkat(int directory, const char *name, int flags) {
  begin();
  const char *path = below(name);
  if (path == NULL) {
    return real_unlinkat(directory, name, flags);
  }
  struct verdict verdict = enter(UNLINK, path);
  int result = verdict.action == DROP ? 0 : -1;
  if (verdict.action != DROP && !fails(verdict)) {
    result = real_unlinkat(directory, name, flags);
    if (result == 0) {
      record(UNLINK, path, NULL, NULL, 0, 0, 0);
    }
  }
  leave(verdict);
  return result;
}

int unlink(const char *name) { return unlinkat(AT_FDCWD, name, 0); }

int mkdir(const char *name, mode_t mode) {
  begin();
  const char *path = below(name);
  if (path == NULL) {
    return real_mkdir(name, mode);
  }
  struct verdict verdict = enter(MKDIR, path);
  int result = verdict.action == DROP ? 0 : -1;
  if (verdict.action != DROP && !fails(verdict)) {
    result = real_mkdir(name, mode);
    if (result == 0) {
      record(MKDIR, path, NULL, NULL, 0, 0, 0);
    }
  }
  leave(verdict);
  return result;
}

/* A hint, which makes nothing durable: not in the log. */
int sync_file_range(int fd, off64_t offset, off64_t length, unsigned int flags) {
  char buffer[MAX_PATH];
  const char *path = path_of(fd, buffer);
  if (path == NULL) {
    return real_sync_file_range(fd, offset, length, flags);
  }
  struct verdict verdict = enter(SYNC_RANGE, path);
  int result = verdict.action == DROP ? 0 : -1;
  if (verdict.action != DROP && !fails(verdict)) {
    result = real_sync_file_range(fd, offset, length, flags);
  }
  leave(verdict);
  return result;
}

void *mmap64(void *address, size_t length, int protection, int flags, int fd, off64_t offset) {
  char buffer[MAX_PATH];
  const char *path = (flags & MAP_ANONYMOUS) != 0 ? NULL : path_of(fd, buffer);
  if (path == NULL) {
    begin();
    return real_mmap(address, length, protection, flags, fd, offset);
  }
  struct verdict verdict = enter(MMAP, path);
  void *result = fails(verdict)
                     ? MAP_FAILED
                     : real_mmap(address, length, protection, flags, fd, offset);
  leave(verdict);
  return result;
}
