package config

import (
	"context"
	"errors"
	"fmt"
)

var errShortKey = withHint(fmt.Errorf("is shorter than %d bytes", shortestStateKey),
	"any long random text will do, as \"openssl rand -hex 32\" prints it")

// StateKey returns the key with which a deploy of p encrypts what it keeps on the server,
// "" where the profile names none. No error contains it.
func (f Finder) StateKey(ctx context.Context, p *Profile) (string, error) {
	if p.Deploy == nil || p.Deploy.StateKey.IsZero() {
		return "", nil
	}
	key, err := f.reveal(ctx, p.Deploy.StateKey)
	if err != nil {
		return "", fmt.Errorf("state-key of profile %s: %w", p.Name, err)
	}
	if len(key) < shortestStateKey {
		return "", withHint(errors.New("the state-key of profile "+p.Name+" "+errShortKey.Error()), Hint(errShortKey))
	}
	return key, nil
}
