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
	// maxAnswer is how many bytes of an answer an error shows.
	maxAnswer = 200
	maxRead   = 16 << 10 // bytes of an answer that are read
)

// request sends the event to the URL as JSON, in a POST request.
func (h Hook) request(ctx context.Context, ev Event) error {
	to, err := url.Parse(h.Do)
	if err != nil || to.Host == "" {
		return errors.New("its URL is not valid") // not shown, because it may contain a password
	}
	place := to.Scheme + "://" + to.Host
	body, err := ev.body()
	if err != nil {
		return fmt.Errorf("making the request: %w", err)
	}
	login := to.User
	to.User = nil
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to.String(), bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("its URL at %s is not valid", place)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "ferry")
	if login != nil {
		password, _ := login.Password()
		req.SetBasicAuth(login.Username(), password)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DisableKeepAlives = true
	client := http.Client{Transport: transport, CheckRedirect: checkRedirect}
	resp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("posting to %s: %w", place, withoutURL(err))
	}
	defer resp.Body.Close()
	answer, _ := io.ReadAll(io.LimitReader(resp.Body, maxRead))
	if resp.StatusCode/100 == 2 {
		return nil
	}
	return fmt.Errorf("%s answered %s%s", place, resp.Status, answerText(string(answer), to, login))
}

var (
	errRedirects   = errors.New("more than 5 redirects")
	errUnencrypted = errors.New("it was redirected from https to http, which is not encrypted")
)

// checkRedirect follows redirects that repeat the request (RFC 9110, 15.4.8 and 15.4.9).
// The others would turn the POST into a GET without a body.
func checkRedirect(req *http.Request, via []*http.Request) error {
	switch {
	case req.Method != http.MethodPost:
		return http.ErrUseLastResponse
	case len(via) > maxRedirects:
		return errRedirects
	case via[len(via)-1].URL.Scheme == "https" && req.URL.Scheme != "https":
		return errUnencrypted
	}
	// It would send the path to the next server, and the path is often a secret.
	req.Header.Del("Referer")
	return nil
}

// withoutURL returns the cause of an error of net/http, without the URL in its text.
func withoutURL(err error) error {
	var about *url.Error
	for errors.As(err, &about) {
		err = about.Err
	}
	return err
}

// answerText returns the beginning of an answer for an error, on one line. It removes
// the secrets of the URL, because servers often quote the request.
func answerText(answer string, to *url.URL, login *url.Userinfo) string {
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
