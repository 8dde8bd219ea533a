"""Files of gibbs and files of NumPy and h5py, both ways and bit by bit: interop.py PROGRAM.

Models are read by what gibbs/model_file.h says of their layout alone: an interpreter of the node table, written here in
NumPy, gives the free energy that gibbs gives.  Exits with 77, saying why, where h5py is not installed.
"""
import csv
import itertools
import json
import os
import subprocess
import sys
import tempfile

try:
    import h5py
    import numpy as np
except ImportError as missing:
    print(f"skipped: {missing}; install python3-h5py")
    sys.exit(77)

program, script = sys.argv[1], os.path.join(os.path.dirname(os.path.abspath(__file__)), "interop.lua")
failures = []


def gibbs(*arguments):
    run = subprocess.run([program, script, *arguments], capture_output=True, text=True)
    if run.returncode != 0:
        raise SystemExit(f"gibbs {arguments[0]}: {run.stderr}")
    return run.stdout.splitlines()


def expect(what, truth):
    if not truth:
        failures.append(what)


def same_bits(a, b):
    a, b = np.asarray(a, dtype="<f8"), np.asarray(b, dtype="<f8")
    return a.shape == b.shape and (a.tobytes() == b.tobytes() or bool(np.all((a == b) & (np.signbit(a) == np.signbit(b)) | np.isnan(a) & np.isnan(b))))


# ---- what gibbs reads ---------------------------------------------------------------------------------------------


def read_by_gibbs(paths):
    """{path: {where: value}}, or {path: "message"}."""
    files, items = {}, None
    for line in gibbs("read", *paths):
        where, kind, *rest = line.split("\t")
        if where == "file":
            items = files[kind] = {}
            continue
        shape, content = rest
        if kind == "error":
            items["error"] = content
        elif kind == "tensor":
            extent = [int(n) for n in shape.split("x") if n]
            items[where] = np.array([float.fromhex(x) for x in content.split()]).reshape(extent)
        elif kind == "number":
            items[where] = np.float64(float.fromhex(content))
        elif kind == "string":
            items[where] = bytes.fromhex(content).decode()
        else:
            items[where] = {"true": True, "false": False, "null": None}.get(content, [])
    return files


def sample(dtype, shape):
    rng, dtype = np.random.default_rng(3), np.dtype(dtype)
    if dtype.kind == "b":
        return rng.integers(0, 2, shape).astype(dtype)
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        low, high = max(info.min, -(2**53)), min(info.max, 2**53)
        x = rng.integers(low, high, shape, endpoint=True).astype(dtype)
        if x.size > 1:
            x.flat[0], x.flat[-1] = low, high
        return x
    x = (rng.standard_normal(shape) * 10.0 ** rng.integers(-30, 30, shape)).astype(dtype)
    if x.size > 3:
        x.flat[:4] = [np.inf, -np.inf, np.nan, -0.0]
    return x


dtypes = ["?", "i1", "u1"] + [end + kind for end in "<>" for kind in ("i2", "i4", "i8", "u2", "u4", "u8", "f4", "f8")]
shapes = [(), (1,), (5,), (2, 3), (3, 1, 2), (2, 2, 2, 2)]


