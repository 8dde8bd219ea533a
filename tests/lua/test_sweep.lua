--- gibbs sweep: its table, what it goes on with, what it leaves alone, and two at once.

local program = require "program"
local support = require "support"
local core = require "gibbs.core"

local test, same = support.test, support.same

--- Its number is decided by seed and size; it fails where it is asked to, unless there is a file "mended".
local STUDY = [[
local gibbs = require "gibbs"
local size = gibbs.option("size", 1, "how large")
local weight = gibbs.option("weight", 0.5, "how heavy")
local method = gibbs.option("method", { "plain", "other" }, "how")
local run = gibbs.run()
run:log { step = 1, kl = { value = size * weight + gibbs.seed(), error = 0.25 } }
run:log { step = 2, kl = { value = size * weight + gibbs.seed() / 2, error = 0.125 } }
if size == 13 and not io.open("mended") then error "thirteen" end
]]

--- A run that goes on until there is a file "enough".
local PATIENT = [[
local gibbs = require "gibbs"
local size = gibbs.option("size", 1, "how large")
local run = gibbs.run()
run:log { step = 1, kl = size }
while not io.open("enough") do
  local began = gibbs.clock()
  while gibbs.clock() - began < 0.005 do end
end
]]

--- Each test works in a folder of its own, with the two scripts in it.
local function sweep_test(name, fn)
  test(name, function()
    program.enter()
    program.write("study.lua", STUDY)
    program.write("patient.lua", PATIENT)
    local ok, message = xpcall(fn, debug.traceback)
    program.leave()
    if not ok then error(message, 0) end
  end)
end

local function expect(ended, exit_code, output, errors)
  if ended.exit_code ~= exit_code then
    error(("exit code %d, not %d: %s%s"):format(ended.exit_code, exit_code, ended.output, ended.errors), 2)
  end
  for _, text in ipairs { output or "", errors or "" } do
    if not (ended.output .. ended.errors):find(text, 1, true) then
      error(("no '%s' in:\n%s%s"):format(text, ended.output, ended.errors), 2)
    end
  end
  return ended
end

local function status_of(folder)
  local manifest = program.read(folder .. "/manifest.json")
  return manifest and manifest:match '"status":%s*"(%a+)"'
end

local function wait_for(condition)
  while not condition() do
    local began = os.clock()
    while os.clock() - began < 0.002 do end
  end
end

sweep_test("the table has a row for each run, in the order of the options, with the last metrics", function()
  local ended = expect(program.run("sweep", "study.lua", "--weight", "0:1:0.5", "--size=2,10", "--seeds", "2", "--jobs", "2"), 0)
  same(program.read "runs/study/sweep.csv", [[
size,weight,seed,status,step,kl,kl_error
2,0,1,finished,2,0.5,0.125
2,0,2,finished,2,1,0.125
2,0.5,1,finished,2,1.5,0.125
2,0.5,2,finished,2,2,0.125
2,1,1,finished,2,2.5,0.125
2,1,2,finished,2,3,0.125
10,0,1,finished,2,0.5,0.125
10,0,2,finished,2,1,0.125
10,0.5,1,finished,2,5.5,0.125
10,0.5,2,finished,2,6,0.125
10,1,1,finished,2,10.5,0.125
10,1,2,finished,2,11,0.125
]])
  same(ended.output, [[
Means over seeds, with one standard error in the last digits
  size  weight  runs         kl
     2       0     2   0.75(25)
     2     0.5     2   1.75(25)
     2       1     2   2.75(25)
    10       0     2   0.75(25)
    10     0.5     2   5.75(25)
    10       1     2  10.75(25)

runs/study/sweep.csv
]])
  same(ended.errors, "12 runs in runs/study: 6 settings, 2 seeds\n")
end)

sweep_test("runs that log nothing: what to do about it is said, and comparing them finds nothing", function()
  program.write("silent.lua", 'local gibbs = require "gibbs"\nprint(gibbs.option("size", 1, "how large"))\n')
  expect(program.run("sweep", "silent.lua", "--size", "2,3", "--seeds", "2"), 0, "The runs logged no numbers; a script logs them with gibbs.run():log{")
  expect(program.run("compare", "runs/silent/size=2", "runs/silent/size=3"), 0, "no pair of runs/silent/size=2 and runs/silent/size=3 has a metric in common")
end)

sweep_test("jobs, threads and the order of flags do not change the table", function()
  expect(program.run("sweep", "study.lua", "--weight", "0,1", "--size=2,10", "--seeds", "2", "--jobs", "3", "--out", "a"), 0)
  expect(program.run("sweep", "study.lua", "--out=b", "--size", "2,10", "--seeds=2", "--jobs", "1", "--threads", "2", "--weight", "0,1"), 0)
  same(program.read "a/sweep.csv", program.read "b/sweep.csv")
end)

