package ftp

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
)

func TestPlain(t *testing.T) {
	at := &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 21}
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Addr: at, Err: err} }
	read := func(err error) error { return &net.OpError{Op: "read", Net: "tcp", Source: at, Addr: at, Err: err} }
	sys := func(call string, errno syscall.Errno) error { return os.NewSyscallError(call, errno) }
	for _, test := range []struct {
		err  error
		want string
	}{
		{dial(sys("connect", syscall.ECONNREFUSED)), "the connection was refused"},
		{dial(sys("connect", syscall.EHOSTUNREACH)), "there is no way to this machine"},
		{dial(sys("connect", syscall.ENETUNREACH)), "there is no way to this network; is this machine connected?"},
		{dial(sys("connect", syscall.ENETDOWN)), "the network is down"},
		{dial(sys("connect", syscall.ETIMEDOUT)), "no answer"},
		{dial(os.ErrDeadlineExceeded), "no answer in time"},
		{dial(&net.DNSError{Err: "no such host", Name: "ftp.exmaple.com", IsNotFound: true}), `there is no host named "ftp.exmaple.com"`},
		{dial(&net.DNSError{Err: "i/o timeout", Name: "x", IsTimeout: true}), `no name server answers for "x"; is this machine connected?`},
		{dial(&net.DNSError{Err: "server misbehaving", Name: "x", IsTemporary: true}), `no name server could be asked for "x"; is this machine connected?`},
		{read(sys("read", syscall.ECONNRESET)), "the connection was reset"},
		{fmt.Errorf("MLSD: %w", read(sys("read", syscall.ECONNRESET))), "MLSD: the connection was reset"},
		{read(net.ErrClosed), "the connection is closed"},
		{dial(errors.New("something new")), "something new"},
		{io.EOF, "EOF"},
		{errors.New("other"), "other"},
	} {
		if got := InPlainWords(test.err); got != test.want {
			t.Errorf("%v: %q, want %q", test.err, got, test.want)
		}
		e := &Error{Op: "RETR", Err: test.err}
		if got := e.Error(); got != "RETR: "+test.want || !errors.Is(e, test.err) {
			t.Errorf("%v: %q", test.err, got)
		}
	}
}
