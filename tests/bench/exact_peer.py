"""The rows of exact.lua in torch, double precision, written by hand with gradients by hand (faster than autograd).

Usage: exact_peer.py kl|lnz THREADS: prints seconds per evaluation and the peak memory in KiB.
"""
import resource
import sys
import time

import torch

torch.set_default_dtype(torch.float64)
torch.set_num_threads(int(sys.argv[2]))
torch.manual_seed(1)
BATCH = 2**8  # the fastest of 2^8, 2^10, 2^12 and 2^14


def states(n):
    return 2.0 * ((torch.arange(2**n).unsqueeze(1) >> torch.arange(n)) & 1).double() - 1.0


def log_2cosh(x):
    x = x.abs()
    return x + torch.nn.functional.softplus(-2.0 * x)


def kl():
    v = states(16)
    grid = v.view(-1, 4, 4)
    bonds = (grid * grid.roll(1, 1)).sum((1, 2)) + (grid * grid.roll(1, 2)).sum((1, 2))
    log_p = torch.log_softmax(0.4406867935097715 * bonds, 0)
    p = log_p.exp()
    W, a, b = 0.1 * torch.randn(16, 8), 0.1 * torch.randn(16), 0.1 * torch.randn(8)

    def evaluate():
        theta = v @ W + b
        log_q = torch.log_softmax(v @ a + log_2cosh(theta).sum(1), 0)
        value = (p * (log_p - log_q)).sum()
        weight = log_q.exp() - p
        response = weight.unsqueeze(1) * theta.tanh()
        return value, v.t() @ response, v.t() @ weight, response.sum(0)

    return evaluate, 20


def lnz():
    W, a, b = 0.1 * torch.randn(784, 20), 0.1 * torch.randn(784), 0.1 * torch.randn(20)

    def evaluate():
        parts = []
        for first in range(0, 2**20, BATCH):
            s = torch.arange(first, first + BATCH).unsqueeze(1)
            h = 2.0 * ((s >> torch.arange(20)) & 1).double() - 1.0
            parts.append(torch.logsumexp(h @ b + log_2cosh(h @ W.t() + a).sum(1), 0))
        return torch.logsumexp(torch.stack(parts), 0)

    return evaluate, 1


evaluate, times = {"kl": kl, "lnz": lnz}[sys.argv[1]]()
if times > 1:
    evaluate()
start = time.perf_counter()
for _ in range(times):
    evaluate()
print((time.perf_counter() - start) / times)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