sweep_test("an option of one value is in the table and in no folder's name", function()
  expect(program.run("sweep", "study.lua", "--method", "other", "--seeds", "4:5"), 0)
  same(status_of "runs/study/seed-4", "finished")
  same(program.read "runs/study/sweep.csv", "method,seed,status,step,kl,kl_error\nother,4,finished,2,2.5,0.125\nother,5,finished,2,3,0.125\n")
end)

sweep_test("a single run has the error that it came with", function()
  expect(program.run("sweep", "study.lua", "--size", "1,2"), 0, "     1     1  1.00(13)\n")
end)

sweep_test("a mean over fewer runs than finished says so", function()
  program.write("study.lua", (STUDY:gsub("run:log { step = 2, kl = .- }\n", "run:log { step = 2, kl = gibbs.seed() == 2 and 0/0 or gibbs.seed() }\n", 1)))
  expect(program.run("sweep", "study.lua", "--seeds", "3"), 0, "  runs               kl\n     3  2.0(10), 2 runs\n")
end)

sweep_test("a second start runs nothing again", function()
  expect(program.run("sweep", "study.lua", "--size", "2,10", "--seeds", "2"), 0)
  local before = program.read "runs/study/size=2/seed-1/manifest.json"
  expect(program.run("sweep", "study.lua", "--size", "2,10", "--seeds", "2"), 0, "so far 4 finished")
  same(program.read "runs/study/size=2/seed-1/manifest.json", before)
end)

