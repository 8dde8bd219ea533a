--- Runs that were killed or interrupted are gone on with, and end with the bits of one that never was.

local gibbs = require "gibbs"
local support = require "support"
local commands = require "commands"
local expect, says, write, content = commands.expect, commands.says, commands.write, commands.content

local function manifest(folder) return gibbs.read(commands.folder .. "/" .. folder .. "/manifest.json") end

--- Rows without the columns of times.
local function rows_of(folder)
  local columns = gibbs.read(commands.folder .. "/" .. folder .. "/metrics.csv")
  local rows = {}
  for i = 1, #columns.step do
    local row = {}
    for _, name in ipairs(columns.columns) do
      local value = columns[name][i]
      if not name:match "seconds$" and value == value then row[name] = value end
    end
    rows[i] = row
  end
  return rows
end

local function is_same(folder, reference, ...)
  support.same(rows_of(folder), rows_of(reference), "metrics")
  for _, name in ipairs { ... } do
    assert(content(folder .. "/" .. name) == content(reference .. "/" .. name), name .. " is not the same")
  end
  says(expect("gibbs replay " .. folder), "the same: ")
end

local function life(command, least, span, signal)
  return commands.shell(("timeout --foreground --preserve-status -s %s %.3f '%s' %s"):format(signal or "KILL", least + span * math.random(), commands.program, command))
end

math.randomseed(11)

-- ---- a training with checkpoints ---------------------------------------------------------------------------------------

