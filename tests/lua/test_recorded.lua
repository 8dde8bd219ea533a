--- gibbs runs and gibbs compare, on folders that are written by hand.

local gibbs = require "gibbs"
local program = require "program"
local support = require "support"
local core = require "gibbs.core"
local manifests = require "gibbs.manifest"

local test, same, near = support.test, support.same, support.near

--- A recorded run: all that a manifest needs, unless `given` says otherwise.
local function record(folder, given, rows)
  local content = {
    folder = folder, directory = program.folder, status = "finished", exit = 0, script = { path = "study.lua", text = "print(1)\nprint(2)\n" }, options = {}, arguments = {},
    files = {}, seed = 1, threads = 1, started = "2026-11-26T05:00:00Z", ended = "2026-11-26T05:00:10Z", seconds = 10,
    gibbs = "0.1.0", libraries = { GSL = "2.7.1" }, processor = { name = "one" }, metrics = {},
  }
  for name, value in pairs(given) do content[name] = value end
  core.folder_make(folder)
  manifests.write(folder, content)
  if rows then program.write(folder .. "/metrics.csv", rows) end
end

local function recorded_test(name, fn)
  test(name, function()
    program.enter()
    local ok, message = xpcall(fn, debug.traceback)
    program.leave()
    if not ok then error(message, 0) end
  end)
end

local function output(...)
  local ended = program.run(...)
  if ended.exit_code ~= 0 then error(ended.errors, 2) end
  return ended.output
end

local function errors(exit_code, ...)
  local ended = program.run(...)
  same(ended.exit_code, exit_code)
  return ended.errors
end

