"""What a program in a container tries in order to get out of it. Each attempt gives what came of it, as one line."""
import ctypes
import errno
import os
import platform
import socket
import threading

LIBC = ctypes.CDLL(None, use_errno=True)
# By the machine: keyctl, bpf, perf_event_open, init_module
SYSCALLS = {
    "x86_64": {"keyctl": 250, "bpf": 321, "perf_event_open": 298, "init_module": 175},
    "aarch64": {"keyctl": 219, "bpf": 280, "perf_event_open": 241, "init_module": 105},
}


def outcome(attempt):
    """`ALLOWED` with what it gave, or the name of the error."""
    try:
        return f"ALLOWED {attempt()}"[:200]
    except OSError as error:
        return errno.errorcode.get(error.errno, str(error))
    except Exception as error:  # whatever it is, it did not work
        return f"{type(error).__name__}: {error}"[:200]


def call(name, *arguments):
    if getattr(LIBC, name)(*arguments) == -1:
        raise OSError(ctypes.get_errno(), name)
    return name


def syscall(name):
    number = SYSCALLS.get(platform.machine(), {}).get(name)
    if number is None:
        raise OSError(errno.ENOSYS, name)
    return call("syscall", number, 0, 0, 0, 0, 0)


def write(path, text="x"):
    with open(path, "w") as file:
        file.write(text)
    return path


def read(path):
    with open(path, "rb") as file:
        return file.read(32)


def connect(family, address):
    with socket.socket(family, socket.SOCK_STREAM) as one:
        one.settimeout(1)
        one.connect(address)
    return address


def reads():
    """
    Ways into the engine, the kernel, the host, and other containers. Tracing process 1 is none of them: it works, since
    process 1 is the init of this container and runs as the same user.
    """
    cgroup = "/sys/fs/cgroup"
    limit = f"{cgroup}/memory.max" if os.path.exists(f"{cgroup}/cgroup.controllers") else f"{cgroup}/memory/memory.limit_in_bytes"
    tried = {
        "engine socket in /var/run": lambda: connect(socket.AF_UNIX, "/var/run/docker.sock"),
        "engine socket in /run": lambda: connect(socket.AF_UNIX, "/run/docker.sock"),
        "containerd socket": lambda: connect(socket.AF_UNIX, "/run/containerd/containerd.sock"),
        "raise the memory limit": lambda: write(limit, "-1"),
        "cgroup release_agent": lambda: write(f"{cgroup}/memory/release_agent"),
        "write /sys": lambda: write("/sys/kernel/profiling", "1"),
        "write /proc/sys": lambda: write("/proc/sys/kernel/core_pattern", "|/tmp/x"),
        "write sysrq": lambda: write("/proc/sysrq-trigger", "h"),
        "write another's oom_score": lambda: write("/proc/1/oom_score_adj", "-1000"),
        "read /proc/kcore": lambda: read("/proc/kcore"),
        "read the kernel's log": lambda: read("/dev/kmsg"),
        "read memory of the machine": lambda: read("/dev/mem"),
        "read a disk": lambda: read("/dev/sda"),
        "read /etc/shadow": lambda: read("/etc/shadow"),
        "write the root": lambda: write("/x"),
        "write /etc/passwd": lambda: write("/etc/passwd"),
        "write its own program": lambda: write("/app/server.py"),
        "mount": lambda: call("mount", b"tmpfs", b"/tmp", b"tmpfs", 0, None),
        "mount /proc again": lambda: call("mount", b"proc", b"/tmp", b"proc", 0, None),
        "remount the root": lambda: call("mount", None, b"/", None, 32, None),
        "unshare a user namespace": lambda: call("unshare", 0x10000000),
        "unshare a mount namespace": lambda: call("unshare", 0x00020000),
        "enter the namespaces of process 1": lambda: call("setns", os.open("/proc/1/ns/mnt", os.O_RDONLY), 0),
        "chroot": lambda: call("chroot", b"/tmp"),
        "make a device": lambda: call("mknod", b"/tmp/sda", 0o60666, 8 << 8),
        "become root": lambda: call("setuid", 0),
        "raw socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1).close(),
        "packet socket": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 3).close(),
        "set the clock": lambda: call("settimeofday", (ctypes.c_long * 2)(0, 0), None),
        "set the host name": lambda: call("sethostname", b"x", 1),
        "reboot": lambda: call("reboot", 0x89ABCDEF),
        "raise its priority": lambda: os.nice(-5),
        **{name: lambda name=name: syscall(name) for name in ["keyctl", "bpf", "perf_event_open", "init_module"]},
    }
    return {name: outcome(attempt) for name, attempt in tried.items()}


def identity():
    """Who it is for the kernel, what it sees, and what it was told."""
    with open("/proc/self/status") as file:
        status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
    processes = [name for name in os.listdir("/proc") if name.isdigit()]
    environment = read_all("/proc/1/environ").replace(b"\0", b" ").decode(errors="replace")
    return {
        "uid": os.getuid(),
        "capabilities": status.get("CapEff"),
        "bounding": status.get("CapBnd"),
        "noNewPrivileges": status.get("NoNewPrivs"),
        "seccomp": status.get("Seccomp"),
        "processes": len(processes),
        "environment": environment[:250],
        "devices": " ".join(sorted(os.listdir("/dev")))[:250],
    }


def read_all(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        return str(error).encode()


def reaches(port):
    """What answers at a port that the test listens on at every address of the host, and whether there is a way out."""
    with open("/proc/net/route") as file:
        routes = [line.split() for line in file.readlines()[1:]]
    gateways = {address(int(route[1], 16), 1) for route in routes if route[1] != "00000000"}
    hosts = [*sorted(gateways), "172.17.0.1", "127.0.0.1", "host.docker.internal", *os.environ.get("HOST_ADDRESSES", "").split()]
    found = {}

    def attempt(host):
        found[f"{host}:{port}"] = outcome(lambda: connect(socket.AF_INET, (host, port)))

    # An address for documentation: whoever has a way out has one to it, and nobody is there.
    far = threading.Thread(target=lambda: found.update({"198.51.100.1:80": outcome(lambda: connect(socket.AF_INET, ("198.51.100.1", 80)))}))
    threads = [far, *(threading.Thread(target=attempt, args=(host,)) for host in hosts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(3)
    return found


def address(network, offset):
    """The network comes as a little-endian number."""
    return ".".join(str(byte) for byte in (int.from_bytes(network.to_bytes(4, "little"), "big") + offset).to_bytes(4, "big"))


def fills():
    """How many MB can be written, and what ended it, for each place."""
    found = {}
    for place in ["/", "/app", "/etc", "/var/tmp", "/run", "/dev", "/dev/shm", "/dev/mqueue", "/proc", "/sys", "/home", "/tmp"]:
        written = 0
        path = os.path.join(place, "fill")
        try:
            with open(path, "wb") as file:
                while written < 160:
                    file.write(bytes(1 << 20))
                    written += 1
            end = "no limit"
        except OSError as error:
            end = errno.errorcode.get(error.errno, str(error))
        try:
            os.unlink(path)
        except OSError:
            pass
        found[place] = f"{written} MB, {end}"
    return found