def written_by_python(folder):
    """{path: {where: value}}: every type, shape and order in every container."""
    files = {}
    for number, (dtype, shape) in enumerate(itertools.product(dtypes, shapes)):
        x = sample(dtype, shape)
        for order in "CF":
            path = f"{folder}/{number}{order}.npy"
            np.save(path, np.asarray(x, order=order))
            files[path] = {"": x}
    arrays = {f"{np.dtype(d).str[1:]}_{d[0] == '>'}_{k}": sample(d, s) for d in dtypes for k, s in enumerate(shapes)}
    for name, write in (("stored.npz", np.savez), ("packed.npz", np.savez_compressed)):
        write(f"{folder}/{name}", **arrays)
        files[f"{folder}/{name}"] = {f"/{key}": x for key, x in arrays.items()}
    path = f"{folder}/python.h5"
    with h5py.File(path, "w") as file:
        expected = files[path] = {}
        for key, x in arrays.items():
            file[f"plain/{key}"] = x
            expected[f"/plain/{key}"] = x
            if x.shape:
                file.create_dataset(f"packed/{key}", data=x, chunks=tuple(max(1, n - 1) for n in x.shape), compression="gzip", shuffle=True)
                expected[f"/packed/{key}"] = x
        file.attrs["n"], file.attrs["name"], file["plain"].attrs["scale"] = 3, "Ising", np.arange(3.0)
        file["plain/i2_False_3"].attrs["units"] = "J"
        file["plain/i2_False_3"].attrs["owner"] = file["plain"].ref  # which nobody else can read
        file["half"] = np.array([0.5, 1.5], dtype="f2")
        file["text"], file["words"] = "spin λ", ["a", "λ", ""]
        file["fixed"] = np.array([b"ab", b"c"])
        file["nothing"] = h5py.Empty("f8")
        file["none"] = np.zeros(0)
        expected.update({"/plain/i2_False_3@units": "J", "/@n": 3, "/@name": "Ising", "/plain/@scale": np.arange(3.0), "/half": np.array([0.5, 1.5]), "/text": "spin λ",
                         "/words/1": "a", "/words/2": "λ", "/words/3": "", "/fixed/1": "ab", "/fixed/2": "c", "/nothing": None, "/none": []})
    path = f"{folder}/python.csv"
    x = sample("f8", (6, 3))
    np.savetxt(path, x, delimiter=",", fmt="%.17g")
    files[path] = {"": x}
    path = f"{folder}/named.csv"
    with open(path, "w", newline="") as stream:
        csv.writer(stream).writerows([["n", "word", "hole", "na"], [repr(0.1), 'a "b", c', "", "NA"], [repr(1 / 3), "two\nlines", "2.5", "1"]])
    files[path] = {"/n": np.array([0.1, 1 / 3]), "/word/1": 'a "b", c', "/word/2": "two\nlines", "/hole": np.array([np.nan, 2.5]), "/na": np.array([np.nan, 1])}
    path = f"{folder}/python.json"
    with open(path, "w") as stream:
        json.dump({"x": 0.1, "list": [1, 1 / 3, 5e-324], "deep": {"yes": True, "none": None, "text": "λ"}}, stream)
    files[path] = {"/x": 0.1, "/list": np.array([1, 1 / 3, 5e-324]), "/deep/yes": True, "/deep/none": None, "/deep/text": "λ"}
    return files


def items_of(found, where):
    """A tensor, or a list of numbers, that begins at `where`."""
    if where in found and not isinstance(found[where], list):
        return found[where]
    rows = [found[f"{where}/{i + 1}"] for i in range(len([k for k in found if k.startswith(where + "/")]))]
    return np.array(rows) if rows else found.get(where)


def test_reading(folder):
    files = written_by_python(folder)
    found = read_by_gibbs(list(files))
    for path, expected in files.items():
        for where, value in expected.items():
            name = f"{os.path.basename(path)}{where}"
            if "error" in found[path]:
                expect(f"{name}: {found[path]['error']}", False)
            elif isinstance(value, (str, bool, list)) or value is None:
                got = found[path].get(where, "missing")
                expect(f"{name}: {got!r} for {value!r}", got == value and type(got) is type(value))
            else:
                got, value = items_of(found[path], where), np.asarray(value)
                if value.dtype.kind == "b" and value.shape == () and isinstance(got, (bool, np.bool_)):
                    got = float(got)
                expect(f"{name}: {got!r} for {value!r}", got is not None and same_bits(got, value.astype("<f8")))
    print(f"{len(files)} files of Python read by gibbs, {sum(map(len, files.values()))} values")


# ---- what gibbs refuses -------------------------------------------------------------------------------------------


