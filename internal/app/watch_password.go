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
	if o.AskPassword == nil {
		return o.loginAll(ctx, pairs)
	}
	typed := &typedPasswords{ask: o.AskPassword, typed: make(map[string]string)}
	o.AskPassword = typed.answer
	if err := o.loginAll(ctx, pairs); err != nil {
		return err
	}
	typed.mu.Lock()
	defer typed.mu.Unlock()
	typed.ask = nil
	return nil
}

func (o *Opener) loginAll(ctx context.Context, pairs []*Pair) error {
	for _, p := range pairs {
		if _, err := o.serverOptions(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// typedPasswords remember what a person has typed.
type typedPasswords struct {
	mu    stdsync.Mutex
	ask   func(ctx context.Context, prompt string) (string, error) // nil: nobody is asked any more
	typed map[string]string                                        // by prompt
}

func (t *typedPasswords) answer(ctx context.Context, prompt string) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if password, ok := t.typed[prompt]; ok {
		return password, nil
	}
	if t.ask == nil {
		return "", errors.New("passwords are asked for at the start only")
	}
	password, err := t.ask(ctx, prompt)
	if err == nil {
		t.typed[prompt] = password
	}
	return password, err
}
