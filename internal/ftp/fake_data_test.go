package ftp

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// agreeOnData replies to the commands that ask for a data connection.
func (p *peer) agreeOnData(verb, arg string) {
	switch verb {
	case "EPRT":
		parts := strings.Split(arg, "|")
		p.to = net.JoinHostPort(parts[2], parts[3])
		p.say("200 will come")
	case "PORT":
		n := strings.Split(arg, ",")
		high, _ := strconv.Atoi(n[4])
		low, _ := strconv.Atoi(n[5])
		p.to = fmt.Sprintf("%s:%d", strings.Join(n[:4], "."), high*256+low)
		p.say("200 will come")
	default:
		p.passive(verb)
	}
}

// answerTransfer replies to the commands that move data, and to REST.
func (p *peer) answerTransfer(verb, arg string) {
	switch verb {
	case "REST":
		p.rest, _ = strconv.Atoi(arg)
		p.say("350 go on")
	case "MLSD":
		p.send(p.listing(" "))
	case "LIST":
		p.send(p.listing("-rw-r--r--  1 u g 1 Jan  1 00:00 "))
	case "RETR":
		data, there := p.file(arg)
		if !there {
			p.say("550 no such file")
			return
		}
		p.send(data[min(p.rest, len(data)):])
	case "STOR":
		p.receive(arg)
	}
}

// passive opens a port and names it in the reply.
func (p *peer) passive(verb string) {
	if p.listener != nil {
		p.listener.Close()
	}
	host, _, _ := net.SplitHostPort(p.ln.Addr().String())
	p.listener, _ = net.Listen("tcp", net.JoinHostPort(host, "0"))
	p.to = ""
	p.tell(verb, p.listener.Addr().(*net.TCPAddr).Port)
}

func (p *peer) tell(verb string, port int) bool {
	if verb == "EPSV" {
		return p.say("229 ok (|||%d|)", port)
	}
	return p.say("227 ok (127,0,0,1,%d,%d)", port>>8, port&255)
}

// data opens the data connection that the client asked for.
func (p *peer) data() (net.Conn, error) {
	var conn net.Conn
	var err error
	switch {
	case p.to != "":
		conn, err = net.Dial("tcp", p.to)
	case p.listener != nil:
		p.listener.(*net.TCPListener).SetDeadline(time.Now().Add(5 * time.Second))
		conn, err = p.listener.Accept()
	default:
		err = io.EOF
	}
	if err != nil {
		p.say("425 no data connection")
		return nil, err
	}
	if p.prot {
		return tls.Server(conn, p.tls), nil
	}
	return conn, nil
}

func (p *peer) send(data []byte) {
	p.rest = 0
	p.say("150 here it comes")
	conn, err := p.data()
	if err != nil {
		return
	}
	conn.Write(data)
	conn.Close()
	p.say("226 done")
}

func (p *peer) receive(name string) {
	p.say("150 send")
	conn, err := p.data()
	if err != nil {
		return
	}
	data, err := io.ReadAll(conn)
	conn.Close()
	p.mu.Lock()
	p.files[name] = append(p.files[name][:min(p.rest, len(p.files[name]))], data...)
	p.mu.Unlock()
	p.rest = 0
	if err != nil {
		p.say("426 broken")
		return
	}
	p.say("226 stored")
}