def refused(folder):
    huge = np.array([2**53 + 1], dtype="i8")
    np.save(f"{folder}/huge.npy", huge)
    np.save(f"{folder}/complex.npy", np.zeros(2, dtype="c16"))
    np.save(f"{folder}/half.npy", np.zeros(2, dtype="f2"))
    np.save(f"{folder}/text.npy", np.array(["a", "b"]))
    np.save(f"{folder}/object.npy", np.array([{}, []], dtype=object), allow_pickle=True)
    np.save(f"{folder}/records.npy", np.zeros(2, dtype=[("x", "f8"), ("y", "i4")]))
    np.save(f"{folder}/empty.npy", np.zeros((0, 3)))
    np.save(f"{folder}/axes.npy", np.zeros((1,) * 7))
    with h5py.File(f"{folder}/huge.h5", "w") as file:
        file["x"] = huge
    with h5py.File(f"{folder}/linked.h5", "w") as file:
        file["x"] = h5py.ExternalLink("python.h5", "/text")
    with h5py.File(f"{folder}/complex.h5", "w") as file:
        file["x"] = np.zeros(2, dtype="c16")
    return {
        "huge.npy": "more digits than a double holds", "complex.npy": "'<c16' are not supported", "half.npy": "'<f2' are not supported", "text.npy": "'<U1' are not supported",
        "object.npy": "'|O' are not supported", "records.npy": "arrays of records are not supported", "empty.npy": "0", "axes.npy": "more than 6 axes",
        "huge.h5": "more digits than a double holds", "linked.h5": "link to another place", "complex.h5": "neither numbers, strings nor booleans",
    }


def test_refusals(folder):
    expected = refused(folder)
    found = read_by_gibbs([f"{folder}/{name}" for name in expected])
    for name, text in expected.items():
        got = found[f"{folder}/{name}"].get("error", "no error")
        expect(f"{name}: '{got}' for '{text}'", text in got)
    print(f"{len(expected)} files of Python refused by gibbs, each with its reason")


# ---- what gibbs writes --------------------------------------------------------------------------------------------

numbers = [0.1, 1 / 3, 5e-324, -1.7976931348623157e308, 2.0**53, -0.0, 1e21, 123456789.123456789]
matrix = np.array([numbers, [1, 2, 3, 4, 5, 6, 7, 8]])
cube = matrix.reshape(2, 2, 4)


def test_writing(folder):
    gibbs("write", folder)
    for name, value in (("matrix", matrix), ("cube", cube), ("scalar", np.float64(0.1)), ("vector", [np.inf, -np.inf, 0.1])):
        array = np.load(f"{folder}/{name}.npy")
        expect(f"{name}.npy", array.dtype == np.dtype("<f8") and same_bits(array, value))
        expect(f"{name}.npy mapped", same_bits(np.load(f"{folder}/{name}.npy", mmap_mode="r"), value))
    with np.load(f"{folder}/arrays.npz") as arrays:
        expect("names of arrays.npz", sorted(arrays.files) == ["b", "cube", "one", "t"])
        for name, value in (("t", matrix), ("cube", cube), ("b", numbers), ("one", np.float64(0.1))):
            expect(f"arrays.npz/{name}", same_bits(arrays[name], value))
    with h5py.File(f"{folder}/tree.h5") as tree:
        deep = tree["group/deep"]
        expect("tree.h5: numbers", same_bits(tree["t"][()], matrix) and same_bits(deep["cube"][()], cube) and deep["x"][()] == 0.1)
        expect("tree.h5: a boolean", deep["yes"][()] is np.True_ or deep["yes"][()] == True)  # noqa: E712
        expect("tree.h5: words", [w.decode() for w in deep["words"][()]] == ["a", "λ", ""] and deep["text"][()].decode() == "spin")
        expect("tree.h5: attributes", tree.attrs["about"].decode() == "all kinds" and tree.attrs["n"] == 3 and tree["t"].attrs["units"] == b"J")
        expect("tree.h5: nothing", isinstance(tree["none"][()], h5py.Empty) and tree["empty"].shape == (0,))
    expect("matrix.csv", same_bits(np.loadtxt(f"{folder}/matrix.csv", delimiter=","), matrix))
    with open(f"{folder}/columns.csv", newline="", encoding="utf-8") as stream:
        head, *rows = csv.reader(stream)
    expect("columns.csv: names", head == ["n", "a, b", "word"])
    expect("columns.csv: numbers", same_bits([float(r[0]) for r in rows], numbers))
    expect("columns.csv: holes", [r[1] for r in rows] == ["1", "", "3", "4", "5", "6", "7", "nan"])
    expect("columns.csv: words", [r[2] for r in rows] == ["x", 'a "b"', "1", "", "é", "a,b", "two\nlines", "nan"])
    with open(f"{folder}/table.json", encoding="utf-8") as stream:
        table = json.load(stream)
    expect("table.json", same_bits(table["numbers"], numbers) and table["nested"] == [{"a": 1}, {"a": [True, None]}])
    print("9 files of gibbs read by Python")


