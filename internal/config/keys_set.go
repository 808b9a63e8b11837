package config

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"unicode"
)

func setLocal(d *decoder, p *draft, text string) (err error) {
	if IsURL(text) {
		return withHint(errors.New("is a URL"), "local is a directory on this machine, remote is the URL")
	}
	p.Local, err = d.localPath(text)
	return err
}

func setRemote(_ *decoder, p *draft, text string) error {
	r, err := ParseURL(text)
	if err != nil {
		return err
	}
	p.Remote = r
	return nil
}

func setUser(_ *decoder, p *draft, text string) error {
	for _, c := range text {
		if c < ' ' || c == 0x7f {
			return errors.New("contains a control character")
		}
	}
	p.user = text
	return nil
}

// setMachine takes the label that others read in a lock on the server.
func setMachine(_ *decoder, p *draft, text string) error {
	if len(text) > 64 || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return errors.New("must be at most 64 printable characters")
	}
	p.Machine = text
	return nil
}

func setTrash(_ *decoder, p *draft, text string) (err error) {
	p.Trash, err = ParseSwitch(text)
	p.TrashSet = err == nil
	return err
}

func setTrashKeep(_ *decoder, p *draft, text string) (err error) {
	if text == "forever" {
		p.TrashKeep = 0
		return nil
	}
	p.TrashKeep, err = ParseAge(text)
	return err
}

func setLogKeep(_ *decoder, p *draft, text string) (err error) {
	switch text {
	case "off", "false", "no", "0":
		p.LogKeep = 0
	case "forever":
		p.LogKeep = -1
	default:
		p.LogKeep, err = ParseAge(text)
	}
	return err
}

func setTrashSize(_ *decoder, p *draft, text string) (err error) {
	p.TrashSize, err = ParseSize(text)
	return err
}

func setMaxSize(_ *decoder, p *draft, text string) (err error) {
	p.MaxSize, err = ParseSize(text)
	return err
}

func setMinAge(_ *decoder, p *draft, text string) (err error) {
	p.MinAge, err = ParseMinAge(text)
	return err
}

func setConnections(_ *decoder, p *draft, text string) (err error) {
	p.Connections, err = ParseConnections(text)
	return err
}

func setSegments(_ *decoder, p *draft, text string) (err error) {
	p.Segments, err = ParseSegments(text)
	return err
}

// ParseConnections parses the most connections that a server gets; 0 means "auto".
func ParseConnections(text string) (n int, err error) {
	if text == "auto" {
		return 0, nil
	}
	if n, err = number(text, 1, 256); err != nil {
		err = fmt.Errorf("%w, or auto", err)
	}
	return n, err
}

// count is for keys that limit a number of files and directories.
func count(field func(*Profile) *int) func(*decoder, *draft, string) error {
	return func(_ *decoder, p *draft, text string) (err error) {
		*field(&p.Profile), err = ParseCount(text)
		return err
	}
}

func setRetries(_ *decoder, p *draft, text string) error {
	n, err := number(text, 0, 1000)
	if p.Retries = n; n == 0 {
		p.Retries = -1
	}
	return err
}

func setMaxDelete(_ *decoder, p *draft, text string) error {
	limits, err := ParseMaxDelete(text)
	p.Limits.MaxDeletes, p.Limits.MaxDeletePercent = limits.MaxDeletes, limits.MaxDeletePercent
	return err
}

func setActivePorts(_ *decoder, p *draft, text string) (err error) {
	p.ActivePorts, err = ParsePorts(text)
	return err
}

func setActiveAddress(_ *decoder, p *draft, text string) error {
	addr, err := netip.ParseAddr(text)
	if err != nil || addr.Zone() != "" {
		return fmt.Errorf("%q is not an IP address", text)
	}
	p.ActiveAddress = addr.String()
	return nil
}

func setFingerprint(_ *decoder, p *draft, text string) (err error) {
	p.Fingerprint, err = ParseFingerprint(text)
	return err
}

func setEncoding(_ *decoder, p *draft, text string) (err error) {
	p.Encoding, err = ParseEncoding(text)
	return err
}

func setMergeTool(_ *decoder, p *draft, text string) error {
	if strings.ContainsRune(text, 0) {
		return errors.New("contains a NUL character")
	}
	p.MergeTool = strings.TrimSpace(text)
	return nil
}

// setID takes the name of the pair in the state directory.
func setID(_ *decoder, p *draft, text string) error {
	if why := checkWord("the id", text); why != "" {
		return errors.New(why)
	}
	p.ID = text
	return nil
}

func setServerName(_ *decoder, p *draft, text string) (err error) {
	p.ServerName, err = ParseServerName(text)
	return err
}

func setCompress(_ *decoder, p *draft, text string) (err error) {
	p.Compress, err = ParseCompress(text)
	return err
}

func setPipeline(_ *decoder, p *draft, text string) (err error) {
	p.Pipeline, err = ParsePipeline(text)
	return err
}

func setListFormat(_ *decoder, p *draft, text string) (err error) {
	p.ListFormat, err = ParseListFormat(text)
	return err
}

func setRates(_ *decoder, p *draft, text string) (err error) {
	p.BytesUp, p.BytesDown, err = ParseRate(text)
	return err
}

func number(text string, low, high int) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < low || n > high {
		return 0, fmt.Errorf("%q is not a whole number from %d to %d", text, low, high)
	}
	return n, nil
}
