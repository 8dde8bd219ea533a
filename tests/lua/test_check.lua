--- gibbs check: every study passes it, in seconds, and leaves nothing; what it tells of a script.

local gibbs = require "gibbs"
local support = require "support"

local function read_all(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("a")
  pipe:close()
  return text
end

local program = arg[-1]:find("/") and read_all(("realpath '%s'"):format(arg[-1])):match("[^\n]*") or arg[-1]
local scripts = read_all("realpath ../../scripts"):match("[^\n]*")
local folder = os.tmpname()
os.remove(folder)
assert(os.execute(("mkdir '%s'"):format(folder)))

local function listing() return read_all(("cd '%s' && find . -printf '%%p %%s %%T@\n' | sort; find '%s' -printf '%%p %%s %%T@\n' | sort"):format(folder, scripts)) end

--- Checks a script in the folder: what is said, and the exit code.
local function check(words)
  local text = read_all(("cd '%s' && '%s' check %s --threads 1 2>&1; echo \"exit $?\""):format(folder, program, words))
  return text:match("^(.-)exit (%d+)\n$")
end

local function check_text(code, options)
  local file = assert(io.open(folder .. "/study.lua", "w"))
  file:write(code)
  file:close()
  return check((options or "") .. " study.lua")
end

local function has(text, lines)
  for _, line in ipairs(lines) do assert(text:find(line, 1, true), ("%s\n  is missing in:\n%s"):format(line, text)) end
end

-- ---- the studies ---------------------------------------------------------------------------------------

local mnist = os.getenv "GIBBS_MNIST" or "../../../shared/data"
local images = io.open(mnist .. "/train-images-idx3-ubyte.gz", "rb")
if images then images:close() end

for path in read_all(("ls '%s'/*.lua"):format(scripts)):gmatch("[^\n]+") do
  local name = path:match("[^/]*$")
  local words = ("--seconds 200 '%s'"):format(path)
  if name == "mnist.lua" then
    words = images and ("%s '%s'"):format(words, read_all(("realpath '%s'"):format(mnist)):match("[^\n]*"))
  end
  if words and support.effort == 1 then
    support.test(name, function()
      local before = listing()
      local text, code = check(words)
      assert(code == "0", text)
      has(text, { name .. ": nothing found", "  built    line ", "  memory   up to " })
      assert(not text:find("the time for looking was over", 1, true), text)
      assert(listing() == before, "it left something")
    end)
  end
end

-- ---- what is told --------------------------------------------------------------------------------------

support.test("work, files and gradients are told of, with the script's lines", function()
  local text, code = check_text([[
local gibbs = require "gibbs"
local P = gibbs.ising{ lattice = gibbs.lattice.chain(4), J = 0.5 }
local Q = gibbs.rbm{ visible = P.visible, hidden = gibbs.spins(2), init = gibbs.normal(0, 0.1) }
local fit = gibbs.minimize(gibbs.kl(P, Q), Q, { steps = 1000000 })
gibbs.write("fit.json", { fit.value })
print("not seen", gibbs.read("fit.json")[1])
local P = gibbs.ising{ lattice = gibbs.lattice.square(16, 16), J = 0.4 }
local F = P:free_energy(gibbs.ais{ temperatures = 100000 })
local chains = P:chains{ n = 4 }
chains:advance(5000)
chains:save("chains.h5")
local series = chains:load("chains.h5"):record{ sweeps = 1000000, observables = { e = P.E } }
assert(series:mean("e").converged and fit.converged)
gibbs.plot.lines{ file = "study.svg", series = { { x = { 1, 2 }, y = { 3, 4 } } } } ]])
  assert(code == "0", text)
  has(text, { "study.lua: nothing found", "  built    line 2: ising: 4 visible", "line 3: rbm: 4 visible, 2 hidden units, 14 parameters",
    "exact sums: 2^4 visible states: possible", "  takes    line 4: gibbs.minimize: 1000000 steps, about",
    "line 8: distribution:free_energy: 1000 burn, 100000 temperatures", "line 10: chains:advance: 5000 sweeps", "line 12: chains:record: 1000000 sweeps",
    "  gradient 14 components agree with differences", "  writes   fit.json\n           chains.h5\n           study.csv\n           study.svg\n" })
  assert(not text:find("not seen", 1, true), text)
  for _, name in ipairs { "fit.json", "chains.h5", "study.svg" } do assert(not io.open(folder .. "/" .. name), name) end
end)

support.test("what is there and would be replaced is told, and stays; a checkpoint is gone on with apart", function()
  local code = [[
local gibbs = require "gibbs"
local Q = gibbs.rbm{ visible = gibbs.bits(3), hidden = gibbs.bits(2), init = gibbs.normal(0, 0.1) }
gibbs.seed(1)
local loss = -gibbs.log_likelihood(gibbs.data{ { 1, 0, 1 }, { 0, 0, 1 } }, Q)
gibbs.minimize(loss, Q, { estimate = gibbs.pcd{ chains = 4, burn = 2 }, steps = 2, checkpoint = "run.h5", resume = true })
local file = io.open("notes.txt", "a")
file:write("more\n")
file:close()
]]
  local text, left = check_text(code)
  assert(left == "0", text)
  has(text, { "  writes   run.h5\n           notes.txt\n" })
  assert(os.execute(("cd '%s' && '%s' study.lua"):format(folder, program)))
  text, left = check_text(code)
  assert(left == "0", text)
  has(text, { "run.h5 (is there, and would be replaced)", "notes.txt (is there, and would be replaced)" })
  assert(read_all(("cat '%s/notes.txt'"):format(folder)) == "more\n")
end)

support.test("a script's own loops are ended, and what was not looked at is named", function()
  local text, code = check_text([[
local gibbs = require "gibbs"
local sum = 0
while true do sum = sum + 1 end
gibbs.writte() ]], "--seconds 0.5")
  assert(code == "3", text)
  has(text, { "study.lua:4: gibbs.writte: no such function; did you mean 'write'?\n1 problem\n" })
  text, code = check_text("local sum = 0\nwhile true do sum = sum + 1 end", "--seconds 0.5")
  assert(code == "0", text)
  has(text, { "  note     line 2: here the time for looking was over (--seconds): what comes after was not looked at" })
end)

support.test("a script that stops itself, for it was given less than it asked for, makes no mistake", function()
  local text, code = check_text([[
local gibbs = require "gibbs"
local P = gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.4 }
local E = P:mean(P.E, gibbs.chains{ sweeps = 100000 })
assert(E.ess > 1e6, "too few samples")
]])
  assert(code == "0", text)
  has(text, { "  note     line 4: the script stops itself here, perhaps because it was given less than it asked for: too few samples" })
  text, code = check_text("local function f(x) return assert(x, 'always') end f(nil)")
  assert(code == "3", text)
end)

