--- Replays: every study comes again bit by bit with one and with two threads; and whatever is not the same is found and named.

local support = require "support"
local commands = require "commands"
local expect, says, write, content = commands.expect, commands.says, commands.write, commands.content

-- ---- the studies ---------------------------------------------------------------------------------------------------

--- Small enough for seconds; whether their known values hold at such sizes is not asked here.
local studies = {
  { "custom_energy.lua", "--size 3 --sweeps 200 --chains 8" },
  { "kernels.lua", "--sizes 4 --sweeps 400" },
  { "ising_critical.lua", "--sizes 4,8 --sweeps 100 --chains 4" },
  { "bond_machine.lua", "--size 4 --chains 32 --temperatures 60 --stations 8 --sweeps 20" },
  { "free_energy_training.lua", "--sizes 6:1 --steps 20 --chains 16 --temperatures 50 --sweeps 50 --exact_steps 1" },
  { "digits.lua", "--hidden 8 --steps 60 --looks 2 --chains 20 --temperatures 50" },
  { "kl_vs_free_energy.lua", "--starts 1" },
  { "decimation.lua", "--steps 4" },
  { "mcrg.lua", "--size 16 --measurements 40 --chains 16" },
  { "vmcrg.lua", "--size 8 --levels 1 --replicas 8 --steps 50 --measured 100" },
  { "rules.lua", "--size 32 --train_size 4 --steps 10 --measurements 10 --chains 16" },
  { "flow.lua", "--starts 0.2,0.5 --steps 1 --training 10 --arrows 2" },
  { "deep_rg.lua", "--size 8 --layers 1 --samples 200 --steps 60 --anneal 100 --temperatures 100 --sweeps 20" },
  { "mnist.lua", "--hidden 8 --steps 10 --looks 1 --chains 10 --temperatures 20", data = os.getenv "GIBBS_MNIST" or commands.root .. "/../shared/data" },
}

local function has_data(folder)
  local file = io.open(folder .. "/train-images-idx3-ubyte.gz")
  if file then file:close() end
  return file ~= nil
end

for k, study in ipairs(studies) do
  if support.effort < 1 and k > 2 then break end -- the sanitizers take twenty times as long
  local script, options = study[1], study[2]
  if study.data and not has_data(study.data) then
    print(("skipped: %s, as %s holds no MNIST (GIBBS_MNIST names its folder)"):format(script, study.data))
  else
    support.test(script .. " comes again bit by bit, with one thread and with two", function()
      local folder = "runs/" .. script:gsub("%.lua$", "")
      local data = study.data and ("'%s'"):format(study.data) or ""
      local said = commands.shell(("gibbs run '%s/scripts/%s' %s %s --threads 2 --out %s"):format(commands.root, script, data, options, folder))
      assert(content(folder .. "/manifest.json"):match '"status":%s*"f', said) -- finished, or failed at a known value
      for threads = 1, 2 do
        local text = expect(("gibbs replay %s --threads %d"):format(folder, threads))
        says(text, "the same: ")
        assert(math.tointeger(text:match "the same: (%d+) number") > 20, text)
      end
    end)
  end
end

-- ---- what differs ----------------------------------------------------------------------------------------------------

--- What a script that takes its numbers from `input.json` gives; the file is changed between run and replay.
write("reads.lua", [[
local gibbs = require "gibbs"
local input = gibbs.read "input.json"
local run = gibbs.run()
for step = 1, 3 do run:log{ step = step, x = step == 2 and input.metric or 1, wall_seconds = input.time } end
run:save("table", { matrix = { { 1, 2 }, { 3, input.result } }, spent_seconds = input.time })
gibbs.write(run:path "rows.csv", { header = { "name", "number", "ns" }, rows = { { "a, b", 1, input.time }, { input.text, 2, 2 } } })
run:volatile "ns"
run:note("it took", input.time)
print("printed", input.line, run.folder)
if input.fails == 1 then error "no luck" end
]])

local usual = { metric = "0.1", result = "4", time = "1", text = '"c"', line = '"one"', fails = "0" }

