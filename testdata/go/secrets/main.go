// Program secrets has a secret, hunter2, in whatever a reader may show of it: a
// string, bytes, runes, a map, a structure, an error, a label, the cause that a
// context ended for. It also has the number 4711.
//
// A correct reader that is asked for variables says that check has them all,
// and with --redact shows hunter2 nowhere, and 4711 all the same.
package main

import (
	"context"
	"errors"
	"runtime"
	"runtime/pprof"
	"strings"

	"example.com/targets/ready"
)

var never = make(chan int)

type form struct {
	Password string
	Tries    int
}

func login(ctx context.Context, secret string, number int) {
	check(ctx, number, []byte(secret), []rune(secret), map[string]string{secret: "the " + secret},
		&form{Password: secret, Tries: number}, errors.New("no such user: "+secret), secret)
}

//go:noinline
func check(ctx context.Context, number int, raw []byte, runes []rune, fields map[string]string, f *form, err error, secret string) {
	select {
	case <-never:
	case <-ctx.Done():
	}
	keep(number, raw, runes, fields, f, err, secret)
}

// keep has the compiler keep what it is given until then.
//
//go:noinline
func keep(number int, raw []byte, runes []rune, fields map[string]string, f *form, err error, secret string) {
	runtime.KeepAlive(f)
}

func main() {
	secret := strings.Join([]string{"hun", "ter", "2"}, "")
	ctx, cancel := context.WithCancelCause(context.Background())
	ended, end := context.WithCancelCause(context.Background())
	end(errors.New("the cause is " + secret))
	go pprof.Do(ctx, pprof.Labels("tenant", secret), func(ctx context.Context) { login(ctx, secret, 4711) })
	ready.When(
		ready.Parked(1, "select", "main.check"),
		ready.Parked(1, "chan receive", "main.main"),
	)
	<-never
	cancel(ended.Err())
}