support.test("Lua that a script wrote is loaded from where it is kept", function()
  local text, code = check_text [[
    local function leave(name, content) local file = io.open(name, "w") file:write(content) file:close() end
    leave("made.lua", "#!/usr/bin/env lua\nlocal n = ... return (n or 41) + 1")
    leave("bad.lua", "\nerror 'oops'")
    assert(dofile "made.lua" == 42 and loadfile("made.lua", "t", {})(1) == 2)
    assert(select(2, pcall(dofile, "bad.lua")) == "bad.lua:2: oops")]]
  has(text, { "study.lua: nothing found", "made.lua", "bad.lua" })
  assert(code == "0", text)
end)

support.test("other programs are not run", function()
  local text, code = check_text([[os.execute("touch made") print(1)]])
  assert(code == "0", text)
  has(text, { "  note     line 1: would run a program, which was not run: touch made" })
  assert(not io.open(folder .. "/made"))
  text, code = check_text([[io.popen("touch made"):read("a")]])
  assert(code == "3" and text:find("gibbs check runs no other programs: touch made", 1, true), text)
end)

support.test("options of the script are its own: values, help, mistakes", function()
  local script = [[
local gibbs = require "gibbs"
local size = gibbs.option("size", 4, "linear size")
gibbs.bits(size):dot(gibbs.bits(4)) ]]
  local text, code = check_text(script)
  assert(code == "0", text)
  text, code = check("study.lua --size 5")
  assert(code == "3" and text:find("study.lua:3: dot: shapes 5 and 4 do not agree", 1, true), text)
  text, code = check("study.lua --help")
  assert(code == "0" and text:find("linear size", 1, true), text)
  text, code = check("study.lua --sise 5")
  assert(code == "2" and text:find("did you mean '--size'?", 1, true), text)
end)

support.test("a first line for the shell and a byte order mark are no mistakes", function()
  local text, code = check_text("\xEF\xBB\xBF#!/usr/bin/gibbs\nprint(1)")
  assert(code == "0", text)
end)

assert(os.execute(("rm -rf '%s'"):format(folder)))
support.finish()
