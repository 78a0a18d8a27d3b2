/*
 * Loads the Go library that its first argument names (testdata/go/library),
 * and calls its Start on a thread of its own. Libraries that further arguments
 * name are loaded before, and nothing of them is called.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static void (*start)(void);

static void *call(void *unused)
{
	start();
	return unused;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	void *library;

	for (int i = 2; i < argc; i++)
		if (dlopen(argv[i], RTLD_NOW) == NULL) {
			fprintf(stderr, "%s\n", dlerror());
			return 1;
		}
	library = argc > 1 ? dlopen(argv[1], RTLD_NOW) : NULL;
	if (library == NULL || (start = (void (*)(void))dlsym(library, "Start")) == NULL) {
		fprintf(stderr, "%s\n", dlerror());
		return 1;
	}
	pthread_create(&thread, NULL, call, NULL);
	for (;;)
		pause();
}
