--- What an observer of files is told: by the core's reads and writes, by Lua's own, by figures.

local gibbs = require "gibbs"
local support = require "support"
local core = package.loaded["gibbs.core"]
local access = require "gibbs.access"

local base = os.tmpname()
os.remove(base)
local function path(name) return base .. name end

--- Runs fn and gives what was told meanwhile, "read x.json" a line, each once, with paths from the base on.
local function told(fn)
  local seen, lines = {}, {}
  core.observe_files(function(where, use)
    local line = use .. " " .. (where:gsub(base, "", 1))
    if not seen[line] then lines[#lines + 1] = line end
    seen[line] = true
  end)
  local ok, message = pcall(fn)
  core.observe_files(nil)
  return table.concat(lines, "\n"), ok or message
end

support.test("nothing is watched unless somebody asks", function()
  assert(not core.files_watched())
  core.observe_files(print)
  assert(core.files_watched())
  core.observe_files(nil)
  assert(not core.files_watched() and core.check_file("anything", "read"))
end)

support.test("reads and writes of the core are told", function()
  for _, ending in ipairs { ".json", ".h5", ".npy", ".csv" } do
    local lines, ok = told(function()
      gibbs.write(path(ending), ending == ".h5" and { x = gibbs.tensor { 1, 2 } } or { 1, 2 })
      gibbs.read(path(ending))
    end)
    assert(ok == true, ok)
    support.same(lines, "written " .. ending .. "\nread " .. ending)
    os.remove(path(ending))
  end
end)

support.test("checkpoints, chains and data are told", function()
  local Q = gibbs.rbm { visible = gibbs.spins(3), hidden = gibbs.spins(2) }
  local D = gibbs.data { { 1, -1, 1 }, { -1, -1, 1 } }
  local lines, ok = told(function()
    gibbs.minimize(gibbs.kl(D, Q), Q, { estimate = gibbs.pcd { k = 1, chains = 4 }, steps = 2, checkpoint = path("run.h5") })
    Q:chains { n = 2 }:save(path("chains.h5"))
    Q:chains { load = path("chains.h5") }
    gibbs.write(path("rows.csv"), { { 1, -1, 1 } })
    gibbs.data(path("rows.csv"))
  end)
  assert(ok == true, ok)
  for _, line in ipairs { "written run.h5", "written chains.h5", "read chains.h5", "read rows.csv" } do
    assert(lines:find(line, 1, true), line .. " is missing in:\n" .. lines)
  end
  for _, name in ipairs { "run.h5", "run.h5.previous", "chains.h5", "rows.csv" } do os.remove(path(name)) end
end)

support.test("an observer that fails refuses the file, with its own error", function()
  core.observe_files(function() error({ reason = "full" }) end)
  local ok, message = pcall(gibbs.write, path("x.json"), { 1 })
  core.observe_files(nil)
  assert(not ok and message.reason == "full")
  assert(not io.open(path("x.json")))
end)

support.test("Lua's own ways to files are stock until they are watched, then told", function()
  local stock = io.open
  assert(stock == access.raw.open)
  access.install()
  assert(io.open ~= stock)
  local lines, ok = told(function()
    local file = assert(io.open(path("a.lua"), "w"))
    file:write("return 7")
    file:close()
    for line in io.lines(path("a.lua")) do assert(line == "return 7") end
    assert(dofile(path("a.lua")) == 7 and loadfile(path("a.lua"))() == 7)
    package.path = path("?.lua")
    assert(require "a" == 7)
    assert(os.rename(path("a.lua"), path("b.lua")))
    assert(os.remove(path("b.lua")))
  end)
  assert(ok == true, ok)
  support.same(lines, "written a.lua\nread a.lua\nloaded a.lua\nwritten b.lua")
end)

support.test("wrong arguments fail as they do in stock Lua", function()
  for _, call in ipairs { function() io.open({}) end, function() io.lines({}) end, function() loadfile({}) end } do
    local ok, message = pcall(call)
    assert(not ok and message:find("bad argument", 1, true), message)
  end
  local file, message, code = io.open(path("nowhere/x"))
  assert(file == nil and message:find("No such file", 1, true) and code == 2)
end)

support.finish()
