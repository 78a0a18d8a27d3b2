// Package config reads .dlv-async.toml, the file that a project commits to say
// what dlv-async cannot know: which findings it has looked at and lives with, and what
// the tasks of a scheduler of its own look like.
package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/pelletier/go-toml/v2"

	"github.com/dlv-async/dlv-async/walker/declared"
)

// Name is what the file is called.
const Name = ".dlv-async.toml"

// maxSize is how large a file may be: nobody wrote a larger one.
const maxSize = 1 << 20

// Config is what a file says. The zero Config says nothing.
type Config struct {
	Path     string        `toml:"-"` // of the file; empty: none was read
	Suppress []Suppression `toml:"suppress"`

	Declare []declared.Declaration `toml:"declare"`
}

// Find returns the path of the file that holds for a directory: the one in
// it, or in the nearest directory above it, up to the root of the repository
// that it is in. Outside of a repository only the directory itself counts: the
// files of strangers say nothing here. It returns "" when there is none.
func Find(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	found := ""
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, Name)); err == nil && found == "" {
			found = filepath.Join(at, Name)
		}
		if _, err := os.Stat(filepath.Join(at, ".git")); err == nil {
			return found, nil
		}
		if at == filepath.Dir(at) {
			break
		}
	}
	if found != filepath.Join(dir, Name) {
		return "", nil
	}
	return found, nil
}

// Read reads a file. An error of what it says is one line, and begins with the
// file, the line and the column. The codes of problems are those it may name.
func Read(path string, codes []string) (*Config, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	switch {
	case err != nil:
		return nil, err
	case len(text) > maxSize:
		return nil, fmt.Errorf("%s is larger than %d bytes", path, maxSize)
	}
	return parse(path, text, codes)
}

func parse(path string, text []byte, codes []string) (*Config, error) {
	c := &Config{Path: path}
	d := toml.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(c); err != nil {
		return nil, located(path, err)
	}
	if err := declared.Validate(path, text, c.Declare); err != nil {
		return nil, err
	}
	lines := tables(text, "suppress")
	for i := range c.Suppress {
		rule := &c.Suppress[i]
		if i < len(lines) {
			rule.line = lines[i]
		}
		if err := rule.check(codes); err != nil {
			return nil, fmt.Errorf("%s:%d:3: this [[suppress]] %w", path, rule.line, err)
		}
	}
	return c, nil
}

// located puts where an error is in front of it.
func located(path string, err error) error {
	var unknown *toml.StrictMissingError
	if errors.As(err, &unknown) && len(unknown.Errors) > 0 {
		e := &unknown.Errors[0]
		line, column := e.Position()
		key := e.Key()
		return fmt.Errorf("%s:%d:%d: %q is nothing that is known here", path, line, column, key[len(key)-1])
	}
	var wrong *toml.DecodeError
	if errors.As(err, &wrong) {
		line, column := wrong.Position()
		return fmt.Errorf("%s:%d:%d: %s", path, line, column, bytes.TrimPrefix([]byte(wrong.Error()), []byte("toml: ")))
	}
	return fmt.Errorf("%s: %w", path, err)
}
