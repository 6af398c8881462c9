"""A network between namespaces that delays and loses packets, where the kernel has no netem.

lossy_network.py DELAY_MS LOSS_PERCENT NAMESPACE...

Each namespace of `ip netns` has a TAP device eth0. Every frame that one sends is lost with the given
probability, or reaches its receiver after the delay; a broadcast frame reaches all.
Runs until it is killed.
"""

import ctypes
import fcntl
import heapq
import os
import random
import select
import struct
import sys
import time

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TAP = 0x0002
IFF_NO_PI = 0x1000
FRAME = 65536
AT_ONCE = 64


def open_tap(namespace: str) -> int:
    """Opens eth0 of a namespace; the device is not bound to the process that opens it."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open(f"/run/netns/{namespace}", "rb") as handle:
        if libc.setns(handle.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"namespace {namespace}")
    tap = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH22x", b"eth0", IFF_TAP | IFF_NO_PI))
    return tap


class Network:
    def __init__(self, delay: float, loss: float, taps: list[int]):
        self.delay = delay
        self.loss = loss
        self.taps = taps
        self.tap_of = {}  # by hardware address, as frames show it
        self.waiting = []  # (when, number, receivers, frame)
        self.number = 0

    def take(self, tap: int) -> None:
        """Takes frames that a device sends."""
        for _ in range(AT_ONCE):
            try:
                frame = os.read(tap, FRAME)
            except BlockingIOError:
                return
            self.tap_of[frame[6:12]] = tap
            if random.random() < self.loss:
                continue
            known = self.tap_of.get(frame[:6])
            receivers = [known] if known else [other for other in self.taps if other != tap]
            self.number += 1  # frames of one moment keep their order
            heapq.heappush(
                self.waiting, (time.monotonic() + self.delay, self.number, receivers, frame)
            )

    def deliver(self) -> None:
        """Hands over the frames whose time has come."""
        now = time.monotonic()
        while self.waiting and self.waiting[0][0] <= now:
            _, _, receivers, frame = heapq.heappop(self.waiting)
            for tap in receivers:
                try:
                    os.write(tap, frame)
                except OSError:
                    pass  # a device that is down or full loses the frame, as any other would

    def run(self) -> None:
        poll = select.poll()
        for tap in self.taps:
            poll.register(tap, select.POLLIN)
        while True:
            wait = 1000.0
            if self.waiting:
                wait = max(0.0, (self.waiting[0][0] - time.monotonic()) * 1000)
            for tap, _ in poll.poll(wait):
                self.take(tap)
            self.deliver()


def main() -> None:
    delay, loss, *namespaces = sys.argv[1:]
    taps = [open_tap(namespace) for namespace in namespaces]
    Network(float(delay) / 1000, float(loss) / 100, taps).run()


if __name__ == "__main__":
    main()