# ---- models -------------------------------------------------------------------------------------------------------


def text(words):
    return [w.decode() for w in words]


def extents(row):
    return tuple(int(n) for n in row if n > 0)


def positions_of(rule, numbers):
    """The positions that a rule of the layout stands for."""
    n = [int(x) for x in numbers]
    if rule == "positions":
        return np.array(n, dtype=int)
    if rule == "same":
        return np.full(n[0], n[1])
    if rule == "shift":
        rank = n[0]
        grid = np.arange(int(np.prod(n[1:1 + rank]))).reshape(n[1:1 + rank])
        return np.roll(grid, [-by for by in n[1 + rank:]], axis=tuple(range(rank))).ravel()
    inner, axes, basis, steps, periodic = n[:5]
    extent, rest, out = n[5:5 + axes], n[5 + axes:], []
    for cell in itertools.product(*map(range, extent)):
        for s in range(steps):
            start, end, *offset = rest[s * (2 + axes):(s + 1) * (2 + axes)]
            other = [c + o for c, o in zip(cell, offset)]
            if not periodic and any(x >= e for x, e in zip(other, extent)):
                continue
            a = np.ravel_multi_index(cell, extent) * basis + start
            b = np.ravel_multi_index([x % e for x, e in zip(other, extent)], extent) * basis + end
            if a != b:
                out += [(a if rule == "first_end" else b) * inner + i for i in range(inner)]
    return np.array(out, dtype=int)


elementwise = {
    "neg": np.negative, "exp": np.exp, "log": np.log, "tanh": np.tanh, "cosh": np.cosh, "sinh": np.sinh, "sqrt": np.sqrt, "abs": np.abs, "sign": np.sign,
    "logcosh": lambda x: np.logaddexp(x, -x) - np.log(2), "softplus": lambda x: np.logaddexp(0, x), "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "relu": lambda x: np.maximum(x, 0), "step": lambda x: (x > 0) * 1.0, "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "pow": np.power,
}


def states_of(kind, q, shape):
    """All configurations, as expressions see them."""
    values = {"spins": [-1.0, 1.0], "bits": [0.0, 1.0]}.get(kind) or list(np.eye(q))
    units = int(np.prod(shape, dtype=int))
    return [np.array(x).reshape(shape + ((q,) if kind == "potts" else ())) for x in itertools.product(values, repeat=units)]


class Model:
    def __init__(self, path):
        file = h5py.File(path)
        assert file.attrs["format"] == b"gibbs model" and file.attrs["version"] == 1
        table, variables, nodes = file["parameter_table"], file["variables"], file["nodes"]
        self.parameters = [file["parameters"][name][()] for name in text(table["dataset"])]
        self.variables = list(zip(text(variables["kind"]), variables["states"][()].astype(int), map(extents, variables["shape"][()])))
        self.roles = text(variables["role"])
        self.ops, self.shapes = text(nodes["op"]), [extents(row) for row in nodes["shape"][()]]
        self.detail, self.energy_node = nodes["detail"][()].astype(int), int(nodes["energy"][()])
        ends = np.cumsum(nodes["argument_count"][()].astype(int))
        self.arguments = np.split(nodes["arguments"][()].astype(int), ends[:-1])
        self.constants = np.split(file["constants/numbers"][()], np.cumsum(file["constants/length"][()].astype(int))[:-1])
        lists = np.split(file["lists/numbers"][()], np.cumsum(file["lists/length"][()].astype(int))[:-1])
        self.lists = [positions_of(rule, numbers) for rule, numbers in zip(text(file["lists/rule"][()]), lists)]

    def value(self, node, values):
        """Of a node, where values[variable] is a configuration."""
        known = {}
        for i in range(node + 1):  # arguments come first; those that only a sum over states needs are done there
            try:
                known[i] = self.apply(i, known, values)
            except KeyError:
                continue
        return known[node]

    def apply(self, i, known, values):
        op, shape, detail, a = self.ops[i], self.shapes[i], self.detail[i], self.arguments[i]
        if op == "variable":
            return values[detail]
        if op == "parameter":
            return self.parameters[detail]
        if op == "constant":
            return np.broadcast_to(self.constants[detail].reshape(shape if len(self.constants[detail]) > 1 else ()), shape)
        if op in ("marginal", "marginal_mean"):
            return self.sum_states(op, a, values)
        x = [known[k] for k in a]
        if op in elementwise:
            return elementwise[op](*x)
        if op == "sum":
            return np.sum(x[0])
        if op == "matmul":
            return (x[0].T if detail & 1 else x[0]) @ (x[1].T if detail & 2 else x[1])
        if op == "outer":
            return np.outer(*x)
        if op == "gather":
            return np.ravel(x[0])[self.lists[detail]].reshape(shape)
        if op == "scatter":
            out = np.zeros(int(np.prod(shape, dtype=int)))
            np.add.at(out, self.lists[detail], np.ravel(x[0]))
            return out.reshape(shape)
        assert op == "logsumexp", op
        return np.logaddexp.reduce(x[0], axis=-1)

    def sum_states(self, op, a, values):
        bodies = 1 if op == "marginal" else 2
        bound = [self.detail[k] for k in a[bodies:]]
        weights, means = [], []
        for state in itertools.product(*(states_of(*self.variables[v]) for v in bound)):
            inside = {**values, **dict(zip(bound, state))}
            weights.append(-self.value(a[bodies - 1], inside))
            means.append(self.value(a[0], inside))
        total = np.logaddexp.reduce(weights)
        return -total if bodies == 1 else sum(m * np.exp(w - total) for m, w in zip(means, weights))

    def free_energy(self):
        free = [k for k, role in enumerate(self.roles) if role != "inner"]
        energies = [self.value(self.energy_node, dict(zip(free, state)))
                    for state in itertools.product(*(states_of(*self.variables[v]) for v in free))]
        return -np.logaddexp.reduce([-e for e in energies])


