// Preloaded into kithd by the end-to-end tests. The file named by KITH_FAULT_FILE holds words:
//   fsync-fails     every fsync and fdatasync fails with EIO
//   fsync-waits     every fsync and fdatasync takes a second longer
//   clock+SECONDS   the wall clock is that far ahead (a minus sign: behind)
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char* word(const char* wanted, char* buffer, size_t size) {
    const char* name = getenv("KITH_FAULT_FILE");
    const int file = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0)
        return 0;
    const ssize_t length = read(file, buffer, size - 1);
    close(file);
    if (length <= 0)
        return 0;
    buffer[length] = 0;
    return strstr(buffer, wanted);
}

static int sync_fails(void) {
    char buffer[256];
    if (word("fsync-waits", buffer, sizeof buffer))
        sleep(1);
    if (!word("fsync-fails", buffer, sizeof buffer))
        return 0;
    errno = EIO;
    return 1;
}

int fsync(int file) {
    static int (*real)(int);
    if (!real)
        real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    return sync_fails() ? -1 : real(file);
}

int fdatasync(int file) {
    static int (*real)(int);
    if (!real)
        real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    return sync_fails() ? -1 : real(file);
}

int clock_gettime(clockid_t clock, struct timespec* time) {
    static int (*real)(clockid_t, struct timespec*);
    if (!real)
        real = (int (*)(clockid_t, struct timespec*))dlsym(RTLD_NEXT, "clock_gettime");
    const int result = real(clock, time);
    char buffer[256];
    const char* at = clock == CLOCK_REALTIME ? word("clock", buffer, sizeof buffer) : 0;
    if (at)
        time->tv_sec += atol(at + 5);
    return result;
}
