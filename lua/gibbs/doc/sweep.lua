--- Doc entries: many runs, listed, compared and swept over options and seeds.

return {
  title = "Many runs",
  order = 910,
  {
    name = "gibbs sweep",
    signature = "gibbs sweep script.lua [the script's options] [options]",
    what = "Runs a script with all combinations of options and seeds, each as a recorded run in a process of its own (DIR/size=8,weight=0.1/seed-3), and "
      .. "collects one table, DIR/sweep.csv. An option of the script may have several values: a list (8,16,32), a range with both ends from:to:step (0:1:0.1, "
      .. "counted in decimals), or both (1:4,8). All are checked against the script's own options before anything starts. A sweep that was stopped, or killed "
      .. "in any way, goes on where it was when the same command is given again: finished runs are kept, others gone on with as gibbs resume does, failed "
      .. "ones are listed and not run again unless --retry-failed says so. The table has a row for each run (options, seed, status, last metrics with their "
      .. "errors) and depends on nothing else, neither on --jobs nor on how often the sweep was stopped.",
    parameters = {
      { "script.lua", "string", "a script with gibbs.option, and gibbs.run for what it measures" },
      { "--seeds", "string", "a count (5 is 1 to 5), a list 3,7 or a range 10:20; a count of 1 unless given" },
      { "--jobs", "integer", "runs at a time, 1 to 256; what the processors hold unless given" },
      { "--threads", "integer", "threads of each run, 1 to 1024; 1 unless given" },
      { "--out", "string", "the folder of the sweep; runs/ and the name of the script unless given" },
      { "--extend", "boolean", "add values of the same options, and seeds, to the sweep that the folder holds" },
      { "--retry-failed", "boolean", "run those again that failed" },
      { "--sandbox, --allow, --memory, --time", "string", "limits of each run, as for gibbs run" },
    },
    errors = "Exit code 1 if a run failed, or where the folder holds a sweep of another script text, other options or other seeds, or another sweep is at "
      .. "work; 2 for an option that the script does not have or a value that it does not take; 130 after Ctrl-C, which ends the runs as interrupted ones.",
    cost = "A process a run, which starts in a hundredth of a second.",
    see = { "gibbs run", "gibbs compare", "gibbs.option", "gibbs.run" },
    example = [[
cat > study.lua <<END
local gibbs = require "gibbs"
local size = gibbs.option("size", 2, "linear size of the lattice")
local J = gibbs.option("J", 0.3, "coupling")
local P = gibbs.ising{ lattice = gibbs.lattice.square(size, size), J = J }
gibbs.run():log{ free_energy = P:free_energy(), energy = P:mean(P.H / size^2, gibbs.chains{ n = 32, sweeps = 100 }) }
END
gibbs sweep study.lua --size 2,3 --J 0.1:0.3:0.1 --seeds 2 --jobs 2
head -n 3 runs/study/sweep.csv
# --> 12 runs in runs/study: 6 settings, 2 seeds
# --> Means over seeds, with one standard error in the last digits
# -->   size    J  runs ... energy  free_energy
# -->      2  0.1     2 ...     -2.85358
# -->      2  0.2     2 ...     -3.10503
# -->      2  0.3     2 ...     -3.53304
# -->      3  0.1     2 ...     -6.33542
# -->      3  0.2     2 ...     -6.66974
# -->      3  0.3     2 ...     -7.34692
# -->
# --> runs/study/sweep.csv
# --> size,J,seed,status,energy,energy_error,free_energy,free_energy_error
# --> 2,0.1,1,finished,-0...
# --> 2,0.1,2,finished,-0...]],
  },
  {
    name = "gibbs runs",
    signature = "gibbs runs [DIR] [options]",
    what = "Lists the recorded runs in and below a folder, a line each: status, the options in which they differ, seed, start, duration and last metrics. A run "
      .. "that did not end and that no process works on any more is listed as killed. What is wrong with a manifest that cannot be read, and the error that "
      .. "ended a run, stand below the table.",
    parameters = {
      { "DIR", "string", "the folder; runs unless given" },
      { "--sort", "string", "the column to sort by: folder (the default), status, seed, started, an option or a metric" },
      { "--csv", "string", "a file that ends in .csv, or - for the standard output: all options and all metrics with their errors" },
    },
    errors = "Exit code 2 where there is no such folder or column.",
    see = { "gibbs run", "gibbs compare" },
    example = [[
cat > study.lua <<END
local gibbs = require "gibbs"
local J = gibbs.option("J", 0.3, "coupling")
local P = gibbs.ising{ lattice = gibbs.lattice.square(2, 2), J = J }
gibbs.run():log{ free_energy = P:free_energy() }
END
gibbs run study.lua --J 0.2 --out runs/weak
gibbs run study.lua --J 0.4 --out runs/strong
gibbs runs
# -->   folder       status      J  seed  started (UTC)        duration  free_energy
# -->   runs/strong  finished  0.4     1 ...     -4.11327
# -->   runs/weak    finished  0.2     1 ...     -3.10503]],
  },
  {
    name = "gibbs compare",
    signature = "gibbs compare RUN RUN... [options]",
    what = "Compares recorded runs. Single runs stand side by side: the options, versions, files and lines of the script in which they differ, the last metrics, "
      .. "with a difference whose error is the root of the sum of squares, and whether all rows of metrics.csv are equal. Folders of runs, such as those of "
      .. "sweeps, are compared setting by setting (a setting: the options that vary within a folder), paired over seeds, with the mean difference and its "
      .. "interval by Student's t; every folder with the first. Seeds and settings without a partner, and runs that did not finish, are named and left out; "
      .. "fewer than two pairs have no interval.",
    parameters = {
      { "RUN", "string", "a recorded run, or a folder of runs over seeds" },
      { "--level", "number", "the probability of the interval, between 0 and 1; 0.95 unless given" },
      { "--csv", "string", "for folders of runs: a file that ends in .csv, or - for the standard output" },
    },
    errors = "Exit code 1 where a folder has no finished run or one seed twice with the same options; 2 for fewer than two runs.",
    source = "Student, The probable error of a mean, Biometrika 6 (1908)",
    see = { "gibbs sweep", "gibbs runs" },
    example = [[
cat > study.lua <<END
local gibbs = require "gibbs"
local kernel = gibbs.option("kernel", { "metropolis", "wolff" }, "how to sample")
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.3 }
gibbs.run():log{ energy = P:mean(P.H / 16, gibbs.chains{ n = 8, sweeps = 200, kernel = kernel }) }
END
gibbs sweep study.lua --kernel metropolis,wolff --seeds 4 --jobs 2 > table.txt
gibbs compare runs/study/kernel=metropolis runs/study/kernel=wolff
# --> 8 runs in runs/study: 2 settings, 4 seeds
# -->   differs        runs/study/kernel=metropolis  runs/study/kernel=wolff
# -->   finished runs                             4                        4
# -->   kernel                           metropolis                    wolff
# -->
# --> runs/study/kernel=wolff - runs/study/kernel=metropolis, paired over seeds: mean difference and its 95 % interval (Student's t, n pairs; * without 0)
# -->   metric  n  runs/study/kernel=metropolis  runs/study/kernel=wolff  difference ...
# -->   energy  4 ...]],
  },
}