sweep_test("failed runs are told of, kept, and run again only when that is asked for", function()
  local words = { "sweep", "study.lua", "--size", "2,13", "--seeds", "2" }
  expect(program.run(table.unpack(words)), 1, "size=13/seed-1 failed: study.lua:8: thirteen\nsize=13/seed-2 failed: study.lua:8: thirteen\n"
    .. "Failed runs are run again with --retry-failed only.\n")
  same(program.read "runs/study/sweep.csv", "size,seed,status,step,kl,kl_error\n2,1,finished,2,1.5,0.125\n2,2,finished,2,2,0.125\n"
    .. "13,1,failed,,,\n13,2,failed,,,\n")
  local before = program.read "runs/study/size=13/seed-1/manifest.json"
  program.write("mended", "")
  expect(program.run(table.unpack(words)), 1, "so far 2 finished, 2 failed")
  same(program.read "runs/study/size=13/seed-1/manifest.json", before)
  words[#words + 1] = "--retry-failed"
  expect(program.run(table.unpack(words)), 0)
  same(status_of "runs/study/size=13/seed-1", "finished")
end)

sweep_test("a sweep of another script or of other options is refused, and nothing is touched", function()
  expect(program.run("sweep", "study.lua", "--size", "2,3", "--seeds", "2"), 0)
  local table_before = program.read "runs/study/sweep.csv"
  expect(program.run("sweep", "study.lua", "--size", "2,3,4", "--seeds", "2"), 1,
    "gibbs sweep: runs/study holds another sweep: --size was 2, 3 and is 2, 3, 4; add to it with --extend, or give this one a folder "
    .. "of its own with --out\n")
  expect(program.run("sweep", "study.lua", "--size", "2,3", "--method", "other", "--seeds", "2"), 1, "--method was not given and is other;")
  expect(program.run("sweep", "study.lua", "--size", "2,3", "--seeds", "3"), 1, "--seeds was 1, 2 and is 1, 2, 3;")
  program.write("study.lua", (STUDY:gsub("/ 2", "/ 4")))
  expect(program.run("sweep", "study.lua", "--size", "2,3", "--seeds", "2"), 1, "the text of study.lua has changed since, from line 7 on;")
  same(program.read "runs/study/sweep.csv", table_before)
end)

sweep_test("values and seeds are added to a sweep when that is asked for", function()
  expect(program.run("sweep", "study.lua", "--size", "2,3", "--weight", "1"), 0)
  local before = program.read "runs/study/size=2/seed-1/manifest.json"
  expect(program.run("sweep", "study.lua", "--size", "2,3,4", "--weight", "1", "--seeds", "2", "--extend"), 0, "so far 2 finished")
  same(program.read "runs/study/size=2/seed-1/manifest.json", before)
  same(select(2, program.read "runs/study/sweep.csv":gsub("finished", "")), 6)
  for _, words in ipairs { { "--size", "2,3", "--weight", "1", "--seeds", "2" }, { "--size", "2,3,4", "--weight", "1,2", "--seeds", "2" },
    { "--size", "2,3,4", "--seeds", "2" }, { "--size", "2,3,4", "--weight", "1" } } do
    expect(program.run("sweep", "study.lua", "--extend", table.unpack(words)), 1, "; give this one a folder of its own")
  end
end)

sweep_test("nothing starts when an option is not the script's or a value is not legal", function()
  expect(program.run("sweep", "study.lua", "--sise", "2,3"), 2, "unknown option '--sise'; did you mean '--size'?")
  expect(program.run("sweep", "study.lua", "--size", "2,x"), 2, "--size is '2,x': 'x' is not an integer")
  expect(program.run("sweep", "study.lua", "--method", "plain,oter"), 2,
    "--method is 'plain,oter': 'oter' is not one of plain, other; did you mean 'other'?")
  same(core.run_place "runs/study", "free")
  same(io.open("runs/study/.lock"), nil)
end)

sweep_test("a script that vanishes ends the sweep, which goes on when it is back", function()
  local leaving = [[os.remove("study.lua")]] .. "\n"
  program.write("study.lua", STUDY .. leaving)
  expect(program.run("sweep", "study.lua", "--size", "2,3,4", "--jobs", "1"), 1, "gibbs sweep: study.lua is not there any more; the sweep stops here\n",
    "2 runs left: the same command goes on with the sweep.\n")
  same(status_of "runs/study/size=2/seed-1", "finished")
  same(program.read "runs/study/sweep.csv", "size,seed,status,step,kl,kl_error\n2,1,finished,2,1.5,0.125\n3,1,new,,,\n4,1,new,,,\n")
  expect(program.run("sweep", "study.lua", "--size", "2,3,4"), 2, "cannot open 'study.lua': No such file or directory")
  program.write("study.lua", STUDY .. leaving)
  expect(program.run("sweep", "study.lua", "--size", "2,3,4", "--jobs", "1"), 1, "so far 1 finished")
  same(status_of "runs/study/size=3/seed-1", "finished")
end)

sweep_test("folders that cannot be written are named", function()
  program.write("file", "")
  expect(program.run("sweep", "study.lua", "--size", "2", "--out", "file/below"), 1, "gibbs sweep: 'file' is there, and is no folder\n")
  program.write("runs/study/size=2", "")
  program.write("runs/study/sweep.json", "{}")
  expect(program.run("sweep", "study.lua", "--size", "2,3"), 1,
    "gibbs sweep: 'runs/study/sweep.json' is no record of a sweep that this version of gibbs knows ('gibbs sweep 1')\n")
  os.remove "runs/study/sweep.json"
  expect(program.run("sweep", "study.lua", "--size", "2,3"), 1, "runs/study holds something else than a sweep: 'size=2';")
end)

sweep_test("a run whose folder cannot be made fails alone, and says why", function()
  expect(program.run("sweep", "study.lua", "--size", "2,3"), 0)
  core.folder_remove "runs/study/size=3"
  program.write("runs/study/size=3", "in the way")
  expect(program.run("sweep", "study.lua", "--size", "2,3"), 1, "size=3/seed-1 did not begin: gibbs run: ")
  same(program.read "runs/study/size=3", "in the way")
end)

sweep_test("another run in the place of one is left alone", function()
  expect(program.run("sweep", "study.lua", "--size", "2,3"), 0)
  expect(program.run("run", "study.lua", "--size", "5", "--seed", "9", "--out", "runs/study/size=3/seed-1", "--overwrite"), 0)
  local before = program.read "runs/study/size=3/seed-1/manifest.json"
  expect(program.run("sweep", "study.lua", "--size", "2,3", "--retry-failed"), 1, "size=3/seed-1 foreign: its seed is 9, not 1\n")
  program.write("runs/study/size=3/seed-1/manifest.json", before:sub(1, -20))
  expect(program.run("sweep", "study.lua", "--size", "2,3", "--retry-failed"), 1, "size=3/seed-1 foreign: ")
  same(program.read "runs/study/size=3/seed-1/manifest.json", before:sub(1, -20))
end)

sweep_test("a script may have options that are named like limits", function()
  program.write("study.lua", (STUDY:gsub("weight", "time")))
  expect(program.run("sweep", "--time", "1h", "study.lua", "--time", "1,2", "--size", "4"), 0)
  same(program.read "runs/study/sweep.csv", "size,time,seed,status,step,kl,kl_error\n4,1,1,finished,2,4.5,0.125\n4,2,1,finished,2,8.5,0.125\n")
end)

sweep_test("a file that changes between runs is told of", function()
  program.write("data.csv", "1\n")
  program.write("study.lua", STUDY .. "run:log { step = 3, kl = gibbs.read('data.csv'):get(1, 1) }\n"
    .. "local file <close> = io.open('data.csv', 'w')\nfile:write(size + 1, '\\n')\n")
  expect(program.run("sweep", "study.lua", "--size", "2,3", "--jobs", "1"), 0, "data.csv was not the same file for all runs.\n")
end)

sweep_test("a run that is killed is told of, and gone on with at the next start", function()
  program.write("study.lua", STUDY .. "if not io.open 'calm' then os.execute 'kill -9 $PPID' end\n")
  expect(program.run("sweep", "study.lua", "--size", "2"), 1, "seed-1 killed: ended by signal 9\n1 run left: the same command goes on with the sweep.\n")
  same(program.read "runs/study/sweep.csv", "size,seed,status\n2,1,killed\n")
  program.write("calm", "")
  expect(program.run("sweep", "study.lua", "--size", "2"), 0, "so far 1 killed")
  same(program.read "runs/study/sweep.csv", "size,seed,status,step,kl,kl_error\n2,1,finished,2,1.5,0.125\n")
end)

sweep_test("limits hold for each run, also for one that is gone on with", function()
  program.write("patient.lua", PATIENT)
  local words = { "sweep", "--time", "0.2s", "patient.lua", "--size", "1" }
  for _, before in ipairs { "1 seed\n", "1 seed; so far 1 interrupted\n" } do
    local ended = expect(program.run(table.unpack(words)), 1, before, "the time limit of 0.2s is over (--time)\n")
    same(ended.output:match "(seed%-1 %a+): patient.lua:%d", "seed-1 interrupted")
  end
end)

sweep_test("a sandbox holds already where the script is asked for its options", function()
  if os.getenv "GIBBS_TEST_EFFORT" then -- the search for leaks of sanitized programs reads /proc, which Landlock keeps from them
    return print "skipped: the sandbox of a sweep, under the sanitizers"
  end
  program.write("study.lua", "pcall(function() os.execute 'touch made' end)\npcall(function() io.open('made', 'w'):close() end)\n"
    .. "pcall(function() io.open('runs/study/made', 'w'):close() end)\n" .. STUDY)
  expect(program.run("sweep", "--sandbox", "study.lua", "--size", "2"), 0)
  same(program.read "made", nil)
  same(program.read "runs/study/made", nil)
  same(program.read "runs/study/sweep.csv", "size,seed,status,step,kl,kl_error\n2,1,finished,2,1.5,0.125\n")
end)

sweep_test("of two sweeps in one folder the second is refused; Ctrl-C makes the runs of the first interrupted ones", function()
  local first = program.start("sweep", "patient.lua", "--size", "1,2,3", "--jobs", "2")
  wait_for(function() return status_of "runs/patient/size=1/seed-1" and status_of "runs/patient/size=2/seed-1" end)
  local second = expect(program.run("sweep", "patient.lua", "--size", "1,2,3"), 1, "gibbs sweep: another sweep (process ")
  same(second.errors:match "%) (.*)\n$", "runs in runs/patient; give this one a folder of its own with --out")
  program.interrupt()
  expect(program.await(first), 130, "interrupted: waiting for 2 runs to stop; Ctrl-C again kills\n")
  same(status_of "runs/patient/size=1/seed-1", "interrupted")
  same(status_of "runs/patient/size=2/seed-1", "interrupted")
  same(status_of "runs/patient/size=3/seed-1", nil)
  program.write("enough", "")
  expect(program.run("sweep", "patient.lua", "--size", "1,2,3"), 0, "so far 2 interrupted")
  same(program.read "runs/patient/sweep.csv", "size,seed,status,step,kl\n1,1,finished,1,1\n2,1,finished,1,2\n3,1,finished,1,3\n")
end)

sweep_test("a run that somebody else works on is waited for", function()
  program.write("enough", "")
  expect(program.run("sweep", "patient.lua", "--size", "1,2", "--out", "kept"), 0)
  local before = program.read "kept/sweep.csv"
  for size = 1, 2 do core.folder_remove(("kept/size=%d"):format(size)) end
  local held = core.hold_run "kept/size=1/seed-1"
  local sweep = program.start("sweep", "patient.lua", "--size", "1,2", "--out", "kept")
  wait_for(function() return status_of "kept/size=2/seed-1" == "finished" end)
  same(status_of "kept/size=1/seed-1", nil)
  held:release()
  expect(program.await(sweep), 0, "so far 1 running")
  same(program.read "kept/sweep.csv", before)
end)

support.finish()
