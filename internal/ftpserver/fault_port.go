package ftpserver

// PortFault is what goes wrong with a data port: BlackHole or ForeignAddress.
type PortFault struct {
	blackHole bool
	address   string
}

// BlackHole is a data port that drops all packets. In passive mode the server announces a port that does not answer to
// a connect. Where the system cannot do that, the connect succeeds and nothing follows. In active mode the server
// accepts PORT, does not connect, and sends 425 after its DataTimeout.
var BlackHole = PortFault{blackHole: true}

// ForeignAddress makes the reply to PASV name another host, by its IPv4 address.
func ForeignAddress(ip string) PortFault { return PortFault{address: ip} }
