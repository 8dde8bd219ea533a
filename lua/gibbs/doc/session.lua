--- Doc entries: what holds for the whole script.

return {
  title = "Scripts",
  order = 130,
  {
    name = "gibbs.option",
    signature = "gibbs.option(name, default, help?)",
    what = "Declare a flag of the script and give its value: --size 6, --size=6, --verbose, --no-verbose; `_` in a name may be written `-`. Options come before anything else of gibbs is used: then flags that nobody declared, "
      .. "and --help, are answered before any work is done. --seed and --threads are there for every script.",
    parameters = {
      { "name", "string", "letters, digits and _" },
      { "default", "number|boolean|string|table", "its type is that of the flag: an integer, a number, a boolean, a string; a list of words allows these, the first by default" },
      { "help?", "string", "one line for --help" },
    },
    returns = "number|boolean|string",
    errors = "declared too late or twice; a default of another type. On the command line (exit 2): an unknown flag, with the nearest right one; a value of another type.",
    example = [[
local size = gibbs.option("size", 4, "linear size of the lattice")
local rule = gibbs.option("rule", { "heat_bath", "metropolis" }, "how to sample")
print(size, rule)  --> 4	heat_bath]],
  },
  {
    name = "gibbs.seed",
    signature = "gibbs.seed(seed?)",
    what = "The seed of everything that draws and is not given a seed of its own; with an argument, set it and begin anew with the count of random tensors. On the command line --seed sets it at the start.",
    parameters = { { "seed?", "integer", "0 to 2^53" } },
    returns = "integer",
    returns_what = "the seed in force; 1 at the start",
    errors = "a seed that is no whole number in range.",
    source = "Philox4x32-10: Salmon, Moraes, Dror and Shaw, SC11 (2011)",
    example = [[
gibbs.seed(7)
local a = gibbs.parameter("a", 3, gibbs.normal()):tensor()
gibbs.seed(7)
print(a == gibbs.parameter("a", 3, gibbs.normal()):tensor())  --> true]],
  },
  {
    name = "gibbs.threads",
    signature = "gibbs.threads(threads?)",
    what = "The number of threads in use; with an argument, set it. Results have the same bits for any number. At the start: --threads, else the environment's GIBBS_THREADS, else the processors that this process may run on.",
    parameters = { { "threads?", "integer", "1 to 1024" } },
    returns = "integer",
    errors = "a number out of range.",
    example = [[
print(gibbs.threads(1))  --> 1]],
  },
  {
    name = "gibbs.clock",
    signature = "gibbs.clock()",
    what = "Seconds of real time since some fixed moment, to time things by: it never jumps.",
    returns = "number",
    example = [[
local start = gibbs.clock()
print(gibbs.clock() - start < 10)  --> true]],
  },
}
