"""The generator of core/random.ts once more, so that both sides draw the same: xoroshiro128+ (Blackman & Vigna 2018).

The state is two 64-bit words; whole numbers below a limit come from the low 32 bits of their sum, those that would favour
some remainder left out.
"""

import math

M32, M64 = 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF


class Stream:
    def __init__(self, seed):
        self.a, self.b = (M32 << 32) | (~seed & M32), (seed & M32) << 32

    def next(self):
        """32 bits, shifted by 2^31 as a signed number is that is made positive."""
        a, b = self.a, self.b
        out = ((a + b) & M32) ^ 0x80000000
        b ^= a
        self.a = (((a << 24) | (a >> 40)) ^ b ^ (b << 16)) & M64
        self.b = ((b << 37) | (b >> 27)) & M64
        return out

    def integer(self, limit):
        """In [0, limit)."""
        allowed = (2**32 // limit) * limit if limit > 2 else 2**32
        value = self.next()
        while value >= allowed:
            value = self.next()
        return value % limit

    def permutation(self, length):
        """Fisher & Yates, from the end."""
        order = list(range(length))
        for i in range(length - 1, 0, -1):
            j = self.integer(i + 1)
            order[i], order[j] = order[j], order[i]
        return order

    def uniform(self):
        """In [0, 1), in steps of 2^-30."""
        return self.integer(2**30) / 2**30

    def normal(self):
        """Box & Muller."""
        u, v = self.uniform(), self.uniform()
        return math.sqrt(-2 * math.log(1 - u)) * math.cos(2 * math.pi * v)


def named(seed, name):
    """The stream of a purpose: its seed is FNV-1a of the characters."""
    value = 0x811C9DC5
    for character in f"{seed} {name}":
        value = ((value ^ ord(character)) * 0x01000193) & M32
    return Stream(value)


def of_input(seed, name, place):
    """The stream of a purpose for one input; its first 16 draws are thrown away."""
    stream = named(seed, f"{name} {place}")
    for _ in range(16):
        stream.integer(2**31 - 1)
    return stream
