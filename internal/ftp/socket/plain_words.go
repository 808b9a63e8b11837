package socket

import (
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
)

// socketWords says what the errors of sockets mean.
var socketWords = []struct {
	err  error
	text string
}{
	{syscall.ECONNREFUSED, "the connection was refused"},
	{syscall.ECONNRESET, "the connection was reset"},
	{syscall.ECONNABORTED, "the connection was broken off"},
	{syscall.EPIPE, "the other end is gone"},
	{syscall.ETIMEDOUT, "no answer"},
	{syscall.EHOSTUNREACH, "there is no way to this machine"},
	{syscall.ENETUNREACH, "there is no way to this network; is this machine connected?"},
	{syscall.ENETDOWN, "the network is down"},
	{syscall.EADDRNOTAVAIL, "this machine has no free port or no such address"},
	{syscall.EACCES, "this machine does not allow the connection; is it a firewall here?"},
	{syscall.EPERM, "this machine does not allow the connection; is it a firewall here?"},
	{net.ErrClosed, "the connection is closed"},
	{io.ErrUnexpectedEOF, "the connection ended too early"},
}

// InPlainWords returns what err says, with errors of the network in plain words: without
// "dial tcp", addresses and ports.
func InPlainWords(err error) string {
	message := err.Error()
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.As(err, &op):
		return strings.ReplaceAll(message, op.Error(), plainSocket(op))
	case errors.As(err, &dns):
		return strings.ReplaceAll(message, dns.Error(), plainName(dns))
	}
	return message
}

// plainSocket returns what the error of a socket means.
func plainSocket(err *net.OpError) string {
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return plainName(dns)
	}
	for _, words := range socketWords {
		if errors.Is(err, words.err) {
			return words.text
		}
	}
	if err.Timeout() {
		return "no answer in time"
	}
	return err.Err.Error()
}

// plainName returns what the error of a name server means.
func plainName(err *net.DNSError) string {
	switch {
	case err.IsNotFound:
		return fmt.Sprintf("there is no host named %q", err.Name)
	case err.IsTimeout:
		return fmt.Sprintf("no name server answers for %q; is this machine connected?", err.Name)
	}
	return fmt.Sprintf("no name server could be asked for %q; is this machine connected?", err.Name)
}
