package ftp

import (
	"errors"
	"ferry/internal/ftp/wire"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestForeignAddressIsTurnedAway(t *testing.T) {
	f := newFake(t)
	f.on["EPSV"], f.on["PASV"], f.on["PORT"] = refuse("500 no"), refuse("500 no"), refuse("500 no")
	f.files["/x"] = []byte("x")
	turned := make(chan error, 1)
	f.on["EPRT"] = func(p *peer, arg string) bool {
		part := strings.Split(arg, "|")
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 9)}}
		conn, err := d.Dial("tcp", net.JoinHostPort(part[2], part[3]))
		if err != nil {
			turned <- nil // no such address on this system
			return false
		}
		conn.SetReadDeadline(time.Now().Add(5 * time.Second))
		_, err = conn.Read(make([]byte, 1))
		conn.Close()
		select {
		case turned <- err:
		default:
		}
		return false
	}
	if got, err := fetch(f.pool(nil), "/x"); err != nil || string(got) != "x" {
		t.Errorf("fetch: %q, %v", got, err)
	}
	switch err := <-turned; {
	case err == nil:
		t.Skip("no second loopback address")
	case !errors.Is(err, io.EOF) && !strings.Contains(err.Error(), "reset"):
		t.Errorf("a foreign connection was kept open: %v", err)
	}
}

func TestActivePorts(t *testing.T) {
	f := newFake(t)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	port := ln.Addr().(*net.TCPAddr).Port
	p := f.pool(func(o *Options) { o.Mode, o.ActivePorts = Active, [2]int{port, port} })
	roundTrip(t, p)
	for _, line := range f.commands() {
		if wire.Verb(line) == "EPRT" && !strings.HasSuffix(line, "|"+strconv.Itoa(port)+"|") {
			t.Errorf("%s names another port than %d", line, port)
		}
	}
}