local function input(changed)
  local fields = {}
  for name, value in pairs(usual) do fields[#fields + 1] = ('"%s": %s'):format(name, changed[name] or value) end
  write("input.json", "{" .. table.concat(fields, ", ") .. "}")
end

input {}
expect "gibbs run reads.lua --out runs/reads"

support.test("times are not compared, wherever they stand", function()
  input { time = "2" }
  local said = expect "gibbs replay runs/reads"
  says(said, "  input.json has changed since the run read it\n")
  says(said, "the same: 12 numbers in 3 files, and all that was printed\n")
end)

for what, case in pairs {
  ["a number of the metrics"] = { { metric = "0.10000000000000002" },
    "different: metrics.csv, row 2, column 'x': 0.1 was recorded, 0.10000000000000002 came now" },
  ["a zero with another sign"] = { { metric = "-0.0" }, "different: metrics.csv, row 2, column 'x': 0.1 was recorded, -0 came now" },
  ["a number of the results"] = { { result = "5" }, "different: results.h5, 'table/matrix' [2][2]: 4 was recorded, 5 came now" },
  ["a text in a table"] = { { text = '"d"' }, "different: rows.csv, row 2, column 'name': 'c' was recorded, 'd' came now" },
  ["what is printed"] = { { line = '"two"' },
    "different: log.txt, line 2: 'printed\tone\truns/reads' was recorded, 'printed\ttwo\t" },
  ["how it ends"] = { { fails = "1" }, "different: log.txt, line 3: nothing was recorded, 'reads.lua:10: no luck' came now" },
} do
  support.test("a difference is named: " .. what, function()
    input(case[1])
    says(expect("gibbs replay runs/reads", 1), case[2])
  end)
end

support.test("the replay of a run that failed fails in the same way", function()
  input { fails = "1" }
  expect("gibbs run reads.lua --out runs/fails", 1)
  says(expect "gibbs replay runs/fails", "the same: ")
end)

support.test("a file that is not there any more is said, and what comes of it", function()
  os.remove(commands.folder .. "/input.json")
  local said = expect("gibbs replay runs/reads", 1)
  says(said, "  input.json, which the run read, is not there any more\n")
  says(said, "different: metrics.csv was recorded, and did not come now\n")
  input {}
end)

support.test("the script is the one that was recorded, and a change of the file is said", function()
  local text = content "reads.lua"
  write("reads.lua", text .. "print 'more'\n")
  local said = expect "gibbs replay runs/reads"
  says(said, "  reads.lua has changed since; what runs is the text that was recorded\n")
  says(said, "the same: ")
  write("reads.lua", text)
end)

support.test("other versions and processors are said", function()
  expect "cp -r runs/reads runs/older"
  local text = content "runs/reads/manifest.json"
  text = text:gsub('("GSL":%s*")[^"]*', "%11.0"):gsub('("gibbs":%s*")[^"]*', "%10.0.1"):gsub('("name":%s*")[^"]*', "%1Analytical Engine")
  write("runs/older/manifest.json", text)
  local said = expect "gibbs replay runs/older"
  says(said, "  recorded by gibbs 0.0.1, this is ")
  says(said, "  recorded with GSL 1.0, this is ")
  says(said, "  recorded on another processor: Analytical Engine (")
end)

support.test("a replay from elsewhere finds the files of the run", function()
  says(expect "mkdir -p elsewhere; cd elsewhere; gibbs replay ../runs/reads", "the same: ")
end)

support.test("a replay can be kept, and compared itself", function()
  expect "gibbs replay runs/reads --out kept"
  assert(content "kept/metrics.csv" == content "runs/reads/metrics.csv")
  says(expect("gibbs replay runs/reads --out kept", 2), "'kept' is there already; --out names another folder")
end)

support.test("a folder that was given as a whole path is the run's own all the same", function()
  expect 'gibbs run reads.lua --out "$PWD/runs/whole"'
  says(expect "gibbs replay runs/whole", "the same: 12 numbers in 3 files")
end)

support.test("what a script writes elsewhere is compared by its hash", function()
  write("writes.lua", [[local gibbs = require "gibbs" gibbs.run() gibbs.write("elsewhere.json", gibbs.read "input.json")]])
  expect "gibbs run writes.lua --out runs/writes"
  says(expect "gibbs replay runs/writes", "the same: ")
  input { metric = "7" }
  says(expect("gibbs replay runs/writes", 1), "different: elsewhere.json, which the script writes outside of its folder, has another content")
  input {}
end)

--- What this script leaves depends on what is in mood.txt: "a" when it is recorded.
write("moody.lua", [[
local gibbs = require "gibbs"
local run = gibbs.run()
local mood = io.open "mood.txt":read "a"
print(run.folder .. "/x: data and more")
for _, name in ipairs { ".hidden.csv", "below/.hidden.csv" } do
  gibbs.write(run:path(name), { x = { mood == "hidden" and 2 or 1 } })
end
local function leave(name, text) local file = io.open(name, "w") file:write(text) file:close() end
leave(run:path "notes.txt", mood == "blank" and "a\n\n" or mood == "cut" and "a" or "a\n")
if mood == "more" then leave("outside.txt", "new") end
if mood == "print" then print "" end
]])

local function in_the_mood(mood)
  write("mood.txt", mood)
  return commands.shell "gibbs replay m"
end

support.test("a folder of one letter is told from the letters of a text", function()
  write("mood.txt", "a")
  expect "gibbs run moody.lua --out m"
  expect "cp -r m/below/.hidden.csv m/below/.hidden.csv.4711-0" -- as a killed writer leaves it
  says(in_the_mood "a", "the same: 2 numbers in 3 files, and all that was printed\n")
end)

for mood, said in pairs {
  hidden = "different: .hidden.csv, row 1, column 'x': 1 was recorded, 2 came now",
  blank = "different: notes.txt, line 2: nothing was recorded, '' came now",
  cut = "different: notes.txt: one of the two ends within a line",
  print = "different: log.txt, line 2: nothing was recorded, '' came now",
  more = "different: outside.txt, which the script writes outside of its folder, was not recorded",
} do
  support.test("a small difference is named: " .. mood, function() says(in_the_mood(mood), said) end)
end

--- The search for leaks of sanitized programs reads /proc, which Landlock keeps from them.
local leaks = "export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0; "

support.test("a run of the sandbox is made again in one, and a limit ends a replay", function()
  write("inside.lua", [[
    local gibbs = require "gibbs"
    gibbs.run():log{ x = gibbs.read "given.json"[1] }
    print(pcall(function() return io.popen end))
    local slow = io.open("given.json"):read "a":find "slow"
    while slow do end]])
  write("given.json", "[1]")
  expect(leaks .. "gibbs run --sandbox --allow given.json inside.lua --out runs/inside")
  says(expect("gibbs replay runs/inside", 1), "different: log.txt, line 1: 'false\t")
  says(expect(leaks .. "mkdir -p below; cd below; gibbs replay ../runs/inside --sandbox --allow ../given.json"), "the same: 1 number in 1 file")
  says(expect(leaks .. "gibbs replay runs/inside --sandbox --allow none", 2), "gibbs replay: --allow '")
  write("given.json", '[1, "slow"]')
  says(expect("gibbs replay runs/inside --time 0.2", 124), "the time limit of 0.2s is over (--time)")
end)

support.test("a manifest that is damaged is refused", function()
  expect "cp -r runs/reads runs/damaged"
  local text = content "runs/reads/manifest.json"
  write("runs/damaged/manifest.json", (text:gsub("local input", "local inputs", 1)))
  says(expect("gibbs replay runs/damaged", 2), "is damaged: the script's text is not the one that its hash belongs to")
  write("runs/damaged/manifest.json", text:sub(1, #text // 2))
  says(expect("gibbs replay runs/damaged", 2), "gibbs replay: 'runs/damaged/manifest.json' line ")
  write("runs/damaged/manifest.json", (text:gsub("gibbs run 1", "gibbs run 2")))
  says(expect("gibbs replay runs/damaged", 2), "is of another version: this program reads 'gibbs run 1', not 'gibbs run 2'")
end)

commands.clean()
support.finish()
