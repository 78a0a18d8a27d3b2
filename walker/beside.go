package walker

// Beside runs f in a goroutine of its own. What it returns waits until f has
// ended, and panics if f did: a panic that leaves a goroutine ends the program,
// and those who run walks could not catch it. It is to be called, in each
// way that a function can end, as f may read the target's memory until then.
func Beside(f func()) (wait func()) {
	done := make(chan struct{})
	var panicked any
	go func() {
		defer close(done)
		defer func() { panicked = recover() }()
		f()
	}()
	return func() {
		<-done
		if panicked != nil {
			panic(panicked)
		}
	}
}
