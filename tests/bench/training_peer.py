"""The rows of training.lua in torch and scikit-learn: single precision, gradients by hand, in place, without autograd.

Usage: training_peer.py torch|sklearn cd|pcd K HIDDEN BATCH UPDATES THREADS DATA_DIR
       training_peer.py torch ais CHAINS TEMPERATURES TIMED 1 THREADS DATA_DIR
prints the median and the least of the seconds of an update (of the annealing: all of it, from TIMED temperatures).
"""
import gzip
import sys
import time

import numpy

peer, kind = sys.argv[1:3]
k, hidden, batch, updates, threads = map(int, sys.argv[3:8])
folder = sys.argv[8]
WARM = 10
now = time.process_time if threads == 1 else time.perf_counter  # one thread: the time that it ran


def read_data():
    if not folder:
        return (numpy.random.default_rng(1).random((10 * batch, 784)) < 0.13).astype(numpy.float32)
    with gzip.open(folder + "/train-images-idx3-ubyte.gz") as file:
        images = numpy.frombuffer(file.read(16 + 784 * 10000), numpy.uint8, offset=16).reshape(-1, 784)
    return (images > 127).astype(numpy.float32)


def report(times):
    times = sorted(times)
    print(times[(len(times) - 1) // 2], times[0])


def batches(data):
    """Shuffled, an epoch after the other."""
    random = numpy.random.default_rng(2)
    while True:
        order = random.permutation(len(data))
        for at in range(0, len(data) - batch + 1, batch):
            yield order[at : at + batch]


def train_torch():
    import torch

    torch.set_num_threads(threads)
    torch.manual_seed(1)
    data = torch.from_numpy(read_data())
    W, a, b = 0.01 * torch.randn(784, hidden), torch.zeros(784), torch.zeros(hidden)
    step_W, step_a, step_b = torch.zeros_like(W), torch.zeros_like(a), torch.zeros_like(b)
    rate, momentum = 0.01, 0.5

    def draw(field):
        return torch.rand_like(field).lt_(field.sigmoid_())  # faster than torch.bernoulli

    chain, order, times = data[:batch].clone(), batches(data), []
    with torch.no_grad():
        for update in range(WARM + updates):
            rows = torch.from_numpy(next(order))
            start = now()
            v = data[rows]
            p = torch.addmm(b, v, W).sigmoid_()
            if kind == "cd":
                chain = v
            for _ in range(k):
                h = draw(torch.addmm(b, chain, W))
                chain = draw(torch.addmm(a, h, W.t()))
            q = torch.addmm(b, chain, W).sigmoid_()
            step_W.mul_(momentum).addmm_(v.t(), p, alpha=rate / batch).addmm_(chain.t(), q, alpha=-rate / batch)
            step_a.mul_(momentum).add_(v.sum(0) - chain.sum(0), alpha=rate / batch)
            step_b.mul_(momentum).add_(p.sum(0) - q.sum(0), alpha=rate / batch)
            W += step_W
            a += step_a
            b += step_b
            if update >= WARM:
                times.append(now() - start)
    report(times)


def anneal_torch():
    import torch

    chains, temperatures, timed = k, hidden, batch
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    W, a, b = 0.05 * torch.randn(784, 500), torch.zeros(784), torch.zeros(500)

    def log_weight(v_a, field, beta):
        return beta * v_a + torch.nn.functional.softplus(beta * field).sum(1)

    with torch.no_grad():
        start = now()
        beta = numpy.linspace(0, 1, timed + 1)
        v = torch.rand(chains, 784).lt_(0.5)
        log_w = torch.zeros(chains, dtype=torch.float64)
        for t in range(1, timed + 1):
            at, before = float(beta[t]), float(beta[t - 1])
            field, v_a = torch.addmm(b, v, W), v @ a
            log_w += (log_weight(v_a, field, at) - log_weight(v_a, field, before)).double()
            h = torch.rand_like(field).lt_(field.mul_(at).sigmoid_())
            back = torch.addmm(a, h, W.t()).mul_(at).sigmoid_()
            v = torch.rand_like(back).lt_(back)
        torch.logsumexp(log_w, 0)
        report([(now() - start) * temperatures / timed])


def train_sklearn():
    from sklearn.neural_network import BernoulliRBM

    data, times = read_data(), []
    machine = BernoulliRBM(n_components=hidden, learning_rate=0.01, batch_size=batch, random_state=1)
    order = batches(data)
    for update in range(WARM + updates):
        rows = data[next(order)]
        start = now()
        machine.partial_fit(rows)
        if update >= WARM:
            times.append(now() - start)
    report(times)


{"torch": anneal_torch if kind == "ais" else train_torch, "sklearn": train_sklearn}[peer]()
