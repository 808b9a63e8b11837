// Package keyringtest has keyrings for tests.
package keyringtest

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"

	"ferry/internal/keyring"
)

// A Keyring is a keyring in memory: passwords by name.
type Keyring map[string]string

// Get implements [keyring.Keyring].
func (k Keyring) Get(_ context.Context, name string) (string, error) {
	password, ok := k[name]
	if !ok {
		return "", keyring.ErrNotFound
	}
	return password, nil
}

// Set implements [keyring.Keyring].
func (k Keyring) Set(_ context.Context, name, password string) error {
	k[name] = password
	return nil
}

// Delete implements [keyring.Keyring].
func (k Keyring) Delete(_ context.Context, name string) error {
	if _, ok := k[name]; !ok {
		return keyring.ErrNotFound
	}
	delete(k, name)
	return nil
}

// A Broken keyring returns an error for everything; a nil one never answers.
type Broken struct{ Err error }

func (b Broken) fail(ctx context.Context) error {
	if b.Err == nil {
		<-ctx.Done()
		return ctx.Err()
	}
	return b.Err
}

// Get implements [keyring.Keyring].
func (b Broken) Get(ctx context.Context, _ string) (string, error) { return "", b.fail(ctx) }

// Set implements [keyring.Keyring].
func (b Broken) Set(ctx context.Context, _, _ string) error { return b.fail(ctx) }

// Delete implements [keyring.Keyring].
func (b Broken) Delete(ctx context.Context, _ string) error { return b.fail(ctx) }

// A File is a keyring in a JSON file, for programs that a test runs one after another.
type File string

func (f File) read() (Keyring, error) {
	text, err := os.ReadFile(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return Keyring{}, nil
	}
	k := Keyring{}
	if err == nil {
		err = json.Unmarshal(text, &k)
	}
	return k, err
}

func (f File) change(do func(Keyring) error) error {
	k, err := f.read()
	if err == nil {
		err = do(k)
	}
	if err != nil {
		return err
	}
	text, err := json.Marshal(k)
	if err != nil {
		return err
	}
	return os.WriteFile(string(f), text, 0o600)
}

// Get implements [keyring.Keyring].
func (f File) Get(ctx context.Context, name string) (string, error) {
	k, err := f.read()
	if err != nil {
		return "", err
	}
	return k.Get(ctx, name)
}

// Set implements [keyring.Keyring].
func (f File) Set(ctx context.Context, name, password string) error {
	return f.change(func(k Keyring) error { return k.Set(ctx, name, password) })
}

// Delete implements [keyring.Keyring].
func (f File) Delete(ctx context.Context, name string) error {
	return f.change(func(k Keyring) error { return k.Delete(ctx, name) })
}
