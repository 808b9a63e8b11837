package cli

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"ferry/manifest"
	"ferry/sync"
	"ferry/sync/local"
	"ferry/sync/remote"
)

// openPair joins the parts: the record of the pair, the two sides, and the
// engine between them. A dry run neither makes nor changes a record.
func openPair(ctx context.Context, a *app, p *pair, o passOptions) (*opened, error) {
	var open closers
	giveBack, err := a.yield(ctx, p)
	if err != nil {
		return nil, err
	}
	open.add(giveBack)
	record, err := a.openRecord(ctx, p, o)
	if err != nil {
		return nil, errors.Join(err, open.close())
	}
	open.add(record.Close)
	server, err := a.remoteOptions(ctx, p)
	if err != nil {
		return nil, errors.Join(err, open.close())
	}
	server.Notice = noticer(o.observer)
	server.Owner, server.OwnerHost, server.WaitLock = a.owner(), hostName(), o.wait
	far, err := remote.Open(ctx, server)
	if err != nil {
		return nil, errors.Join(connecting(err), open.close())
	}
	open.add(far.Close)
	near, err := local.Open(p.Local, local.Options{FollowLinks: p.FollowLinks, Log: server.Log})
	if err != nil {
		return nil, errors.Join(err, open.close())
	}
	open.add(near.Close)
	sides := [2]store{near, far}
	if o.trees != nil {
		for i := range sides {
			sides[i] = &spy{sides[i], &o.trees[i]}
		}
	}
	return &opened{
		engine: sync.New(sides[sync.Local], sides[sync.Remote], record, p.engineOptions(a, o)),
		sides:  sides,
		record: record,
		close:  open.close,
	}, nil
}

// engineOptions returns what the profile and the options say about a pass.
func (p *pair) engineOptions(a *app, o passOptions) sync.Options {
	limits := p.Limits
	limits.AllowDeletes, limits.AcceptEmpty = o.allowDeletes, o.acceptEmpty
	return sync.Options{
		Policy:    p.policy(),
		Limits:    limits,
		Ignore:    p.ignored,
		Workers:   p.Connections,
		Verify:    p.Verify,
		DryRun:    o.dryRun,
		Allow:     o.hooks.allower(),
		Deletions: o.spent,
		Observer:  o.hooks.observe(o.observer),
		Log:       a.log(),
		Now:       a.env.Now,
	}
}

// openRecord opens what is remembered of a pair.
func (a *app) openRecord(ctx context.Context, p *pair, o passOptions) (*manifest.Store, error) {
	path := filepath.Join(a.stateDir(), "pairs", p.StateKey()+".db")
	store, err := manifest.OpenStore(path, manifest.StoreOptions{ReadOnly: o.dryRun, Wait: o.wait, Context: ctx})
	switch {
	case errors.Is(err, manifest.ErrLocked):
		return nil, &codeError{code: ExitLocked, err: manifest.ErrLocked, hint: lockHint(path)}
	case err != nil:
		return nil, fmt.Errorf("opening the record of the pair: %w", err)
	}
	if damage := store.Damage(); damage != "" {
		a.talk().warn("%s; this is a first pass again, which never deletes", damage)
	}
	if !o.dryRun {
		writePID(path)
	}
	return store, nil
}

// writePID leaves the number of this process beside the record, for whoever
// finds it taken. Nothing rests on it.
func writePID(record string) {
	_ = os.WriteFile(pidFile(record), []byte(strconv.Itoa(os.Getpid())+"\n"), 0o600)
}

func pidFile(record string) string { return strings.TrimSuffix(record, ".db") + ".pid" }

func lockHint(record string) string {
	const way = "wait for it to end, or let ferry wait with --wait"
	text, err := os.ReadFile(pidFile(record))
	if pid, perr := strconv.Atoi(strings.TrimSpace(string(text))); err == nil && perr == nil {
		return fmt.Sprintf("it is most likely process %d; %s", pid, way)
	}
	return way
}

// owner names this machine and its memory of pairs, for a lock on a server: no
// two runs of one owner are at work on one pair, since the record is locked too.
func (a *app) owner() string {
	sum := sha256.Sum256([]byte(hostName() + "\x00" + a.stateDir()))
	return hex.EncodeToString(sum[:8])
}

func hostName() string {
	name, err := os.Hostname()
	if err != nil {
		return "unknown host"
	}
	return name
}

// remoteOptions returns what is needed to get at the server of a pair.
func (a *app) remoteOptions(ctx context.Context, p *pair) (remote.Options, error) {
	o := remote.Options{Options: p.ServerOptions(), Path: p.Remote.Path, Absolute: p.Remote.Absolute}
	o.StateDir = a.stateDir()
	o.Log = a.log()
	user, password, err := a.login(ctx, p)
	if err != nil {
		return o, err
	}
	o.User, o.Password = user, func() (string, error) { return password, nil }
	if p.CA != "" {
		if o.TLS, err = trusting(a.absolute(p.CA)); err != nil {
			return o, err
		}
	}
	return o, nil
}

// trusting returns a TLS configuration that trusts the certificates in the PEM
// file at path, and no others.
func trusting(path string) (*tls.Config, error) {
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, usage(fmt.Errorf("reading the certificates to trust: %w", err), "")
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, usage(fmt.Errorf("%s holds no certificate", path), "it must be a PEM file, with -----BEGIN CERTIFICATE-----")
	}
	return &tls.Config{RootCAs: pool}, nil
}

// noticer passes remarks of the server's side on to the observer, which takes
// one event at a time.
func noticer(observer sync.Observer) func(string) {
	return func(text string) { observer(sync.Noticed{Text: text}) }
}

// closers closes what was opened, the last first.
type closers []func() error

func (c *closers) add(f func() error) { *c = append(*c, f) }

func (c *closers) close() error {
	var errs []error
	for i := len(*c) - 1; i >= 0; i-- {
		errs = append(errs, (*c)[i]())
	}
	*c = nil
	return errors.Join(errs...)
}
