package hooks

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

const (
	maxRedirects = 5
	// maxAnswer bounds what is shown of the answer of a server that refused, in
	// bytes.
	maxAnswer = 200
	maxRead   = 16 << 10 // bytes that are looked at
)

// request sends the event to the URL, as JSON in a POST request.
func (h Hook) request(ctx context.Context, ev Event) error {
	to, err := url.Parse(h.Do)
	if err != nil || to.Host == "" {
		return errors.New("its URL cannot be read") // and is not shown: it may hold a password
	}
	place := to.Scheme + "://" + to.Host
	body, err := ev.body()
	if err != nil {
		return fmt.Errorf("writing the request: %w", err)
	}
	login := to.User
	to.User = nil
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to.String(), bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("its URL at %s cannot be used", place)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "ferry")
	if login != nil {
		password, _ := login.Password()
		req.SetBasicAuth(login.Username(), password)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DisableKeepAlives = true
	client := http.Client{Transport: transport, CheckRedirect: redirect}
	resp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("asking %s: %w", place, withoutURL(err))
	}
	defer resp.Body.Close()
	answer, _ := io.ReadAll(io.LimitReader(resp.Body, maxRead))
	if resp.StatusCode/100 == 2 {
		return nil
	}
	return fmt.Errorf("%s answered %s%s", place, resp.Status, shown(string(answer), to, login))
}

var (
	errRedirects = errors.New("more than 5 redirections")
	errClear     = errors.New("it is redirected from https to http, in clear")
)

// redirect follows what repeats the request as it is (RFC 9110, 15.4.8, 15.4.9).
// With the other codes a POST would become a GET, without what it is to say.
func redirect(req *http.Request, via []*http.Request) error {
	switch {
	case req.Method != http.MethodPost:
		return http.ErrUseLastResponse
	case len(via) > maxRedirects:
		return errRedirects
	case via[len(via)-1].URL.Scheme == "https" && req.URL.Scheme != "https":
		return errClear
	}
	// It would tell the next server the path, which is a secret with many services.
	req.Header.Del("Referer")
	return nil
}

// withoutURL returns the cause of an error of net/http, without the URL that it
// quotes.
func withoutURL(err error) error {
	var about *url.Error
	for errors.As(err, &about) {
		err = about.Err
	}
	return err
}

// shown returns the beginning of an answer for an error, on one line and without
// what is secret in the URL, since servers like to quote what they were asked.
func shown(answer string, to *url.URL, login *url.Userinfo) string {
	secrets := []string{to.RequestURI(), to.EscapedPath(), to.Path, to.RawQuery, to.Fragment}
	if login != nil {
		password, _ := login.Password()
		secrets = append(secrets, base64.StdEncoding.EncodeToString([]byte(login.Username()+":"+password)), password)
	}
	for _, secret := range secrets {
		if len(secret) > 1 {
			answer = strings.ReplaceAll(answer, secret, "***")
		}
	}
	answer = strings.Join(strings.Fields(strings.ToValidUTF8(answer, "?")), " ")
	if answer == "" {
		return ""
	}
	if len(answer) > maxAnswer {
		answer = shorten(answer, maxAnswer) + " ..."
	}
	return ": " + answer
}
