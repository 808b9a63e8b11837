package owner

import "os"

// bootID stands for this machine since it was started; "" where that is not known.
func bootID() string {
	machine, _ := os.ReadFile("/etc/machine-id")
	boot, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return string(machine) + string(boot)
}
