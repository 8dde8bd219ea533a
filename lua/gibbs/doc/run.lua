--- Doc entries: recorded runs, from the script's side and from the command line.

return {
  title = "Recorded runs",
  order = 900,
  {
    name = "gibbs.run",
    signature = "gibbs.run(options?)",
    what = "The run that a script is part of: what it logs, saves and draws. Under `gibbs run script.lua` all of it is recorded in one folder; in a plain run "
      .. "the same calls print what is logged, and leave files in the folder that --out names, else the one that the script names, else the working directory. "
      .. "It is one object: asked for again, the same run comes back.",
    parameters = { { "options?", "table", "{ folder = \"runs/mine\" }: the folder of a plain run; a recorded run has its own" } },
    returns = "run",
    errors = "an option of another name; a folder that is no path.",
    see = { "gibbs run", "run:log", "run:save", "run:figure", "run:path" },
    example = [[
local run = gibbs.run()
print(run.recorded, run.folder)  --> false	.
run:log{ step = 1, kl = 0.25 }   --> step 1  kl 0.25]],
  },
  {
    name = "run",
    what = "What `gibbs.run()` gives: the run that a script is part of.",
  },
  {
    name = "run:log",
    signature = "run:log(row)",
    what = "Log a row of numbers: a step of a training, a point of a scan. In a recorded run it is a row of metrics.csv, handed to the system before the call "
      .. "returns, so that a killed run keeps it; in a plain one it is printed. The columns are the names of all rows: `step` first, others by the alphabet, new "
      .. "ones at the end. Names that end in `seconds` are times: a replay does not compare them.",
    parameters = { { "row", "table", "names and numbers, estimates (which give the columns name and name_error), true or false" } },
    errors = "a value that is no number and no estimate of one; a name with a comma, a quote or a line end; a full disk. After a resume: a row that is not the "
      .. "one that was logged before.",
    cost = "A system call a row; a new column writes the file anew.",
    see = { "run:rows", "run:volatile" },
    example = [[
local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = 0.3 }
local run = gibbs.run()
run:log{ step = 10, F = P:free_energy(), energy = P:mean(P.H) }  --> step 10  F -7.34692  energy -2.66674]],
  },
  {
    name = "run:rows",
    signature = "run:rows()",
    what = "All rows logged up to now, also those that were logged before the run was resumed: a table or a figure made of them is the same as if it never had been "
      .. "stopped.",
    returns = "table[]",
    returns_what = "numbers by column; an estimate is there as name and name_error, what a row does not have is nil. A copy.",
    cost = "In a recorded run metrics.csv is read.",
    example = [[
local run = gibbs.run()
run:log{ step = 1, kl = 0.5 }   --> step 1  kl 0.5
run:log{ step = 2, kl = 0.25 }  --> step 2  kl 0.25
print(#run:rows(), run:rows()[2].kl)  --> 2	0.25]],
  },
  {
    name = "run:save",
    signature = "run:save(name, value)",
    what = "Keep a result in the file results.h5 of the run, under a name of its own; saved again, it replaces what was there. A list of rows becomes a column for "
      .. "each name, an estimate value, error and what else it says, a distribution what gibbs.load(path, name) makes it from (its parameters alone, where its energy is a function of the script). "
      .. "gibbs.read, h5py and every program that reads HDF5 read it.",
    parameters = {
      { "name", "string", "without '/'" },
      { "value", "number|string|boolean|tensor|expression|distribution|estimate|table", "numbers in nested lists become a tensor; tables of names are groups" },
    },
    errors = "a value that HDF5 cannot hold, saying where it is; a full disk.",
    cost = "The file is written anew each time, so that it is always whole; in a recorded run, where that takes long, at the end.",
    see = { "gibbs.read", "gibbs.load" },
    example = [[
local run = gibbs.run()
run:save("weights", { { 1, 2 }, { 3, 4 } })        --> results.h5: weights
print(gibbs.read("results.h5").weights:get(2, 1))  --> 3.0]],
  },
  {
    name = "run:figure",
    signature = "run:figure(file, kind, options)",
    what = "Draw a figure into the run: in its folder figures/ if it is recorded. The numbers of it are beside it as CSV, and a replay compares these.",
    parameters = {
      { "file", "string", "a name that ends in .svg, .png or .pdf" },
      { "kind", "string", "a function of gibbs.plot: \"lines\", \"heatmap\", ..." },
      { "options", "table", "of that function, without `file`" },
    },
    errors = "a kind that gibbs.plot does not have; a name that leads out of the folder; and as that function.",
    see = { "gibbs.plot.lines", "run:path" },
    example = [[
gibbs.run():figure("kl.svg", "lines", { x_label = "step", series = { { name = "KL", y = { 3, 2, 1 } } } })  --> kl.svg]],
  },
  {
    name = "run:path",
    signature = "run:path(name)",
    what = "The path of a file in the folder of the run, for whatever writes files: tables, checkpoints, a program of one's own. Folders in the name are made. "
      .. "A training keeps its checkpoint there so that `gibbs resume` can go on with it: checkpoint = run:path \"training.h5\", resume = true.",
    parameters = { { "name", "string", "\"training.h5\", \"tables/scan.csv\"" } },
    returns = "string",
    errors = "an absolute name, or one with '..' in it; a folder that cannot be made.",
    example = [[
local path = gibbs.run():path "tables/scan.csv"
gibbs.write(path, { x = { 1, 2 }, y = { 3, 4 } })
print(path)  --> tables/scan.csv]],
  },
  {
    name = "run:volatile",
    signature = "run:volatile(...)",
    what = "Say which columns a replay does not compare, by name, in tables and in metrics: times, and what follows from them. Names that end in `seconds` need not "
      .. "be told.",
    parameters = { { "...", "string", "names of columns of CSV files and of fields in HDF5 and JSON" } },
    see = { "run:note", "gibbs replay" },
    example = [[
gibbs.run():volatile("ns", "ess/s")]],
  },
  {
    name = "run:note",
    signature = "run:note(...)",
    what = "Print like print: a line that a replay does not compare, because there are times in it, say.",
    parameters = { { "...", "any", "as of print" } },
    see = { "run:volatile", "run:write_note" },
    example = [[
gibbs.run():note("took", 3, "s")  --> took	3	s]],
  },
  {
    name = "run:write_note",
    signature = "run:write_note(text)",
    what = "Write a text like io.write, without a line end: a piece of a line that a replay does not compare.",
    parameters = { { "text", "string", "what is written" } },
    example = [[
local run = gibbs.run()
io.write "it took "
run:write_note "3 s"
print()  --> it took 3 s]],
  },
  { name = "run.recorded", what = "Whether the script was started by `gibbs run`, `gibbs resume` or `gibbs sweep`.", returns = "boolean" },
  { name = "run.resumed", what = "Whether the run goes on from what an earlier process recorded.", returns = "boolean" },
  { name = "run.folder", what = "The folder in which the files of the run lie.", returns = "string" },
  {
    name = "gibbs run",
    signature = "gibbs run script.lua [the script's options] [--seed N] [--out DIR] [--overwrite]",
    what = "Runs a script and records in a folder all that its numbers depend on. manifest.json: the script's text and SHA-256, every file that it read, loaded or "
      .. "wrote with its hash, options with their defaults, arguments, seed, threads, versions of gibbs and of its libraries, the processor, start, end, duration, how "
      .. "it ended, the last metrics. metrics.csv: a row for each run:log. results.h5: run:save. figures/: run:figure. log.txt: what it printed on both streams. The "
      .. "status is `running` at first and `finished` only when all else is on disk; a run that is killed says `running`, and nobody holds its .lock: listings call it killed. "
      .. "math.random is seeded by --seed. What programs print that the script starts is shown and not recorded.",
    parameters = {
      { "script.lua", "string", "the script; its own options may stand anywhere behind it" },
      { "--seed", "integer", "seed of all random numbers, 0 to 2^53; 1 unless given" },
      { "--out", "string", "the folder; runs/SCRIPT-OPTIONS-seed=N unless given" },
      { "--threads", "integer", "threads to use, 1 to 1024; the numbers do not depend on it" },
      { "--overwrite", "boolean", "replace the run that the folder holds: everything in the folder" },
      { "--sandbox, --allow, --memory, --time", "string", "limits, as for a script without `run`" },
    },
    errors = "Exit code 2 where there is no such script, or the folder holds a run already, is held by another process, is no run's or cannot be made: then nothing has run. "
      .. "1 where the script fails, or its record cannot be completed (a full disk); 130 after Ctrl-C; else what os.exit says.",
    cost = "About a hundredth of a second; files that are read are hashed, about a second a gigabyte.",
    see = { "gibbs.run", "gibbs replay", "gibbs resume", "gibbs runs", "gibbs sweep" },
    example = [[
cat > study.lua <<END
local gibbs = require "gibbs"
local J = gibbs.option("J", 0.3, "coupling")
local P = gibbs.ising{ lattice = gibbs.lattice.square(3, 3), J = J }
gibbs.run():log{ free_energy = P:free_energy() }
END
gibbs run study.lua --J 0.2 --seed 7
cat runs/study-J=0.2-seed=7/metrics.csv
# --> gibbs run: recorded in 'runs/study-J=0.2-seed=7'
# --> free_energy,free_energy_error
# --> -6.6697...,0]],
  },
  {
    name = "gibbs replay",
    signature = "gibbs replay RUN [--threads N] [--out DIR]",
    what = "Runs a recorded run again, from the script's text, the options and the seed in its manifest.json, in the directory where it was made, and compares all of it "
      .. "bit for bit: metrics.csv, results.h5, tables and data of figures, what was printed, how it ended, and by their hashes the files that it writes elsewhere. Times "
      .. "are not compared (names that end in `seconds`, run:volatile, run:note), nor are pictures. The first difference is named: file, row, column or data set and index, "
      .. "and both numbers with all digits. What is not as it was is said first: files that changed since they were read, versions, the processor. On one kind of "
      .. "processor the numbers are the same for any number of threads. Lua's order of pairs() changes from process to process: sum in an order of your own.",
    parameters = {
      { "RUN", "string", "the folder of a run that is finished or has failed" },
      { "--threads", "integer", "threads to use, 1 to 1024" },
      { "--out", "string", "keep what comes now in this folder; a temporary one unless given" },
      { "--sandbox, --allow, --memory, --time", "string", "limits, as for a script without `replay`" },
    },
    errors = "Exit code 0: all is the same; 1: something differs; 2: there is no such run, or it was killed or interrupted before it was complete.",
    cost = "As the run itself.",
    see = { "gibbs run", "run:volatile", "run:note" },
    example = [[
cat > study.lua <<END
local gibbs = require "gibbs"
for step = 1, 3 do gibbs.run():log{ step = step, draw = math.random() } end
END
gibbs run study.lua --out runs/a --threads 1
gibbs replay runs/a
# --> runs/a: study.lua, seed 1, recorded with 1 thread
# --> the same: 6 numbers in 1 file, and all that was printed]],
  },
  {
    name = "gibbs resume",
    signature = "gibbs resume RUN [--threads N]",
    what = "Goes on with a recorded run that was killed or interrupted, or failed. The script in its manifest.json runs again; a training that keeps a checkpoint in the "
      .. "folder (checkpoint = run:path \"training.h5\", resume = true) goes on from the last one, and rows that metrics.csv holds are not logged again. It ends with "
      .. "the bits of a run that was never disturbed. Without a checkpoint the script begins again, which is said; what it repeats is held against what was logged. "
      .. "What is not as it was is said too: files that changed since they were read, versions, the processor.",
    parameters = {
      { "RUN", "string", "the folder of the run" },
      { "--threads", "integer", "threads to use, 1 to 1024" },
    },
    errors = "Exit code 2 where there is no such run, or it is still running; 1 where the script does not repeat itself, at the first row that differs; else as gibbs run.",
    see = { "gibbs run", "gibbs.minimize" },
    example = [[
cat > study.lua <<END
local gibbs = require "gibbs"
local run, stop = gibbs.run(), io.open "stop"
for step = 1, 3 do
  run:log{ step = step, draw = math.random() }
  if step == 2 and stop then error "stopped" end
end
END
touch stop
gibbs run study.lua --out runs/a || rm stop
gibbs resume runs/a
gibbs replay runs/a --threads 1 | tail -n 1
# --> study.lua:5: stopped
# --> gibbs resume: 'runs/a' holds no checkpoint of a training: the script begins again
# --> gibbs resume: stop, which the run read, is not there any more
# --> gibbs resume: goes on with 'runs/a', where 2 rows are logged
# --> the same: 6 numbers in 1 file; what was printed is not compared, as the run was resumed]],
  },
}
