--- Attempts to get out of `gibbs --sandbox`.  Each is a script of its own; what it tried must not have happened, and what it was
--- told must be what stands beside it.  All are tried with the kernel's wall and without.

local support = require "support"

local program = arg[-1]:find("/") and arg[-1] or assert(io.popen("command -v " .. arg[-1])):read("l")
if program:sub(1, 1) ~= "/" then program = assert(io.popen("pwd")):read("l") .. "/" .. program end
local without_landlock = program:gsub("[^/]*$", "without_landlock")
local effort = support.effort < 1 -- the sanitizers' own memory leaves no room for a limit of memory

local base = os.tmpname()
os.remove(base)
local inside, outside = base .. "/inside", base .. "/outside"

local function shell(command) return (os.execute(command)) end

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

local function lay_out()
  assert(shell(("mkdir -p '%s' '%s'"):format(inside, outside)))
  write(base .. "/secret.txt", "the secret\n")
  write(outside .. "/secret.json", '["the secret"]')
  write(outside .. "/module.lua", "print 'ESCAPED'")
  write(outside .. "/rows.csv", "1,0\n0,1\n")
  write(inside .. "/own.txt", "my own\n")
  write(inside .. "/own.lua", "return 'a module of its own'")
  for link, where in pairs { link = "../secret.txt", link_json = "../outside/secret.json", folder = "../outside",
    nowhere = "../made.txt", root = "/", module = "../outside/module.lua" } do
    assert(shell(("ln -s '%s' '%s/%s'"):format(where, inside, link)))
  end
  assert(shell(("ln -s ../outside/secret.json '%s/link.json'; ln -s ../made.json '%s/nowhere.json'; ln -s ../outside/module.lua '%s/linked.lua'; mkfifo '%s/pipe'")
    :format(inside, inside, inside, inside)))
end

--- Everything below base but outside of the folder that the script has, with what it holds.
local function rest_of_the_world()
  local pipe = assert(io.popen(("cd '%s' && find . -path ./inside -prune -o -print | sort; cat secret.txt outside/*"):format(base)))
  local text = pipe:read("a")
  pipe:close()
  return text
end

