--- Loads the annotations of the language server as Lua and holds every name in them to the module: gibbs annotations.lua FILE.

local gibbs = require "gibbs"
local core = package.loaded["gibbs.core"]
local path = arg[1]
local wrong = {}
local function complain(text, ...) wrong[#wrong + 1] = text:format(...) end

-- What they define is there, and what is there they define.
local annotated = dofile(path)
for name, value in pairs(annotated) do
  if not core.names()[name] then complain("gibbs.%s is annotated, and does not exist", name) end
  for member in pairs(type(value) == "table" and value or {}) do
    if rawget(gibbs[name], member) == nil then complain("gibbs.%s.%s is annotated, and does not exist", name, member) end
  end
end
local text = assert(io.open(path)):read("a")
for name in pairs(core.names()) do
  if annotated[name] == nil and not text:find("---@field " .. name .. " ", 1, true) then complain("gibbs.%s has no annotation", name) end
end

-- Every type that is used is one that is declared.
local declared = {}
for name in text:gmatch("%-%-%-@class ([%w_.]+)") do declared[name] = true end
for name in text:gmatch("%-%-%-@alias ([%w_.]+)") do declared[name] = true end
for kind, line in text:gmatch("%-%-%-@(%l+) ([^\n]+)") do
  local types = kind == "return" and line:match("^%S+") or (kind == "param" or kind == "field") and line:match("^%S+ (%S+)")
    or kind == "alias" and line:match("(%S+)$") or ""
  for name in types:gmatch("gibbs%.[%w_]+") do
    if not declared[name] then complain("the type %s is used, and not declared", name) end
  end
end

-- Every function has an @param for each of its parameters, in order, and every text stands in a comment.
local params, functions = {}, 0
for line in text:gmatch("[^\n]*") do
  local param = line:match("^%-%-%-@param ([%w_.]+)")
  local called, arguments = line:match("^function ([%w_.:]+)%((.-)%) end$")
  if param then params[#params + 1] = param end
  if called then
    functions = functions + 1
    if table.concat(params, ", ") ~= arguments then complain("%s(%s) has the parameters %s", called, arguments, table.concat(params, ", ")) end
    params = {}
  elseif not line:match("^%-%-") and not line:match("^local [%l_]+ = {}$") and not line:match("^gibbs%.%l+ = {}$") and line ~= ""
    and line ~= "return gibbs" then
    complain("a line that is neither comment nor declaration: %s", line)
  end
end
if functions < 150 then complain("only %d functions are annotated", functions) end

for _, line in ipairs(wrong) do print(line) end
os.exit(#wrong == 0 and 0 or 1)
