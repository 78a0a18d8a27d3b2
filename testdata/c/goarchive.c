/* Is linked with the Go library testdata/go/library (-buildmode=c-archive). */
extern void Start(void);

int main(void)
{
	Start();
	return 0;
}