--- { what is tried, the script, what is said to it, options of the program, its exit code }
local attempts = {
  -- bytecode
  { "bytecode by load", [[local code = "\27Lua\x54\0\x19\x93\r\n\x1a\n" print(load(code))]], "attempt to load a binary chunk (mode is 't')", nil, 0 },
  { "bytecode by load in mode b", [[print(load("\27Lua", "x", "b"))]], "the sandbox loads text only", nil, 0 },
  { "bytecode by a function that load reads", [[local n = 0 print(load(function() n = n + 1 return n == 1 and "\27Lua" or nil end))]], "attempt to load a binary chunk", nil, 0 },
  { "bytecode from a file", [[local f = io.open("x.luac", "wb") f:write("\27Lua\x54\0") f:close() print(loadfile("x.luac", "b")) print(loadfile("x.luac")) os.remove("x.luac")]], "attempt to load a binary chunk", nil, 0 },
  { "string.dump", [[string.dump(print)]], "string.dump is not there in the sandbox" },
  { "string.dump as a method of a string", [[("").dump(function() end)]], "string.dump is not there in the sandbox" },
  { "loadstring", [[loadstring("print 'ESCAPED'")()]], "attempt to call a nil value (global 'loadstring')" },
  -- debug
  { "the registry", [[debug.getregistry()]], "debug.getregistry is not there in the sandbox" },
  { "upvalues of functions of gibbs", [[local gibbs = require "gibbs" debug.getupvalue(gibbs.read, 1)]], "debug.getupvalue is not there in the sandbox" },
  { "debug.setmetatable of strings", [[debug.setmetatable("", { __index = {} })]], "debug.setmetatable is not there in the sandbox" },
  { "a hook of its own", [[debug.sethook()]], "debug.sethook is not there in the sandbox" },
  { "debug by require", [[print(require("debug").getinfo)]], "debug.getinfo is not there in the sandbox" },
  { "debug by package.loaded", [[print(package.loaded.debug.getlocal)]], "debug.getlocal is not there in the sandbox" },
  -- C modules and other programs
  { "package.loadlib", [[package.loadlib("libc.so.6", "system")]], "package.loadlib is not there in the sandbox" },
  { "package.cpath", [[print(package.cpath)]], "package.cpath is not there in the sandbox" },
  { "package.searchers", [[table.insert(package.searchers, print)]], "package.searchers is not there in the sandbox" },
  { "a C module by a cpath of its own", [[package.cpath = "/usr/lib/?.so;/lib/x86_64-linux-gnu/?.so.6" require "libc"]], "module 'libc' not found" },
  { "os.execute", [[os.execute("echo ESCAPED")]], "os.execute is not there in the sandbox" },
  { "io.popen", [[io.popen("echo ESCAPED"):read("a")]], "io.popen is not there in the sandbox" },
  { "os.exit", [[os.exit(0)]], "os.exit is not there in the sandbox" },
  { "os.exit that closes the state", [[os.exit(true, true)]], "os.exit is not there in the sandbox" },
  { "os.getenv", [[print(os.getenv "HOME", "ESCAPED")]], "os.getenv is not there in the sandbox" },
  { "os.setlocale", [[os.setlocale("de_DE.UTF-8")]], "os.setlocale is not there in the sandbox" },
  { "os.tmpname", [[print(os.tmpname(), "ESCAPED")]], "os.tmpname is not there in the sandbox" },
  { "io.tmpfile", [[io.tmpfile():write("ESCAPED")]], "io.tmpfile is not there in the sandbox" },
  -- the program's own tables and files
  { "the core's table by require", [[print(require("gibbs.core").raise, "ESCAPED")]], "module 'gibbs.core' is not there in the sandbox" },
  { "the core's table by package.loaded", [[print(package.loaded["gibbs.core"].raise)]], "attempt to index a nil value (field 'gibbs.core')" },
  { "the library as it was, by gibbs.access", [[require("gibbs.access").raw.open("/etc/passwd")]], "module 'gibbs.access' is not there in the sandbox" },
  { "gnuplot by its module", [[require("gibbs.gnuplot").run("x", { "system 'echo ESCAPED'" })]], "module 'gibbs.gnuplot' is not there in the sandbox" },
  { "a preload of a module of ours", [[package.preload["gibbs.core"] = function() return "ESCAPED" end print(require "gibbs.core")]], "module 'gibbs.core' is not there in the sandbox" },
  { "changing gibbs", [[local gibbs = require "gibbs" gibbs.write = print]], "gibbs.write: the sandbox lets nothing of gibbs be changed" },
  { "changing gibbs by rawset", [[local gibbs = require "gibbs" rawset(gibbs, "write", print)]], "rawset: the sandbox lets nothing of gibbs be changed" },
  { "changing gibbs.plot by rawset", [[local gibbs = require "gibbs" rawset(gibbs.plot, "lines", print)]], "rawset: the sandbox lets nothing of gibbs be changed" },
  { "changing gibbs by what pairs gives", [[local gibbs = require "gibbs" local _, t = pairs(gibbs) print(t) t.write = print]], "attempt to index a nil value (local 't')" },
  { "changing gibbs.study", [[require("gibbs.study").csv = print]], "gibbs.study.csv: the sandbox lets nothing of gibbs be changed" },
  { "a metatable for gibbs", [[setmetatable(require "gibbs", {})]], "setmetatable: the sandbox lets nothing of gibbs be changed" },
  { "the metatable of gibbs", [[local m = getmetatable(require "gibbs") print(m) m.__index = print]], "attempt to index a boolean value" },
  { "the metatable of a distribution", [[local gibbs = require "gibbs" local m = getmetatable(gibbs.rbm{ visible = gibbs.spins(2), hidden = gibbs.spins(2) }) m.__gc = print]], "attempt to index a boolean value (local 'm')" },
  { "the metatable of the globals", [[getmetatable(_G).__newindex(require "gibbs", "write", print)]], "attempt to index a boolean value" },
  { "the metatable of strings", [[getmetatable("").__index.gsub = function() return "ESCAPED" end]], "attempt to index a boolean value" },
  { "the strings of the program", [[string.gsub = function() error "ESCAPED" end  local gibbs = require "gibbs"
      gibbs.write("x.json", { 1 }) os.remove("x.json") assert(("abc"):gsub("a", "b") == "bbc") error("the method is the library's")]], "the method is the library's" },
  { "the metatable of files", [[getmetatable(io.stdout).__index.write = print]], "attempt to index a boolean value" },
  { "load with the program's globals", [[local gibbs = load("return _ENV")() print(gibbs == _G, gibbs.os.execute)]], "os.execute is not there in the sandbox" },
  { "another _ENV", [[local _ENV = { print = print } print(os) os.execute("echo ESCAPED")]], "attempt to index a nil value (global 'os')" },
  { "the globals of a function of gibbs", [[local study = require "gibbs.study" print(study._G, study.os, study.io) study.io.popen("echo ESCAPED")]], "attempt to index a nil value (field 'io')" },
  { "an error value that holds functions", [[local ok, e = pcall(error, { print, os }) e[2].execute("echo ESCAPED")]], "os.execute is not there in the sandbox" },
  { "a table that pretends to be a path", [[local gibbs = require "gibbs" gibbs.write(setmetatable({}, { __tostring = function() return "../made.json" end }), { 1 })]], "argument 'path' is" },
  -- finalizers and the like
  { "a finalizer", [[setmetatable({}, { __gc = function() print "ESCAPED" end })]], "the sandbox has no finalizers (__gc)" },
  { "a finalizer that is set later", [[local m = { __gc = true } setmetatable({}, m) m.__gc = function() print "ESCAPED" end]], "the sandbox has no finalizers (__gc)" },
  { "the collector's tuning", [[collectgarbage("stop")]], "collectgarbage: 'stop' is not there in the sandbox" },
  { "the collector's mode", [[collectgarbage("generational", 1, 1)]], "collectgarbage: 'generational' is not there in the sandbox" },
  { "control messages of warn", [[warn("@on")]], "warn: '@on' is not there in the sandbox" },
  -- files by Lua
  { "reading a path with ..", [[error((select(2, io.open("../secret.txt"))))]], "../secret.txt: the sandbox lets nothing be read outside of" },
  { "reading an absolute path", [[error((select(2, io.open("/etc/passwd"))))]], "/etc/passwd: the sandbox lets nothing be read outside of" },
  { "lines of a file outside", [[for line in io.lines("../secret.txt") do print(line) end]], "the sandbox lets nothing be read outside of" },
  { "io.input from outside", [[io.input("../secret.txt") print(io.read("a"))]], "the sandbox lets nothing be read outside of" },
  { "io.output to outside", [[io.output("../made.txt")]], "the sandbox lets nothing be written outside of" },
  { "writing with ..", [[error((select(2, io.open("../made.txt", "w"))))]], "the sandbox lets nothing be written outside of" },
  { "appending outside", [[error((select(2, io.open("../secret.txt", "a"))))]], "the sandbox lets nothing be written outside of" },
  { "changing outside", [[error((select(2, io.open("../secret.txt", "r+"))))]], "the sandbox lets nothing be written outside of" },
  { ".. behind a folder", [[error((select(2, io.open("./folder/../../secret.txt"))))]], "the sandbox lets nothing be read outside of" },
  { ".. behind a folder that is not there", [[error((select(2, io.open("none/../../made.txt", "w"))))]], "the sandbox lets nothing be written outside of" },
  { "a link to a file", [[error((select(2, io.open("link"))))]], "the sandbox lets nothing be read outside of" },
  { "writing through a link", [[error((select(2, io.open("link", "w"))))]], "the sandbox lets nothing be written outside of" },
  { "writing through a link that leads nowhere yet", [[error((select(2, io.open("nowhere", "w"))))]], "the sandbox lets nothing be written outside of" },
  { "a link to a folder", [[error((select(2, io.open("folder/secret.json"))))]], "the sandbox lets nothing be read outside of" },
  { "writing into a linked folder", [[error((select(2, io.open("folder/made.txt", "w"))))]], "the sandbox lets nothing be written outside of" },
  { "a link to the root", [[error((select(2, io.open("root/etc/passwd"))))]], "the sandbox lets nothing be read outside of" },
  { "/proc/self/root", [[error((select(2, io.open("/proc/self/root/etc/passwd"))))]], "the sandbox lets nothing be read outside of" },
  { "/proc/self/environ", [[error((select(2, io.open("/proc/self/environ"))))]], "the sandbox lets nothing be read outside of" },
  { "/proc/self/mem", [[error((select(2, io.open("/proc/self/mem", "r+"))))]], "the sandbox lets nothing be written outside of" },
  { "/proc/self/cwd and up", [[error((select(2, io.open("/proc/self/cwd/../secret.txt"))))]], "the sandbox lets nothing be read outside of" },
  { "/dev/stdin", [[error((select(2, io.open("/dev/stdin"))))]], "the sandbox" },
  { "/dev/tty", [[error((select(2, io.open("/dev/tty", "w"))))]], "the sandbox lets nothing be written outside of" },
  { "a pipe in the folder", [[error((select(2, io.open("pipe"))))]], "pipe: the sandbox has no pipes and no devices" },
  { "a zero byte in a path", [[error((select(2, io.open("../secret.txt\0own.txt"))))]], "the sandbox lets nothing be read outside of" },
  { "os.remove outside", [[error((select(2, os.remove("../secret.txt"))))]], "the sandbox lets nothing be written outside of" },
  { "os.rename out", [[error((select(2, os.rename("own.txt", "../made.txt"))))]], "the sandbox lets nothing be written outside of" },
  { "os.rename in", [[error((select(2, os.rename("../secret.txt", "mine.txt"))))]], "the sandbox lets nothing be written outside of" },
  { "dofile outside", [[dofile("../outside/module.lua")]], "the sandbox lets nothing be read outside of" },
  { "loadfile through a link", [[assert(loadfile("linked.lua"))()]], "the sandbox lets nothing be read outside of" },
  { "require through package.path", [[package.path = "../outside/?.lua" require "module"]], "module 'module' not found" },
  { "require through a link", [[require "linked"]], "module 'linked' not found" },
  { "searchpath as a way to look about", [[error((select(2, package.searchpath("secret", "../?.txt;/etc/passwd"))))]], "the sandbox lets nothing be read outside of" },
  -- files by gibbs
  { "gibbs.read with ..", [[require("gibbs").read("../outside/secret.json")]], "gibbs.read: '../outside/secret.json': the sandbox lets nothing be read outside of" },
  { "gibbs.read through a link", [[print(require("gibbs").read("link.json")[1])]], "the sandbox lets nothing be read outside of" },
  { "gibbs.write with ..", [[require("gibbs").write("../made.json", { 1 })]], "gibbs.write: '../made.json': the sandbox lets nothing be written outside of" },
  { "gibbs.write through a link", [[require("gibbs").write("link.json", { 1 })]], "the sandbox lets nothing be written outside of" },
  { "gibbs.write through a link that leads nowhere yet", [[require("gibbs").write("nowhere.json", { 1 })]], "the sandbox lets nothing be written outside of" },
  { "HDF5 outside", [[require("gibbs").write("../made.h5", { x = 1 })]], "the sandbox lets nothing be written outside of" },
  { "HDF5 from outside", [[require("gibbs").read("../outside/none.h5")]], "the sandbox lets nothing be read outside of" },
  { "npz outside", [[require("gibbs").write("folder/made.npz", { x = { 1 } })]], "the sandbox lets nothing be written outside of" },
  { "names in an npz that lead out", [[local gibbs = require "gibbs" gibbs.write("x.npz", { ["../../made"] = { 1 } }) print(gibbs.read("x.npz")["../../made"]) os.remove("x.npz") error "a name is a name"]], "a name is a name" },
  { "gibbs.data from outside", [[require("gibbs").data("../outside/rows.csv")]], "the sandbox lets nothing be read outside of" },
  { "a checkpoint outside", [[local gibbs = require "gibbs" local Q = gibbs.rbm{ visible = gibbs.bits(2), hidden = gibbs.bits(2) }
      gibbs.minimize(-gibbs.pseudo_likelihood(gibbs.data{ { 1, 0 } }, Q), Q, { estimate = gibbs.pcd{ chains = 4 }, steps = 2, checkpoint = "../made.h5" })]], "the sandbox lets nothing be written outside of" },
  { "going on from a checkpoint outside", [[local gibbs = require "gibbs" local Q = gibbs.rbm{ visible = gibbs.bits(2), hidden = gibbs.bits(2) }
      gibbs.minimize(-gibbs.pseudo_likelihood(gibbs.data{ { 1, 0 } }, Q), Q, { estimate = gibbs.pcd{ chains = 4 }, steps = 2, resume = "../outside/none.h5" })]], "the sandbox lets nothing be read outside of" },
  { "chains saved outside", [[local gibbs = require "gibbs" gibbs.rbm{ visible = gibbs.bits(2), hidden = gibbs.bits(2) }:chains{ n = 2 }:save("../made.h5")]], "the sandbox lets nothing be written outside of" },
  { "chains from outside", [[local gibbs = require "gibbs" gibbs.rbm{ visible = gibbs.bits(2), hidden = gibbs.bits(2) }:chains{ load = "../outside/none.h5" }]], "the sandbox lets nothing be read outside of" },
  { "a folder outside", [[require("gibbs").run{ folder = "../made" }:path("x")]], "run:path: '../made': the sandbox lets nothing be written outside of" },
  { "a figure outside", [[require("gibbs").plot.lines{ file = "../made.svg", series = { { y = { 1, 2 } } } }]], "the sandbox lets nothing be written outside of" },
  -- gnuplot
  { "commands in the texts of a figure", [==[require("gibbs").plot.lines{ file = "x.svg", title = "`touch PWNED` $(touch PWNED) \\\" ; system('touch PWNED') # \\",
      x_label = "EOD\nsystem 'touch PWNED'\n", y_label = "@GPVAL_PWD %s%n", series = { { x = { 1, 2 }, y = { 3, 4 }, name = "'.system('touch PWNED').'" } } }
      print(io.open("PWNED") and "ESCAPED" or "no command ran", os.remove("x.svg"), os.remove("x.csv"))]==], "no command ran\ttrue\ttrue", nil, 0 },
  { "commands in the name of a figure", [==[local name = "x'; touch PWNED; '`touch PWNED`$(touch PWNED)|\"system 'touch PWNED'"
      require("gibbs").plot.lines{ file = name .. ".svg", series = { { x = { 1, 2 }, y = { 3, 4 } } } }
      print(io.open("PWNED") and "ESCAPED" or "no command ran", os.remove(name .. ".svg"), os.remove(name .. ".csv"))]==], "no command ran\ttrue\ttrue", nil, 0 },
  { "numbers that turn into commands", [==[local calls, list = 0, nil
      list = setmetatable({}, { __len = function() return 2 end, __index = function(_, i) calls = calls + 1 if i > 2 then return nil end
        return calls > 6 and "1\nEOD\nsystem 'touch PWNED'" or i end })
      print(pcall(require("gibbs").plot.lines, { file = "x.svg", series = { { x = list, y = list } } }))
      os.remove("x.svg") os.remove("x.csv")
      print(io.open("PWNED") and "ESCAPED" or "no command ran")]==], "no command ran", nil, 0 },
  -- limits
  { "an endless loop", [[while true do end]], "attempt.lua:1: the time limit of 0.2s is over (--time)", "--time 0.2", 124 },
  { "an endless loop that catches its end", [[while true do pcall(function() while true do end end) end]], "the time limit of 0.2s is over (--time)", "--time 0.2", 124 },
  { "an endless loop in coroutines", [[while true do pcall(coroutine.wrap(function() while true do pcall(coroutine.wrap(function() while true do end end)) end end)) end]], "the time limit of 0.2s is over (--time)", "--time 0.2", 124 },
  { "an endless loop in a coroutine that was made before", [[local co = coroutine.create(function() coroutine.yield() while true do end end) coroutine.resume(co) pcall(coroutine.resume, co) print "ESCAPED"]], "the time limit of 0.2s is over (--time)", "--time 0.2", 124 },
  { "an endless message handler", [[xpcall(error, function() while true do end end)]], "the time limit of 0.2s is over (--time)", "--time 0.2", 124 },
  { "a message handler at the end of time", [[xpcall(function() while true do end end, function() while true do end end) print "ESCAPED"]], "the time limit of 0.2s is over (--time)", "--time 0.2", 124 },
  { "a variable that is closed without end", [[local x <close> = setmetatable({}, { __close = function() while true do end end }) while true do end]], "the time limit of 0.2s is over (--time)", "--time 0.2", 124 },
  { "metamethods without end", [[local t = setmetatable({}, { __index = function() while true do end end }) print(t.x)]], "the time limit of 0.2s is over (--time)", "--time 0.2", 124 },
  { "a comparison without end", [[table.sort({ 1, 2, 3 }, function() while true do end end)]], "the time limit of 0.2s is over (--time)", "--time 0.2", 124 },
  { "an endless energy", [[local gibbs = require "gibbs" gibbs.minimize(gibbs.rbm{ visible = gibbs.bits(2), hidden = gibbs.bits(2) }:chains{ n = 2 }:advance(1e15 // 1 | 0))]], "the time limit of 0.2s is over (--time)", "--time 0.2", 124 },
  { "a pattern that tries everything", [[string.find(("a"):rep(40), ("a?"):rep(40) .. ("a"):rep(40))]], "the time limit of 0.2s is over (--time); the script did not stop when asked, and was ended", "--time 0.2", 124 },
  { "a table without end", [[local t = {} while true do t[#t + 1] = { #t } end]], "attempt.lua:1: out of memory; the limit is 200M (--memory)", "--memory 200M" },
  { "a string without end", [[local s = "x" while true do s = s .. s end]], "attempt.lua:1: out of memory; the limit is 200M (--memory)", "--memory 200M" },
  { "string.rep", [[local s = ("x"):rep(1 << 30)]], "out of memory; the limit is 200M (--memory)", "--memory 200M" },
  { "a tensor larger than memory", [[local gibbs = require "gibbs" local x = gibbs.rbm{ visible = gibbs.bits(20000), hidden = gibbs.bits(20000), init = gibbs.normal(0, 1) }]], "out of memory", "--memory 200M" },
  { "no end of calls", [[local function f() return f() + 1 end f()]], "stack overflow" },
  { "no end of C calls", [[local t = setmetatable({}, {}) getmetatable(t).__index = function(_, k) return t[k + 1] end print(t[1])]], "C stack overflow" },
  { "no end of coroutines", [[local function f() return coroutine.wrap(f)() end f()]], "C stack overflow" },
  { "a packed file of nothing but zeros", [[local gibbs = require "gibbs" gibbs.read("bomb.csv.gz")]], "packed bytes unpack to more than", "--memory 200M" },
}

--- The search for leaks of sanitized programs reads /proc, which Landlock keeps from them.
local LEAKS = "export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0; "

--- Runs a script in the sandbox: what it says, and its exit code.
local function run(code, options, before)
  write(inside .. "/attempt.lua", code)
  local command = (LEAKS .. "cd '%s' && %s'%s' --threads 1 --sandbox %s attempt.lua </dev/null 2>&1; echo \"exit $?\""):format(
    inside, before and "'" .. before .. "' " or "", program, options or "")
  local pipe = assert(io.popen(command))
  local text = pipe:read("a")
  pipe:close()
  os.remove(inside .. "/attempt.lua")
  return text:match("^(.-)exit (%d+)\n$")
end

lay_out()
assert(shell(("head -c 60000000 /dev/zero | gzip > '%s/bomb.csv.gz'"):format(inside)))
local world = rest_of_the_world()

local function try(attempt, before)
  local name, code, said, options, exit = table.unpack(attempt, 1, 5)
  if effort and options and options:find("memory") then return end
  local text, left = run(code, options, before)
  assert(not text:find("ESCAPED", 1, true) and not text:find("the secret", 1, true), name .. ": it got out:\n" .. text)
  assert(text:find(said, 1, true), ("%s: expected: %s\n  got: %s"):format(name, said, text))
  assert(tonumber(left) == (exit or 1), name .. ": it ended with " .. left .. ":\n" .. text)
  assert(rest_of_the_world() == world, name .. ": the world outside is another now")
end

for _, attempt in ipairs(attempts) do
  support.test(attempt[1], function() try(attempt) end)
end

--- The language's wall alone, of what has to do with files: the rest has no other.
for _, attempt in ipairs(attempts) do
  if attempt[3]:find("the sandbox", 1, true) and not attempt[4] then
    support.test(attempt[1] .. ", without Landlock", function() try(attempt, without_landlock) end)
  end
end

-- A link that another process puts in the place of a file, again and again, between a check and what follows it.
local race = [[
  local gibbs = require "gibbs"
  local own, refused = 0, 0
  for i = 1, 3000 do
    local file = io.open("flip")
    local text = file and file:read("a")
    if file then file:close() end
    local ok, list = pcall(gibbs.read, "flip.json")
    if text == "my own\n" then own = own + 1 end
    if not text then refused = refused + 1 end
    if text == "the secret\n" or ok and list[1] == "the secret" then error("the secret") end
  end
  print(own > 0 and refused > 0 and "both were met" or "one was not met") ]]

for _, before in ipairs { false, without_landlock } do
  support.test("links that another process makes meanwhile" .. (before and ", without Landlock" or ""), function()
    write(inside .. "/own.json", '["my own"]')
    write(base .. "/going", "")
    shell(([[cd '%s' && (while [ -e ../going ]; do
      ln -sfn ../secret.txt flip; ln -sfn ../outside/secret.json flip.json; ln -sfn own.txt flip; ln -sfn own.json flip.json
      done) >/dev/null 2>&1 &]]):format(inside))
    local text, exit = run(race, nil, before or nil)
    os.remove(base .. "/going")
    assert(exit == "0" and text == "both were met\n", text)
  end)
end

support.test("what a script needs is there", function()
  local text, exit = run([[
    local gibbs = require "gibbs"
    assert(require "own" == "a module of its own" and package.loaded.own)
    local file = assert(io.open("new.txt", "w"))
    file:write("a\nb\n")
    file:close()
    local lines = {}
    for line in io.lines("new.txt") do lines[#lines + 1] = line end
    assert(#lines == 2 and os.rename("new.txt", "newer.txt") and os.remove("newer.txt"))
    local Q = gibbs.rbm{ visible = gibbs.bits(3), hidden = gibbs.bits(2), init = gibbs.normal(0, 1) }
    gibbs.write("made.h5", { W = Q.W })
    assert(#gibbs.read("made.h5").W == 3 and os.remove("made.h5"))
    gibbs.run():path("tables/deep/scan.csv")
    gibbs.write("tables/deep/x.csv", { { 1, 2 } })
    assert(os.remove("tables/deep/x.csv") and os.remove("tables/deep") and os.remove("tables"))
    assert(load("return 1 + 1")() == 2 and select("#", xpcall(function(...) return ... end, print, 1, nil)) == 3)
    local ok, calls = xpcall(function() error("deep") end, debug.traceback)
    assert(not ok and calls:find("deep") and calls:find("attempt.lua"))
    local names = 0
    for name, value in pairs(gibbs) do names = names + 1 end
    assert(names > 50 and gibbs.lattice.square(2, 2) and math.type(os.time()) == "integer")
    print(coroutine.wrap(function(x) return coroutine.yield(x) end)("done")) ]])
  assert(text == "done\n" and exit == "0", text)
end)

support.test("--allow lets a file or a folder be read, and not written", function()
  local text, exit = run([[
    assert(io.open("../outside/rows.csv"):read("l") == "1,0")
    assert(require("gibbs").data("folder/rows.csv"))
    print(io.open("../secret.txt"):read("l"))
    print(select(2, io.open("../secret.txt", "a")))
    require("gibbs").write("../outside/made.json", { 1 }) ]], "--allow ../outside --allow ../secret.txt")
  assert(exit == "1" and text:find("the secret", 1, true), text)
  assert(select(2, text:gsub("nothing be written outside of", "")) == 2, text)
  assert(rest_of_the_world() == world)
end)

support.test("limits hold without a sandbox", function()
  local function plain(code, options)
    write(inside .. "/attempt.lua", code)
    local pipe = assert(io.popen(("cd '%s' && '%s' %s attempt.lua 2>&1; echo \"exit $?\""):format(inside, program, options)))
    local text = pipe:read("a")
    pipe:close()
    return text
  end
  local code = "setmetatable({}, { __gc = function() while true do end end }) collectgarbage() print 'ESCAPED'"
  assert(plain(code, "--time 0.2"):find("the script did not stop when asked, and was ended\nexit 124", 1, true))
  assert(plain("while true do end", "--time 0.2") == "attempt.lua:1: the time limit of 0.2s is over (--time)\nexit 124\n")
  if not effort then
    assert(plain("local s = ('x'):rep(1 << 30)", "--memory 100M") == "attempt.lua:1: out of memory; the limit is 100M (--memory)\nexit 1\n")
  end
  assert(plain("print(1)", "--time 1h --memory 2G"):find("^1\nexit 0"))
end)

support.test("a training at its limit of time keeps its last step in its checkpoint", function()
  local text, exit = run([[
    local gibbs = require "gibbs"
    local Q = gibbs.rbm{ visible = gibbs.bits(6), hidden = gibbs.bits(4) }
    local loss = -gibbs.pseudo_likelihood(gibbs.data{ { 1, 0, 1, 0, 1, 0 } }, Q)
    local last = assert(io.open("last", "w"))
    gibbs.minimize(loss, Q, { estimate = gibbs.pcd{ chains = 4, burn = 0 }, steps = 1e9 // 1 | 0, keep_every = 1e6 // 1 | 0,
      checkpoint = "run.h5", watch = function(record) last:seek("set") last:write(record.step, "\n"):flush() end })
  ]], "--time 0.5")
  assert(exit == "124" and text:find("the time limit of 0.5s is over (--time)", 1, true), text)
  text = run([[print(require("gibbs").read("run.h5")["@step"] >= (io.open("last"):read("n") or 0))]])
  assert(text == "true\n", text)
end)

assert(shell(("rm -rf '%s'"):format(base)))
support.finish()
