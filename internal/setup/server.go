package setup

import (
	"context"
	"errors"
	"fmt"

	"ferry/internal/app"
	"ferry/internal/config"
	"ferry/internal/prompt"
)

// server asks for the URL until a login there works.
func (q *Questions) server(ctx context.Context, given string) error {
	for {
		url := given
		if given = ""; url == "" {
			var err error
			if url, err = q.Ask.Ask(ctx, "URL of the server, as ftpes://user@host/directory", "", checkURL); err != nil {
				return err
			}
		}
		err := q.try(ctx, url)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil || errors.Is(err, prompt.ErrEnded) {
			return err
		}
		q.Fail(err)
	}
}

func checkURL(answer string) error {
	_, err := config.ParseURL(answer)
	return err
}

// try connects to the server of a URL, offers TLS, and logs in.
func (q *Questions) try(ctx context.Context, url string) error {
	p, err := q.Workspace.DirectPair([]string{".", url})
	if err == nil {
		err = q.Change(p)
	}
	if err != nil {
		return err
	}
	q.pair, q.pinned = p, ""
	if err := q.greet(ctx); err != nil {
		return err
	}
	if err := q.account(ctx); err != nil {
		return err
	}
	return q.login(ctx)
}

// greet connects. A certificate that is not accepted can be pinned.
func (q *Questions) greet(ctx context.Context) error {
	if !q.pair.Encrypted() {
		if err := q.Opener.Greet(ctx, q.pair); err != nil {
			return err
		}
		secure, fingerprint, err := q.offerTLS(ctx, q.pair)
		if err == nil && secure != nil {
			q.pair, q.pinned = secure, fingerprint
		}
		return err
	}
	err := q.Opener.Greet(ctx, q.pair)
	fingerprint := app.RefusedCertificate(err)
	if fingerprint == "" || q.pair.Fingerprint != "" {
		return err
	}
	pin, perr := q.offerPin(ctx, err, fingerprint)
	if perr != nil || !pin {
		return errors.Join(perr, err)
	}
	q.pair.Fingerprint, q.pinned = fingerprint[len("sha256:"):], fingerprint
	err = q.Opener.Greet(ctx, q.pair)
	return err
}

// offerTLS looks whether the server of p, which is spoken to in clear text, has TLS, and
// offers it. It returns p as it is with TLS, nil where that is not to be had or not wanted,
// and the fingerprint to pin, "" for none.
func (q *Questions) offerTLS(ctx context.Context, p *app.Pair) (secure *app.Pair, fingerprint string, err error) {
	secure = p.WithTLS()
	err = q.Opener.Greet(ctx, secure)
	fingerprint = app.RefusedCertificate(err)
	switch {
	case ctx.Err() != nil:
		return nil, "", err
	case err == nil:
		yes, err := q.Ask.Yes(ctx, "The server has TLS, and ftp:// sends the password and all files in clear text. Use ftpes://?", true)
		if !yes || err != nil {
			return nil, "", err
		}
		return secure, "", nil
	case fingerprint == "":
		return nil, "", nil // it has none
	}
	yes, err := q.offerPin(ctx, err, fingerprint)
	switch {
	case err != nil:
		return nil, "", err
	case !yes:
		q.Note("then it stays at ftp://: the password and all files go in clear text")
		return nil, "", nil
	}
	secure.Fingerprint = fingerprint[len("sha256:"):]
	return secure, fingerprint, nil
}

// offerPin says why a certificate is not accepted, and asks whether it is the right one all
// the same.
func (q *Questions) offerPin(ctx context.Context, why error, fingerprint string) (bool, error) {
	q.Note("the server has TLS, but its certificate is not accepted: %v", why)
	q.Note("its fingerprint is %s", fingerprint)
	return q.Ask.Yes(ctx, "Is this the one that the server's administrator names, and to be accepted from now on?", false)
}

// account asks who logs in, where neither the URL nor .netrc says so.
func (q *Questions) account(ctx context.Context) (err error) {
	if q.user, err = q.Opener.User(q.pair); err != nil || q.user != "" {
		return err
	}
	user, err := q.Ask.Ask(ctx, "User", "anonymous", nil)
	if err != nil {
		return err
	}
	if user != "anonymous" {
		q.user, q.pair.Remote.User = user, user
	}
	return nil
}

// login logs in with the password that is found, or else with one that a person types, and
// looks at the directory.
func (q *Questions) login(ctx context.Context) error {
	password, from, err := q.Opener.FindPassword(ctx, q.pair)
	if q.password, q.from = password, from; q.from == q.pair.Password.Place() {
		q.from = "" // it is in the URL, and does not go into the file
	}
	if q.user == "" || q.user == "anonymous" || q.user == "ftp" {
		q.password = ""
	}
	if errors.Is(err, config.ErrNoPassword) {
		return q.typePassword(ctx)
	}
	if err != nil {
		return err
	}
	err = q.test(ctx, q.pair.WithPassword(password))
	if app.PasswordRefused(err) && q.password != "" {
		q.Fail(err)
		q.Note("this password is from %s", from)
		return q.typePassword(ctx)
	}
	return err
}

// mostTries is how often a person may type a password before the URL is asked for again.
const mostTries = 3

func (q *Questions) typePassword(ctx context.Context) error {
	for try := 1; ; try++ {
		password, err := q.AskPassword(ctx, "Password for "+q.pair.Remote.Account(q.user)+": ")
		if err != nil {
			return errors.Join(prompt.ErrEnded, err)
		}
		if err = config.CheckPassword(password); err == nil {
			err = q.test(ctx, q.pair.WithPassword(password))
		}
		if err == nil {
			q.password, q.from = password, ""
			return nil
		}
		if ctx.Err() != nil || try == mostTries || !app.PasswordRefused(err) {
			return err
		}
		q.Fail(err)
	}
}

// test logs in, and says whether the directory is there.
func (q *Questions) test(ctx context.Context, p *app.Pair) error {
	found, err := q.Opener.TestConnection(ctx, p)
	if err != nil {
		return err
	}
	q.Note("%s", LoggedIn(p, found))
	return nil
}

// LoggedIn says that a login worked, and whether the directory of a pair is there.
func LoggedIn(p *app.Pair, found bool) string {
	state := "exists"
	switch {
	case !found && p.Direction == app.Pull:
		state = "does not exist yet, and a pull does not make it"
	case !found:
		state = "does not exist yet, the first pass makes it"
	}
	return fmt.Sprintf("logged in to %s; the directory %s", p.Remote.Host, state)
}
