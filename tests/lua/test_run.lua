--- Recorded runs: what the folder holds, what a plain run leaves, and that no fault makes a run look complete.

local gibbs = require "gibbs"
local support = require "support"
local commands = require "commands"
local expect, says, write, content = commands.expect, commands.says, commands.write, commands.content

local function manifest(folder) return gibbs.read(commands.folder .. "/" .. folder .. "/manifest.json") end

local function is_there(name) return content(name) ~= nil end

write("small.lua", [[
local gibbs = require "gibbs"
local size = gibbs.option("size", 3, "linear size")
local word = gibbs.option("word", { "one", "two" }, "a word")
local run = gibbs.run()
print("size", size, run.recorded)
io.stderr:write("an aside\n")
local P = gibbs.ising{ lattice = gibbs.lattice.square(size, size), J = 0.3 }
for step = 1, 3 do
  run:log{ step = step, F = P:free_energy(), draw = math.random(), spent_seconds = gibbs.clock() }
end
run:save("couplings", { 0.25, 0.5 })
run:save("model", gibbs.rbm{ visible = gibbs.bits(3), hidden = gibbs.bits(2), init = gibbs.normal(0, 1) })
run:figure("deep/line.svg", "lines", { series = { { name = "x", x = { 1, 2, 3 }, y = { 1, 4, 9 } } } })
gibbs.write(run:path "tables/rows.json", { 1, 2 })
print(#run:rows(), run:rows()[2].step)
]])

support.test("a run leaves manifest, metrics, results, figures and what was printed", function()
  local said = expect "gibbs run small.lua --word two --seed 7 --out runs/a --threads 1"
  assert(said:find("size\t3\ttrue", 1, true) and said:find("an aside", 1, true) and said:find("3\t2", 1, true), said)
  assert(content "runs/a/log.txt" == "size\t3\ttrue\nan aside\n3\t2\n", content "runs/a/log.txt")
  local m = manifest "runs/a"
  support.same({ m.format, m.status, m.exit, m.seed, m.threads }, { "gibbs run 1", "finished", 0, 7, 1 })
  support.same(m.options, { size = 3, word = "two" })
  support.same(m.arguments, { "--word", "two" })
  assert(m.script.path == "small.lua" and m.script.text == content "small.lua" and #m.script.sha256 == 64)
  assert(m.started:match "^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%dZ$" and m.ended >= m.started and m.seconds >= 0)
  assert(m.gibbs:match "^%d+%.%d+%.%d+$" and m.libraries.HDF5 and m.libraries.Lua and m.processor.name and #m.processor.features >= 0)
  assert(m.metrics.step == 3 and m.metrics.F_error == 0 and m.error == nil)
  local metrics = gibbs.read(commands.folder .. "/runs/a/metrics.csv")
  support.same(metrics.columns, { "step", "F", "F_error", "draw", "spent_seconds" })
  support.same(metrics.step, { 1, 2, 3 })
  local results = gibbs.read(commands.folder .. "/runs/a/results.h5")
  support.same(results.couplings:table(), { 0.25, 0.5 })
  support.same(results.model.parameters.W:shape(), { 3, 2 })
  support.same(tostring(gibbs.load(commands.folder .. "/runs/a/results.h5", "model")), "rbm: 3 visible, 2 hidden units, 11 parameters")
  assert(is_there "runs/a/figures/deep/line.svg" and is_there "runs/a/figures/deep/line.csv" and is_there "runs/a/tables/rows.json")
end)

support.test("the hash of the script is that of sha256sum", function()
  local sum = expect("sha256sum small.lua"):match "^%x+"
  assert(manifest "runs/a".script.sha256 == sum)
end)

support.test("a script's own option --seed and --out are those of the run", function()
  write("own.lua", [[local gibbs = require "gibbs"
    local seed, out = gibbs.option("seed", 1), gibbs.option("out", "elsewhere")
    print(gibbs.seed(), seed, out, table.concat(arg, " "))]])
  says(expect "gibbs run own.lua rest --seed 9 --out runs/own", "9\t9\truns/own\trest --out=runs/own --seed=9")
  local m = manifest "runs/own"
  assert(m.seed == 9 and next(m.options) == nil)
end)

support.test("the seed that a script asks for itself holds unless another is given", function()
  write("asks.lua", [[local gibbs = require "gibbs" local seed = gibbs.option("seed", 42) gibbs.run():log{ seed = seed, draw = math.random() }]])
  says(expect "gibbs run asks.lua", "recorded in 'runs/asks-seed=42'")
  local m = manifest "runs/asks-seed=42"
  assert(m.seed == 42 and m.metrics.seed == 42)
  says(expect "gibbs replay runs/asks-seed=42", "the same")
end)

support.test("files that are read, loaded and written are told with their hashes", function()
  write("part.lua", "return { 5 }")
  write("data.csv", "a,b\n1,2\n")
  write("files.lua", [[local gibbs = require "gibbs"
    package.path = "./?.lua;" .. package.path
    local part = require "part"
    gibbs.read "data.csv"
    assert(io.open("data.csv")):close()
    assert(io.open("not there") == nil)
    gibbs.write("made.json", part)
    gibbs.write(gibbs.run():path "kept.json", part)]])
  expect "gibbs run files.lua --out runs/files"
  local by_path = {}
  for _, file in ipairs(manifest "runs/files".files) do by_path[file.path] = file end
  for path, how in pairs { ["part.lua"] = "loaded", ["data.csv"] = "read", ["made.json"] = "written", ["runs/files/kept.json"] = "written" } do
    local file = assert(by_path[path], path)
    assert(file.how == how and file.sha256 == expect("sha256sum " .. path):match "^%x+" and file.bytes == #content(path), path)
    by_path[path] = nil
  end
  assert(next(by_path) == nil, "another file is listed: " .. tostring(next(by_path)))
end)

support.test("the folder is named after the script, its options and the seed", function()
  says(expect "gibbs run small.lua --size 2 --word=two", "gibbs run: recorded in 'runs/small-size=2-word=two-seed=1'\n")
  assert(manifest "runs/small-size=2-word=two-seed=1".status == "finished")
end)

support.test("a plain run prints what it logs and leaves its files where it is told", function()
  local said = expect "mkdir plain; cd plain; gibbs ../small.lua"
  says(said, "step 1  F -7.34692  draw ")
  says(said, "results.h5: couplings\n")
  says(said, "deep/line.svg\n")
  assert(is_there "plain/results.h5" and is_there "plain/deep/line.svg" and is_there "plain/tables/rows.json")
  assert(not is_there "plain/manifest.json" and not is_there "plain/metrics.csv")
  says(expect "gibbs small.lua --out there", "size\t3\tfalse")
  assert(is_there "there/results.h5" and is_there "there/deep/line.svg")
end)

support.test("a script that fails, or leaves by os.exit, is recorded as that", function()
  write("fails.lua", 'local gibbs = require "gibbs" gibbs.run():log{ step = 1 } error("no luck")')
  says(expect("gibbs run fails.lua --out runs/fails", 1), "fails.lua:1: no luck\n")
  local m = manifest "runs/fails"
  support.same({ m.status, m.exit, m.error, m.metrics.step }, { "failed", 1, "fails.lua:1: no luck", 1 })
  assert(content "runs/fails/log.txt" == "fails.lua:1: no luck\n")
  write("early.lua", 'error("before anything")')
  expect("gibbs run early.lua --out runs/early", 1)
  assert(manifest "runs/early".error == "early.lua:1: before anything")
  write("exits.lua", 'local gibbs = require "gibbs" gibbs.run() print "bye" os.exit(tonumber(arg[1]))')
  expect("gibbs run exits.lua 3 --out runs/exits", 3)
  m = manifest "runs/exits"
  assert(m.status == "failed" and m.exit == 3 and m.error == "os.exit(3)" and content "runs/exits/log.txt" == "bye\n")
  expect("gibbs run exits.lua 0 --out runs/leaves", 0)
  assert(manifest "runs/leaves".status == "finished")
end)

support.test("a mistake in the options, help and what cannot be loaded leave no folder", function()
  expect("gibbs run small.lua --sizes 2 --out runs/none", 2)
  expect("gibbs run small.lua --help --out runs/none", 0)
  expect("gibbs run missing.lua --out runs/none", 2)
  write("broken.lua", "local = 3")
  expect("gibbs run broken.lua --out runs/none", 1)
  assert(not os.execute(("test -e %s/runs/none"):format(commands.folder)))
end)

support.test("a run is never replaced unless told", function()
  local before = content "runs/a/manifest.json"
  says(expect("gibbs run small.lua --out runs/a", 2), "'runs/a' holds a run already (finished)")
  assert(content "runs/a/manifest.json" == before)
  expect "gibbs run small.lua --size 2 --out runs/a --overwrite"
  assert(manifest "runs/a".options.size == 2 and manifest "runs/a".status == "finished")
  write("notes.txt", "mine")
  says(expect("gibbs run small.lua --out . --overwrite", 2), "'.' is there and is no recorded run")
  assert(content "notes.txt" == "mine")
end)

support.test("scripts in another encoding keep their bytes", function()
  write("latin.lua", '#!/usr/bin/env gibbs\nlocal word = "gr\xfc\xdfe" print(#word)')
  says(expect "gibbs run latin.lua --out runs/latin", "5")
  says(expect "gibbs replay runs/latin", "the same")
end)

-- ---- faults ------------------------------------------------------------------------------------------------------

write("long.lua", [[
local gibbs = require "gibbs"
local run = gibbs.run()
for step = 1, 4000 do run:log{ step = step, x = math.random() } end
]])

--- A run that did not come to its end says so, and its rows are whole.
local function is_incomplete(folder)
  local m = manifest(folder)
  assert(m.status ~= "finished", folder .. " looks complete")
  local metrics = content(folder .. "/metrics.csv")
  assert(not metrics or metrics:sub(-1) == "\n", "a row was cut off")
  says(expect("gibbs replay " .. folder, m.status == "failed" and 1 or 2), m.status == "failed" and "different" or "was killed")
end

support.test("a full disk is said, and the run is no complete one", function()
  local said = expect("ulimit -f 40; gibbs run long.lua --out runs/limited", 1)
  says(said, "'runs/limited/metrics.csv' cannot be written: File too large")
  is_incomplete "runs/limited"
  local mounted = [[unshare --map-root-user --mount sh -c 'mkdir -p disk && mount -t tmpfs -o size=64k none disk && "$0" run long.lua --out disk/run;
    code=$?; cat disk/run/manifest.json; tail -c 1 disk/run/metrics.csv | od -An -c; exit $code']]
  if not os.execute "unshare --map-root-user --mount true 2>/dev/null" then
    print "skipped: no file system of a size can be mounted here"
    return
  end
  said = expect(mounted:gsub("%$0", commands.program), 1)
  says(said, "cannot be written: No space left on device")
  assert(said:match '"status":%s*"running"' or said:match '"status":%s*"failed"', said)
  assert(said:match "\\n%s*$", said)
end)

support.test("a full disk under the log or the results is said too", function()
  write("talks.lua", 'local gibbs = require "gibbs" gibbs.run() for i = 1, 20000 do print("line", i) end print "not reached"')
  local said = expect("ulimit -f 40; gibbs run talks.lua --out runs/talks", 1)
  says(said, "talks.lua:1: what the run prints cannot be kept in its log.txt: is the disk full?")
  assert(not said:find("not reached", 1, true))
  is_incomplete "runs/talks"
  write("keeps.lua", [[local gibbs = require "gibbs" local list = {}
    for i = 1, 50000 do list[i] = i / 3 end
    gibbs.run():save("large", list)]])
  says(expect("ulimit -f 40; gibbs run keeps.lua --out runs/keeps", 1), "keeps.lua:3: run:save: 'runs/keeps/results.h5'")
  is_incomplete "runs/keeps"
end)

support.test("an unwritable folder is said before anything runs", function()
  says(expect("gibbs run small.lua --out /dev/null/a", 2), "gibbs run: '/dev/null' is there, and is no folder")
  says(expect("gibbs run small.lua --out /proc/none/a", 2), "gibbs run: '/proc/none' cannot be made: No such file or directory")
  if not os.execute "test $(id -u) = 0" then
    says(expect("mkdir shut; chmod 555 shut; gibbs run small.lua --out shut/a", 2), "'shut/a' cannot be made: Permission denied")
  end
end)

support.test("a script that vanishes while it runs is still there to be replayed", function()
  write("vanishes.lua", 'local gibbs = require "gibbs" local run = gibbs.run() os.remove(arg[0]) run:log{ x = 1 / 3 }')
  expect "gibbs run vanishes.lua --out runs/vanished"
  assert(not is_there "vanishes.lua")
  says(expect "gibbs replay runs/vanished", "the same: 1 number in 1 file")
end)

support.test("two runs cannot be in one folder", function()
  write("twice.lua", ([[local gibbs = require "gibbs" gibbs.run():log{ x = 1 }
    local pipe = io.popen("'%s' run twice.lua --out " .. gibbs.run().folder .. " " .. (arg[1] or "") .. " 2>&1; echo $?")
    print(pipe:read "a")]]):format(commands.program))
  local said = expect "gibbs run twice.lua --out runs/twice"
  assert(said:match "gibbs run: 'runs/twice' is being written by another run %(process %d+%); %-%-out names another folder\n2\n", said)
  assert(manifest "runs/twice".status == "finished")
end)

support.test("two that begin at one moment: one of them runs", function()
  local said = expect [[for i in 1 2 3 4 5 6; do gibbs run long.lua --out runs/race >said.$i; echo "$?" >code.$i & done 2>&1; wait; cat code.* | sort | uniq -c]]
  assert(said:match "1 0\n%s*5 2\n", said)
  assert(manifest "runs/race".status == "finished")
end)

support.test("a wall clock that jumps changes no number, and no duration", function()
  local clock = commands.program:gsub("[^/]*$", "libjumping_clock.so")
  local file = io.open(clock)
  if not file or support.effort < 1 then
    print "skipped: programs that are looked after by a sanitizer load nothing before it"
    return
  end
  file:close()
  expect(("LD_PRELOAD='%s' '%s' run small.lua --out runs/jumps"):format(clock, commands.program))
  local m = manifest "runs/jumps"
  assert(m.status == "finished" and m.seconds >= 0 and m.seconds < 600, m.seconds)
  says(expect "gibbs replay runs/jumps", "the same")
end)

support.test("killed at any moment, a run is killed or complete, and never anything between", function()
  write("steady.lua", [[local gibbs = require "gibbs" local run = gibbs.run()
    local P = gibbs.ising{ lattice = gibbs.lattice.square(8, 8), J = 0.4 }
    for step = 1, 30 do
      local E = P:mean(P.E, gibbs.chains{ n = 2, sweeps = 20, seed = step })
      run:log{ step = step, E = E }
      run:save("E" .. step, E)
    end]])
  expect "gibbs run steady.lua --out runs/steady --threads 1"
  local reference, complete, killed = content "runs/steady/metrics.csv", 0, 0
  math.randomseed(3)
  for k = 1, math.max(4, 20 * support.effort // 1) do
    local folder = "runs/kill" .. k
    commands.shell(("timeout -s KILL %.3f '%s' run steady.lua --out %s --threads 1"):format(0.01 + 0.12 * math.random(), commands.program, folder))
    local m = is_there(folder .. "/manifest.json") and manifest(folder)
    if m and m.status == "finished" then
      complete = complete + 1
      assert(content(folder .. "/metrics.csv") == reference)
      says(expect("gibbs replay " .. folder), "the same")
    else
      killed = killed + 1
      assert(not m or m.status == "running")
      local metrics = content(folder .. "/metrics.csv") or ""
      assert(reference:sub(1, #metrics) == metrics, "rows of a killed run are not those of a whole one")
    end
  end
  assert(killed > 0, "none was killed")
  print(("%d killed, %d complete"):format(killed, complete))
end)

commands.clean()
support.finish()
