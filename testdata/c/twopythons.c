/* Two CPythons in one process: twopythons LIBPYTHON LIBPYTHON loads both and
 * has each run park() on a thread of its own.
 *
 * A correct reader says that there are two runtimes, and of each one thread,
 * which stands in park().
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static int told[2];

static void *run(void *library) {
	char program[256];
	void *lib = dlopen(library, RTLD_NOW | RTLD_LOCAL);
	if (!lib) {
		fprintf(stderr, "%s\n", dlerror());
		_exit(1);
	}
	void (*start)(int) = dlsym(lib, "Py_InitializeEx");
	int (*execute)(const char *) = dlsym(lib, "PyRun_SimpleString");
	start(0);
	snprintf(program, sizeof program,
		"import posix\n"
		"def park():\n"
		"  posix.write(%d, b'!')\n"
		"  posix.read(0, 1)\n"
		"park()\n", told[1]);
	execute(program);
	return NULL;
}

int main(int argc, char **argv) {
	pthread_t thread;
	char byte;
	for (int i = 1; i < argc; i++) {
		if (pipe(told) || pthread_create(&thread, NULL, run, argv[i]) || read(told[0], &byte, 1) != 1)
			return 1;
	}
	puts("READY");
	fflush(stdout);
	getchar();
}