def rbm_free_energy(path):
    """By its parameters alone: bits v, spins h, E = -v.W h - a.v - b.h."""
    with h5py.File(path) as file:
        W, a, b = (file[f"parameters/{name}"][()] for name in "Wab")
    v = np.array(list(itertools.product([0.0, 1.0], repeat=len(a))))
    return -np.logaddexp.reduce(v @ a + np.sum(np.log(2 * np.cosh(v @ W + b)), axis=1))


def test_models(folder):
    told = dict(line.split("\t") for line in gibbs("save", folder))
    for name, F in told.items():
        F, path = float.fromhex(F), f"{folder}/{name}.h5"
        ours = Model(path).free_energy()
        expect(f"{name}: F = {ours} in NumPy and {F} in gibbs", abs(ours - F) <= 1e-12 * max(1, abs(F)))
    F = float.fromhex(told["rbm"])
    expect("rbm by its parameters", abs(rbm_free_energy(f"{folder}/rbm.h5") - F) <= 1e-12 * abs(F))
    print(f"{len(told)} models of gibbs evaluated in NumPy")


def test_model_from_python(folder):
    """A new file with other weights, as h5py writes it: without a seal, with integers and strings of its own kinds."""
    old, new = f"{folder}/rbm.h5", f"{folder}/trained.h5"
    with h5py.File(old) as source, h5py.File(new, "w") as target:
        for name in source:
            source.copy(name, target)
        target.attrs.update({"format": "gibbs model", "version": 1, "gibbs": "none", "family": "rbm"})
        target["parameters/W"][...] = np.random.default_rng(1).standard_normal(target["parameters/W"].shape)
        for name in ("detail", "arguments", "argument_count"):
            numbers = target[f"nodes/{name}"][()].astype("i4")
            del target[f"nodes/{name}"]
            target.create_dataset(f"nodes/{name}", data=numbers, chunks=True, compression="gzip")
        words = text(target["nodes/op"][()])
        del target["nodes/op"]
        target["nodes/op"] = words
    F = float.fromhex(gibbs("load", new)[0].split("\t")[1])
    expect("a model changed in Python", abs(F - rbm_free_energy(new)) <= 1e-12 * abs(F))
    print("1 model changed in Python and loaded by gibbs")


with tempfile.TemporaryDirectory() as scratch:
    for test in (test_reading, test_refusals, test_writing, test_models, test_model_from_python):
        test(scratch)
for failure in failures:
    print("FAILED:", failure[:600])
sys.exit(1 if failures else 0)