--- The cells of a CSV by row and name; no quoted ones.
local function table_of(text)
  local rows, header = {}, nil
  for line in text:gmatch "([^\n]*)\n" do
    local cells = {}
    for cell in (line .. ","):gmatch "([^,]*)," do cells[#cells + 1] = cell end
    if header then
      rows[#rows + 1] = {}
      for i, name in ipairs(header) do rows[#rows][name] = cells[i] end
    end
    header = header or cells
  end
  return rows
end

-- ---- gibbs runs --------------------------------------------------------------------------------------------

recorded_test("runs are listed with their status, what differs, and what is wrong", function()
  record("runs/a", { options = { size = 8, weight = 0.1 }, metrics = { step = 10, kl = 0.1234, kl_error = 0.002 } })
  record("runs/b", { options = { size = 16, weight = 0.1 }, seed = 10, status = "failed", error = "study.lua:3: no\nmore", seconds = 3725 })
  record("runs/c/seed-10", { options = { size = 16, weight = 0.1 }, status = "running" })
  record("runs/c/seed-9", { options = { size = 16, weight = 0.1 }, status = "running" })
  program.write("runs/d/manifest.json", "{")
  program.write("runs/e/manifest.json", '{"name": "a web page"}')
  program.write("runs/f/manifest.json", '{"format": "gibbs run 7"}')
  program.write("runs/g\1\xff/manifest.json", "")
  local held = core.hold_run "runs/c/seed-9"
  same(output "runs", [[
  folder          status      size  seed  started (UTC)         duration  step          kl
  runs/a          finished       8     1  2026-11-26 05:00:00       10 s    10  0.1234(20)
  runs/b          failed        16    10  2026-11-26 05:00:00  1 h 2 min     -           -
  runs/c/seed-9   running       16     1  2026-11-26 05:00:00       10 s     -           -
  runs/c/seed-10  killed        16     1  2026-11-26 05:00:00       10 s     -           -
  runs/d          unreadable     -     -  -                            -     -           -
  runs/e          unreadable     -     -  -                            -     -           -
  runs/f          unreadable     -     -  -                            -     -           -
  runs/g??        unreadable     -     -  -                            -     -           -
runs/b failed: study.lua:3: no
runs/d unreadable: 'runs/d/manifest.json' line 1, column 1: expected a value, found '{'
runs/e unreadable: 'runs/e/manifest.json' is no manifest of a run
runs/f unreadable: 'runs/f/manifest.json' is of another version: this program reads 'gibbs run 1', not 'gibbs run 7'
runs/g?? unreadable: 'runs/g??/manifest.json' line 1, column 1: expected a value, but the file ends here
]])
  held:release()
end)

recorded_test("a listing as CSV holds everything, sorted as asked for", function()
  record("r/a", { options = { size = 8, name = "x,y" }, metrics = { step = 10, kl = 0.1, kl_error = 0.002 } })
  record("r/b", { options = { size = 16 }, metrics = { kl = -2 } })
  record("r/c", { options = { size = 12 } })
  local expected = [[
folder,status,script,name,size,seed,started,seconds,step,kl,kl_error,wrong
r/b,finished,study.lua,,16,1,2026-11-26T05:00:00Z,10,,-2,,
r/a,finished,study.lua,"x,y",8,1,2026-11-26T05:00:00Z,10,10,0.1,0.002,
r/c,finished,study.lua,,12,1,2026-11-26T05:00:00Z,10,,,,
]]
  same(output("runs", "r", "--csv", "-", "--sort", "kl"), expected)
  output("runs", "r/", "--csv=list.csv", "--sort=kl")
  same(program.read "list.csv", expected)
end)

-- ---- gibbs compare -----------------------------------------------------------------------------------------

local SLEEP = { -- Student's: hours of sleep gained by ten patients with each of two drugs
  { 0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0 },
  { 1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4 },
}

local function record_sleep()
  for drug, values in ipairs(SLEEP) do
    for patient, hours in ipairs(values) do
      record(("drug-%d/seed-%d"):format(drug, patient), { seed = patient, options = { drug = drug }, metrics = { step = 1, extra = hours, extra_error = 0.1 } })
    end
  end
end

recorded_test("sets are paired over seeds, with the interval that is published for Student's data", function()
  record_sleep()
  local row = table_of(output("compare", "drug-1", "drug-2", "--csv", "-"))[1]
  same(row.metric, "extra")
  same(row.pairs, "10")
  near(tonumber(row.difference), 1.58, 1e-14)
  near(tonumber(row.low), 0.7001142, 5e-8)
  near(tonumber(row.high), 2.4598858, 5e-8)
  same(output("compare", "drug-1", "drug-2"), [[
  differs        drug-1  drug-2
  finished runs      10      10
  drug                1       2

drug-2 - drug-1, paired over seeds: mean difference and its 95 % interval (Student's t, n pairs; * without 0)
  metric   n  drug-1  drug-2  difference   from     to
  extra   10    0.75    2.33       1.580  0.700  2.460  *
]])
  row = table_of(output("compare", "drug-1", "drug-2", "--csv", "-", "--level", "0.99"))[1]
  near(tonumber(row.low), 0.3159, 1e-4) -- t(9) at 99.5 % is 3.2498, the standard error 0.38895
end)

recorded_test("seeds without a partner, runs that did not finish and settings of one set are named", function()
  record_sleep()
  core.folder_remove "drug-1/seed-3"
  record("drug-2/seed-4", { seed = 4, options = { drug = 2 }, status = "failed", metrics = { extra = 9 } })
  record("drug-2/seed-11", { seed = 11, options = { drug = 2 }, metrics = { extra = 9 } })
  same(output("compare", "drug-1", "drug-2"), [[
  differs        drug-1  drug-2
  finished runs       9      10
  drug                1       2
  left out: drug-2/seed-4, failed

drug-2 - drug-1, paired over seeds: mean difference and its 95 % interval (Student's t, n pairs; * without 0)
  metric  n  drug-1  drug-2  difference  from    to
  extra   8  1.1125  2.7625        1.65  0.49  2.81  *
  unpaired: seed 4 only in drug-1
  unpaired: seeds 3, 11 only in drug-2
]])
end)

recorded_test("one pair gives a difference and no interval", function()
  record("a/seed-1", { metrics = { kl = 1 } })
  record("b/seed-1", { metrics = { kl = 1.5 } })
  same(output("compare", "a", "b"):match "\n(  metric.*)$", [[
  metric  n  a    b  difference  from  to
  kl      1  1  1.5         0.5     -   -
  no interval: kl has 1 pair; an interval needs two
]])
  same(output("compare", "a", "b", "--csv", "-"), "first,second,metric,pairs,first_mean,second_mean,difference,low,high\na,b,kl,1,1,1.5,0.5,,\n")
end)

recorded_test("what is no number in one run of a pair is named", function()
  for seed = 1, 3 do
    record("a/seed-" .. seed, { seed = seed, metrics = { kl = seed, gap = seed } })
    record("b/seed-" .. seed, { seed = seed, metrics = { kl = seed, gap = seed < 3 and seed or gibbs.null } })
  end
  local text = output("compare", "a", "b")
  same(text:match "\n(  no number.*)$", "  no number: gap of seed 3\n")
  same(text:match "  gap +(%d)", "2")
end)

recorded_test("sweeps are compared setting by setting", function()
  for seed = 1, 3 do
    for _, size in ipairs { 8, 16 } do
      record(("x/size=%d/seed-%d"):format(size, seed), { seed = seed, options = { size = size, way = "x" }, metrics = { kl = seed, gap = 1 } })
      record(("y/size=%d/seed-%d"):format(size, seed), { seed = seed, options = { size = size, way = "y" }, metrics = { kl = seed + size / 8, gap = 1 } })
    end
    record(("y/size=32/seed-%d"):format(seed), { seed = seed, options = { size = 32, way = "y" }, metrics = { kl = 0 } })
  end
  same(output("compare", "x", "y"), [[
  differs        x  y
  finished runs  6  9
  way            x  y

y - x, paired over seeds: mean difference and its 95 % interval (Student's t, n pairs; * without 0)
  size  metric  n  x  y  difference  from  to
     8  gap     3  1  1           0     0   0
     8  kl      3  2  3           1     1   1  *
    16  gap     3  1  1           0     0   0
    16  kl      3  2  4           2     2   2  *
  unpaired: size=32: only in y
]])
end)

recorded_test("a seed that is there twice cannot be paired", function()
  for _, folder in ipairs { "a/one", "a/two", "b/one" } do record(folder, { metrics = { kl = 1 } }) end
  same(errors(1, "compare", "a", "b"), "gibbs compare: seed 1 is there twice with the same options: a/one and a/two\n")
end)

recorded_test("folders without a finished run, or without runs, cannot be compared", function()
  record("a/one", { metrics = { kl = 1 } })
  record("b/one", { status = "failed" })
  core.folder_make "c"
  same(errors(1, "compare", "a", "b"), "gibbs compare: no run in b has finished\n")
  same(errors(1, "compare", "a", "c"), "gibbs compare: there are no recorded runs in c\n")
end)

recorded_test("single runs stand side by side", function()
  record("a", { options = { size = 8 }, metrics = { step = 2, kl = 0.5, kl_error = 0.03 }, files = { { path = "d.csv", sha256 = "aa11", how = "read" } } },
    "step,kl,kl_error\n1,1,0.1\n2,0.5,0.03\n")
  record("b", { options = { size = 16 }, seed = 2, metrics = { step = 2, kl = 0.25, kl_error = 0.04 }, gibbs = "0.2.0",
    script = { path = "study.lua", text = "print(1)\nprint(3)\n" }, files = { { path = "d.csv", sha256 = "bb22", how = "read" } },
    processor = { name = "one", features = { "avx2", "fma" } } }, "step,kl,kl_error\n1,1,0.1\n2,0.25,0.04\n")
  local text = output("compare", "a", "b"):gsub("script text +%x+ +%x+", "script text  ...")
  same(text, [[
  differs                        a             b
  status                  finished      finished
  size                           8            16
  seed                           1             2
  script text  ...
  file d.csv                  aa11          bb22
  gibbs                      0.1.0         0.2.0
  processor features             -      avx2 fma

The scripts differ from line 2 on:
  a: print(2)
  b: print(3)

Last metrics
  metric          a          b  difference
  step            2          2           0
  kl      0.500(30)  0.250(40)  -0.250(50)

metrics.csv
  a and b: row 2 (step 2) is the first that differs: kl is 0.5 and 0.25
]])
end)

recorded_test("equal runs are said to be equal, a longer one to be longer", function()
  record("a", { metrics = { step = 2, kl = 0.5 } }, "step,kl\n1,1\n2,0.5\n")
  record("b", { metrics = { step = 2, kl = 0.5 } }, "step,kl\n1,1\n2,0.5\n")
  record("c", { metrics = { step = 3, kl = 0.5 } }, "step,kl\n1,1\n2,0.5\n3,0.5\n")
  record("d", { metrics = {} })
  local text = output("compare", "a", "b", "c", "d")
  same(text:match "metrics.csv\n(.*)$", [[
  a and b: all 2 rows are equal
  a and c: the first 2 rows are equal; c has 1 more
  a and d: there is no metrics.csv in d
]])
  same(text:match "options[^\n]*", "options, script, seed, versions and processor are the same")
end)

recorded_test("times and what is volatile keep no runs from being equal", function()
  local volatile = { columns = { "ns" }, log = {} }
  record("a", { metrics = { step = 2 }, volatile = volatile }, "step,kl,spent_seconds,ns\n1,1,0.25,7\n2,0.5,0.5,7\n")
  record("b", { metrics = { step = 2 }, volatile = volatile }, "step,kl,spent_seconds,ns\n1,1,0.75,7\n2,0.5,0.5,8\n")
  record("c", { metrics = { step = 2 } }, "step,kl,spent_seconds,ns\n1,1,0.75,7\n2,0.25,0.5,8\n")
  same(output("compare", "a", "b", "c"):match "metrics.csv\n(.*)$", [[
  a and b: all 2 rows are equal, but for times
  a and c: row 2 (step 2) is the first that differs: kl is 0.5 and 0.25
]])
end)

support.finish()
