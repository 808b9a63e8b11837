package wan

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
)

// setCongestion gives the route to the other end a congestion control, in the network namespace of this thread. All
// connections over it have that then. The setting for the whole namespace would do as well, but the kernel does not let a
// namespace choose what users of the machine may not.
func setCongestion(device, name string) error {
	if name == "" {
		return nil
	}
	index, err := indexOf(device)
	if err == nil {
		err = netlink(routeWith(index, name))
	}
	if err != nil {
		return fmt.Errorf("congestion control %s: %w; does the kernel have it? (modprobe tcp_%s)", name, err, name)
	}
	return nil
}

// indexOf returns the number of a device.
func indexOf(device string) (uint32, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	defer unix.Close(fd)
	r, err := unix.NewIfreq(device)
	if err == nil {
		err = unix.IoctlIfreq(fd, unix.SIOCGIFINDEX, r)
	}
	if err != nil {
		return 0, err
	}
	return r.Uint32(), nil
}

// routeWith returns a message for netlink that replaces the route to the link's network by one with a congestion control.
func routeWith(index uint32, congestion string) []byte {
	network := netip.MustParsePrefix(ClientAddress + "/30").Masked().Addr().As4()
	native := binary.NativeEndian
	body := []byte{unix.AF_INET, 30, 0, 0, unix.RT_TABLE_MAIN, unix.RTPROT_KERNEL, unix.RT_SCOPE_LINK, unix.RTN_UNICAST, 0, 0, 0, 0}
	body = append(body, attribute(unix.RTA_DST, network[:])...)
	body = append(body, attribute(unix.RTA_OIF, native.AppendUint32(nil, index))...)
	body = append(body, attribute(unix.RTA_METRICS, attribute(unix.RTAX_CC_ALGO, append([]byte(congestion), 0)))...)
	head := native.AppendUint32(nil, uint32(unix.SizeofNlMsghdr+len(body)))
	head = native.AppendUint16(head, unix.RTM_NEWROUTE)
	head = native.AppendUint16(head, unix.NLM_F_REQUEST|unix.NLM_F_ACK|unix.NLM_F_CREATE|unix.NLM_F_REPLACE)
	head = native.AppendUint32(native.AppendUint32(head, 1), 0) // sequence and port
	return append(head, body...)
}

// attribute returns an attribute of netlink.
func attribute(kind uint16, value []byte) []byte {
	native := binary.NativeEndian
	a := native.AppendUint16(native.AppendUint16(nil, uint16(unix.SizeofRtAttr+len(value))), kind)
	a = append(a, value...)
	for len(a)%unix.RTA_ALIGNTO != 0 {
		a = append(a, 0)
	}
	return a
}

// netlink sends a message about routes and returns the error with which the kernel answers.
func netlink(message []byte) error {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if err := unix.Sendto(fd, message, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return err
	}
	answer := make([]byte, 4096)
	n, _, err := unix.Recvfrom(fd, answer, 0)
	if err != nil {
		return err
	}
	if n < unix.SizeofNlMsghdr+4 {
		return fmt.Errorf("netlink answered with %d bytes", n)
	}
	if code := int32(binary.NativeEndian.Uint32(answer[unix.SizeofNlMsghdr:])); code != 0 {
		return unix.Errno(-code)
	}
	return nil
}
