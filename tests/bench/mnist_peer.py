"""Persistent contrastive divergence of a 784 x HIDDEN machine of bits on MNIST in torch, written by hand, for a given time.

Usage: mnist_peer.py DATA_DIR OUT.npz SECONDS wall|cpu THREADS [HIDDEN BATCH RATE RATE_END MOMENTUM DECAY SEED]
Writes W, a and b, and prints seconds and updates.  The rate falls exponentially with the time that has gone by.
"""
import gzip
import sys
import time

import numpy
import torch

folder, out, seconds, threads = sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[5])
clock = {"wall": time.perf_counter, "cpu": time.process_time}[sys.argv[4]]
settings = [float(x) for x in sys.argv[6:]]
hidden, batch, rate, rate_end, momentum, decay, seed = settings + [500, 128, 0.05, 0.0005, 0, 0, 1][len(settings):]
hidden, batch = int(hidden), int(batch)
torch.set_num_threads(threads)
torch.manual_seed(int(seed))


def read_images(path):
    with gzip.open(path) as file:
        return numpy.frombuffer(file.read(), numpy.uint8, offset=16).reshape(-1, 784)


def draw(field):
    return torch.rand_like(field).lt_(field.sigmoid_())  # four times as fast as torch.bernoulli


@torch.no_grad()
def train(data):
    mean = (data.mean(0) * len(data) + 0.5) / (len(data) + 1)
    W, a, b = 0.01 * torch.randn(784, hidden), torch.log(mean / (1 - mean)), torch.zeros(hidden)
    step_W, step_a, step_b = torch.zeros_like(W), torch.zeros_like(a), torch.zeros_like(b)
    chain = data[torch.randint(len(data), (batch,))]
    start, updates, order, at = clock(), 0, torch.randperm(len(data)), 0
    while True:
        gone = (clock() - start) / seconds
        if gone >= 1:
            break
        now = rate * (rate_end / rate) ** gone
        if at + batch > len(data):
            order, at = torch.randperm(len(data)), 0
        v = data[order[at : at + batch]]
        at += batch
        p = torch.addmm(b, v, W).sigmoid_()
        h = draw(torch.addmm(b, chain, W))
        chain = draw(torch.addmm(a, h, W.t()))
        q = torch.addmm(b, chain, W).sigmoid_()
        if decay:
            W.mul_(1 - 2 * now * decay)
        if momentum:
            step_W.mul_(momentum).addmm_(v.t(), p, alpha=now / batch).addmm_(chain.t(), q, alpha=-now / batch)
            W += step_W
            a += step_a.mul_(momentum).add_((v.sum(0) - chain.sum(0)), alpha=now / batch)
            b += step_b.mul_(momentum).add_((p.sum(0) - q.sum(0)), alpha=now / batch)
        else:
            W.addmm_(v.t(), p, alpha=now / batch).addmm_(chain.t(), q, alpha=-now / batch)
            a.add_(v.sum(0) - chain.sum(0), alpha=now / batch)
            b.add_(p.sum(0) - q.sum(0), alpha=now / batch)
        updates += 1
    return W, a, b, updates, clock() - start


images = torch.from_numpy((read_images(folder + "/train-images-idx3-ubyte.gz") > 127).astype(numpy.float32))
W, a, b, updates, took = train(images)
numpy.savez(out, W=W.double().numpy(), a=a.double().numpy(), b=b.double().numpy())
print(took, updates)
