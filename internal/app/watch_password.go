package app

import (
	"context"
	"errors"
	stdsync "sync"
)

// askPasswords finds everything that is needed to open the pairs, and asks for
// passwords where somebody is there. What was typed is remembered, and nobody is asked
// any more.
func (o *Opener) askPasswords(ctx context.Context, pairs []*Pair) error {
	o.once = &saidOnce{}
	o.typed = &typedPasswords{asking: true, typed: make(map[string]string)}
	for _, p := range pairs {
		if _, err := o.serverOptions(ctx, p); err != nil {
			return err
		}
	}
	o.typed.mu.Lock()
	defer o.typed.mu.Unlock()
	o.typed.asking = false
	return nil
}

// typedPasswords remember what a person has typed. A nil one remembers nothing.
type typedPasswords struct {
	mu     stdsync.Mutex
	asking bool              // somebody may be asked
	typed  map[string]string // by account
}

// answer returns the password that was typed for an account, or asks for it.
func (t *typedPasswords) answer(account string, ask func() (string, error)) (string, error) {
	if t == nil {
		return ask()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if password, ok := t.typed[account]; ok {
		return password, nil
	}
	if !t.asking {
		return "", Usage(errors.New("there is no password for "+account+", and passwords are asked for at the start only"), "end the watch and start it again")
	}
	password, err := ask()
	if err == nil {
		t.typed[account] = password
	}
	return password, err
}
