package ftp

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

func TestClassOf(t *testing.T) {
	for _, test := range []struct {
		code int
		text string
		want Class
	}{
		// What servers say when they take no more connections.
		{421, "There are too many connections from your internet address.", Busy},                        // vsftpd
		{421, "Too many connections (2) from this IP", Busy},                                             // pure-ftpd
		{421, "Too many connections from the same IP address.", Busy},                                    // pyftpdlib
		{530, "Sorry, the maximum number of clients (2) from your host are already connected.", Busy},    // proftpd at PASS
		{530, "Sorry, the maximum number of connections (2) for your host are already connected.", Busy}, // proftpd greeting
		{500, "too many connections", Busy},                                                              // ftpserverlib
		{421, "Server is overloaded, try again later", Busy},
		{421, "Maximum session limit reached", Busy},
		{530, "No more users allowed", Busy},

		{421, "Timeout.", Retry},
		{421, "Service not available, closing control connection", Retry},
		{425, "Failed to establish connection.", Retry},
		{426, "Failure writing network stream.", Retry},
		{450, "No such file or directory", Retry},
		{451, "Error during write", Retry},
		{503, "Bad sequence of commands", Retry},
		{452, "No space left", File},
		{550, "No such file or directory", File},
		{550, "too many links", File},
		{551, "", File},
		{552, "Quota exceeded", File},
		{553, "Could not create file.", File},
		{554, "", File},
		{501, "No such directory", File}, // pyftpdlib's MLSD
		{530, "Login incorrect.", Login},
		{430, "Invalid username or password", Login},
		{500, "Unknown command.", Server},
		{202, "Command not implemented, superfluous at this site.", Server},
		{502, "Command not implemented", Server},
		{504, "Not for that parameter", Server},
		{522, "SSL connection failed: session reuse required", Server},
		{534, "Request denied for policy reasons", Server},
	} {
		if got := classOf(Reply{Code: test.code, Text: test.text}); got != test.want {
			t.Errorf("%d %s: class %d, want %d", test.code, test.text, got, test.want)
		}
	}
}

func TestRetryable(t *testing.T) {
	again := &Error{Op: "x", Class: Retry}
	for _, test := range []struct {
		err  error
		want bool
	}{
		{again, true},
		{fmt.Errorf("put: %w", again), true},
		{&Error{Class: Busy}, true},
		{&Error{Class: File}, false},
		{&Error{Class: Server}, false},
		{errors.New("the disk is gone"), false},
		{context.Canceled, false},
		{Fatal(again), false},
	} {
		if got := Retryable(test.err); got != test.want {
			t.Errorf("retryable(%v) = %v", test.err, got)
		}
	}
	if err := Fatal(again); !errors.Is(err, ErrFatal) || err.Error() != again.Error() {
		t.Errorf("fatal changes what an error says: %v", err)
	}
}

// TestErrorWithoutText: some servers send no more than a code.
func TestErrorWithoutText(t *testing.T) {
	const want = `listing "/a": server says 550`
	if got := ReplyError("listing", "/a", Reply{Code: 550}).Error(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestTLSWantedLater: some servers let users in, and transfer nothing in clear text.
func TestTLSWantedLater(t *testing.T) {
	for _, test := range []struct {
		code int
		text string
		want Class
	}{
		{522, "Data connections must be encrypted.", Login},
		{521, "TLS required", Login},
		{534, "Policy requires SSL.", Login},
		{522, "SSL connection failed: session reuse required", Server},
		{550, "must use tls.txt: No such file or directory", File}, // the name of a file
	} {
		if got := ReplyError("listing", "", Reply{Code: test.code, Text: test.text}); got.Class != test.want || test.want == Login && got.Hint == "" {
			t.Errorf("%d %s: class %d, hint %q; want class %d", test.code, test.text, got.Class, got.Hint, test.want)
		}
	}
}