write("train.lua", ([[
local gibbs = require "gibbs"
local run = gibbs.run()
local digits = gibbs.data("%s/scripts/data/digits-images.idx.gz"):scale{ high = 16 }:binarise{ threshold = 0.5 }:head(300)
local Q = gibbs.rbm{ visible = gibbs.bits(64), hidden = gibbs.bits(16), init = gibbs.normal(0, 0.05) }
run:log{ step = 0, constant = 1 }
for part = 1, 2 do
  gibbs.minimize(-gibbs.log_likelihood(digits, Q), Q, { method = "momentum", steps = 600, rate = 0.01 / part, seed = part,
    estimate = gibbs.pcd{ chains = 16, batch = 50, burn = 5 }, checkpoint = run:path(("part_%%d.h5"):format(part)),
    checkpoint_every = 50, resume = true, watch = function(record)
      -- rows that are alike, so that only their number tells where they belong
      if record.step %% 2 == 0 then run:log{ step = part, constant = 1, spent_seconds = gibbs.clock() } end
      if record.step %% 200 == 0 then run:log{ step = record.step, part = part, norm = record.gradient_norm } end
    end })
  run:save("part " .. part, Q)
end
run:log{ step = 1000, rows = #run:rows() }
]]):format(commands.root))

expect "gibbs run train.lua --seed 3 --out runs/whole --threads 1"

support.test("killed again and again, a training ends with the same bits, without doubled or missing rows", function()
  local kills, lives, wanted = 0, 0, math.max(5, 20 * support.effort // 1)
  while kills < wanted do
    expect "rm -rf runs/killed"
    local command = "run train.lua --seed 3 --out runs/killed"
    local said, code = "", 137
    while code ~= 0 do
      if kills < wanted then
        said, code = life(command, 0.02, 0.25)
      else
        said, code = commands.shell("gibbs " .. command)
      end
      if code ~= 0 and code ~= 137 then error(("'%s' ended with %d:\n%s"):format(command, code, said), 0) end
      if code == 137 then kills = kills + 1 end
      if content "runs/killed/manifest.json" then command = ("resume runs/killed --threads %d"):format(math.random(2)) end
    end
    lives = lives + 1
    is_same("runs/killed", "runs/whole", "results.h5", "part_1.h5", "part_2.h5")
  end
  local m = manifest "runs/killed"
  assert(m.status == "finished" and m.seed == 3)
  print(("%d kills in %d runs"):format(kills, lives))
end)

support.test("Ctrl-C leaves an interrupted run with its last step, and it is gone on with", function()
  local said, code = life("run train.lua --seed 3 --out runs/stopped --threads 1", 0.3, 0, "INT")
  if code == 130 then
    local m = manifest "runs/stopped"
    assert(m.status == "interrupted" and m.exit == 130 and m.error, said)
    says(expect("gibbs replay runs/stopped", 2), "'runs/stopped' was interrupted before it was complete; gibbs resume runs/stopped goes on with it")
    says(expect("gibbs run train.lua --out runs/stopped", 2), "(interrupted); --out names another folder, --overwrite replaces it, gibbs resume")
    says(expect "gibbs resume runs/stopped", "gibbs resume: goes on with 'runs/stopped', where ")
    m = manifest "runs/stopped"
    assert(m.status == "finished" and #m.resumed == 1 and m.seconds > 0)
  end
  is_same("runs/stopped", "runs/whole", "results.h5", "part_1.h5", "part_2.h5")
end)

support.test("Ctrl-C inside a watch leaves out the step that was not logged", function()
  write("watched.lua", [[
    local gibbs = require "gibbs"
    local run = gibbs.run()
    local Q = gibbs.rbm{ visible = gibbs.spins(4), hidden = gibbs.spins(2), init = gibbs.normal(0, 0.1) }
    local data = gibbs.data{ { 1, 1, -1, -1 }, { -1, 1, 1, 1 } }
    gibbs.minimize(-gibbs.log_likelihood(data, Q), Q, { method = "momentum", steps = 6, rate = 0.1, estimate = gibbs.pcd{ chains = 4, batch = 2 },
      checkpoint = run:path "training.h5", checkpoint_every = 2, resume = true, watch = function(record)
        if record.step == 3 and not io.open "calm" then
          io.open("begun", "w"):close()
          while true do end
        end
        run:log{ step = record.step, norm = record.gradient_norm }
      end })]])
  local said, code = commands.shell "$gibbs run watched.lua --out runs/watched --threads 1 & while ! test -e begun; do sleep 0.02; done; kill -INT $!; wait $!"
  assert(code == 130, said)
  says(said, "interrupted while step 3 was watched; 'runs/watched/training.h5' keeps step 2, and the same call with resume = true goes on from there")
  expect "touch calm; gibbs resume runs/watched"
  expect "gibbs run watched.lua --out runs/unwatched --threads 1"
  is_same("runs/watched", "runs/unwatched")
  expect "rm begun calm"
end)

support.test("Ctrl-C at any moment leaves a run that is complete or is not", function()
  write("short.lua", [[
    local gibbs = require "gibbs"
    local run = gibbs.run()
    for step = 1, 300 do run:log{ step = step } end
    for k = 1, 40 do run:save("x" .. k, { k }) end]])
  for _ = 1, math.max(4, 30 * support.effort // 1) do
    expect "rm -rf runs/short"
    local said, code = life("run short.lua --out runs/short --threads 1", 0.02, 0.12, "INT")
    local m = content "runs/short/manifest.json" and manifest "runs/short"
    if m and m.status == "finished" then
      assert(code == 0 and #rows_of "runs/short" == 300, said)
    else
      assert(code ~= 0, said)
    end
  end
end)

-- ---- without --------------------------------------------------------------------------------------------------------------

write("plain.lua", [[
local gibbs = require "gibbs"
local run = gibbs.run()
local stop = io.open "stop"
for step = 1, 6 do
  run:log{ step = step, draw = math.random() }
  if step == 4 and stop then
    io.open(arg[0] .. ".ready", "w"):close()
    while true do gibbs.clock() end
  end
end
]])

support.test("a script without checkpoints begins again, and a word says so", function()
  write("stop", "")
  expect "$gibbs run plain.lua --out runs/begun & while ! test -e plain.lua.ready; do sleep 0.02; done; gibbs resume runs/begun; test $? = 2; code=$?; kill -9 $!; rm plain.lua.ready stop; exit $code"
  assert(#rows_of "runs/begun" == 4)
  local said = expect "gibbs resume runs/begun"
  says(said, "gibbs resume: 'runs/begun' holds no checkpoint of a training: the script begins again\n")
  says(said, "gibbs resume: goes on with 'runs/begun', where 4 rows are logged\n")
  expect "gibbs run plain.lua --out runs/calm"
  is_same("runs/begun", "runs/calm")
end)

support.test("a run that was killed when a column was there and its first number was not is gone on with", function()
  write("stop", "")
  expect "$gibbs run plain.lua --out runs/column & while ! test -e plain.lua.ready; do sleep 0.02; done; kill -9 $!; rm plain.lua.ready stop"
  expect "sed -i '1s/$/,more/; 2,$s/$/,/' runs/column/metrics.csv"
  says(expect "gibbs resume runs/column", "where 4 rows are logged\n")
  assert(content "runs/column/metrics.csv":match "^step,draw,more\n1,[%d.e-]+,\n2,[%d.e-]+,\n3,[%d.e-]+,\n4,[%d.e-]+,\n5,[%d.e-]+,\n6,[%d.e-]+,\n$")
end)

support.test("metrics that were damaged are not written on", function()
  write("stops.lua", 'local gibbs = require "gibbs" gibbs.run():log{ step = 1, x = 0.5 } gibbs.run():log{ step = 2, x = 1.5 } error "stop"')
  for damaged, said in pairs {
    ["step,x\n1,0.5,\n2,1.5\n"] = "gibbs resume: 'runs/stops/metrics.csv' line 2",
    ["1,0.5\n2,1.5\n"] = "gibbs resume: 'runs/stops/metrics.csv' has no names of columns",
  } do
    expect("gibbs run stops.lua --out runs/stops --overwrite", 1)
    write("runs/stops/metrics.csv", damaged)
    says(expect("gibbs resume runs/stops", 2), said)
    assert(content "runs/stops/metrics.csv" == damaged and manifest "runs/stops".status == "failed")
  end
  write("runs/stops/metrics.csv", "step,x\n")
  says(expect("gibbs resume runs/stops", 1), "where 0 rows are logged")
  assert(content "runs/stops/metrics.csv" == "step,x\n1,0.5\n2,1.5\n")
end)

support.test("what does not repeat itself is no way to go on", function()
  write("moody.lua", 'local gibbs = require "gibbs" gibbs.run():log{ step = 1, x = gibbs.read "mood.json"[1] } error "stop"')
  write("mood.json", "[1]")
  expect("gibbs run moody.lua --out runs/moody", 1)
  write("mood.json", "[2]")
  says(expect("gibbs resume runs/moody", 1), "moody.lua:1: run:log: the script does not repeat itself: row 1 is not among the 1 rows that "
    .. "'runs/moody/metrics.csv' holds from before")
  assert(manifest "runs/moody".status == "failed" and #rows_of "runs/moody" == 1)
end)

support.test("what is not as it was is said before a run goes on", function()
  write("reader.lua", 'local gibbs = require "gibbs" gibbs.run():log{ step = 1 } if gibbs.read "mood.json"[1] == 1 then error "stop" end')
  write("mood.json", "[1]")
  expect("gibbs run reader.lua --out runs/reader", 1)
  expect [[sed -i 's/"GSL":[^,}]*/"GSL": "1.0"/' runs/reader/manifest.json]]
  write("mood.json", "[2]")
  local said = expect "gibbs resume runs/reader"
  says(said, "gibbs resume: mood.json has changed since the run read it\n")
  says(said, "gibbs resume: recorded with GSL 1.0, this is ")
end)

support.test("a run that is gone on with from elsewhere knows its folder by the same name", function()
  write("names.lua", 'local gibbs = require "gibbs" local run = gibbs.run() run:log{ step = 1 } run:save("folder", run.folder) if io.open "stop" then error "stop" end')
  for _, from in ipairs { "cd runs && gibbs resume ./names", "cd runs/names && gibbs resume .", "cd / && gibbs resume \"$OLDPWD/runs/names\"" } do
    write("stop", "")
    expect("gibbs run names.lua --out runs/names --overwrite", 1)
    expect("rm stop; " .. from)
    assert(manifest "runs/names".folder == "runs/names", manifest "runs/names".folder)
    assert(gibbs.read(commands.folder .. "/runs/names/results.h5").folder == "runs/names")
  end
end)

support.test("what is finished stays as it is", function()
  local before = content "runs/whole/manifest.json"
  says(expect "gibbs resume runs/whole", "'runs/whole' is finished; there is nothing left to do\n")
  assert(content "runs/whole/manifest.json" == before)
end)

support.test("a study that is killed goes on where it was", function()
  local study = ("run '%s/scripts/digits.lua' --hidden 8 --steps 300 --looks 3 --chains 20 --temperatures 40 --threads 1 --out runs/"):format(commands.root)
  expect("gibbs " .. study .. "digits")
  local command, code = study .. "cut", 137
  for _ = 1, 3 do
    if code ~= 0 then _, code = life(command, 0.1, 0.3) end
    if content "runs/cut/manifest.json" then command = "resume runs/cut" end
  end
  if code ~= 0 then expect("gibbs " .. command) end
  is_same("runs/cut", "runs/digits", "results.h5", "filters.csv", "figures/samples.csv")
end)

commands.clean()
support.finish()
