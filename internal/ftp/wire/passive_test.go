package wire

import (
	"net/netip"
	"testing"
)

func TestParseEPSV(t *testing.T) {
	for text, want := range map[string]uint16{
		"Entering Extended Passive Mode (|||6446|)":  6446,
		"Extended Passive mode OK (|||1|)":           1,
		"Entering Extended Passive Mode (!!!65535!)": 65535,
		"ok |||80|":                       80,
		"(|||0|)":                         0,
		"(|||65536|)":                     0,
		"(|||-1|)":                        0,
		"(|||80)":                         0,
		"(|1|127.0.0.1|80|)":              0,
		"":                                0,
		"Entering ... mode (1,2,3,4,5,6)": 0,
	} {
		if got, err := ParseEPSV(text); got != want || (err == nil) != (want != 0) {
			t.Errorf("ParseEPSV(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
}

func TestParsePASV(t *testing.T) {
	for text, want := range map[string]string{
		"Entering Passive Mode (127,0,0,1,84,255).": "127.0.0.1:21759",
		"=10,0,0,7,0,21": "10.0.0.7:21",
		"Entering Passive Mode. 1, 2, 3, 4, 5, 6": "1.2.3.4:1286",
		"(127,0,0,1,0,0)":                         "",
		"(127,0,0,256,1,1)":                       "",
		"(127,0,0,1,1)":                           "",
		"(127,0,0,1,1,1,1)":                       "",
		"(|||80|)":                                "",
		"no":                                      "",
	} {
		got, err := ParsePASV(text)
		if want == "" && err == nil || want != "" && got != netip.MustParseAddrPort(want) {
			t.Errorf("ParsePASV(%q) = %v, %v; want %s", text, got, err, want)
		}
	}
}
