--- The file that says what a sweep is, so that it is gone on with only as the same sweep.

local gibbs = require "gibbs"
local command = require "gibbs.command"
local kinds = require "gibbs.kinds"
local recorded = require "gibbs.recorded"

local record = {}

record.FILE = "sweep.json"
record.FORMAT = "gibbs sweep 1"

local function texts_of(values)
  local texts = {}
  for i, value in ipairs(values) do texts[i] = kinds.text(value) end
  return texts
end

--- Options as name -> "8, 16, 32".
local function describe(options)
  local by_name = {}
  for _, option in ipairs(options) do by_name[option.name] = table.concat(texts_of(option.values), ", ") end
  return by_name
end

---@param p gibbs.SweepPlan
---@param script { path: string, text: string }
local function contents(p, script)
  local options = {}
  for i, option in ipairs(p.options) do options[i] = { name = option.name, values = texts_of(option.values) } end
  return {
    format = record.FORMAT,
    script = { path = script.path, text = script.text },
    options = #options > 0 and options or nil,
    seeds = p.seeds,
  }
end

---@return table? what is recorded there; nil if nothing is
local function read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  file:close()
  local readable, kept = pcall(gibbs.read, path)
  if not readable then command.fail((tostring(kept):gsub("^gibbs%.read: ", ""))) end
  if type(kept) ~= "table" or kept.format ~= record.FORMAT or type(kept.script) ~= "table" then
    command.fail(("'%s' is no record of a sweep that this version of gibbs knows ('%s')"):format(path, record.FORMAT))
  end
  kept.options = kept.options or {}
  return kept
end

local function first_line_apart(a, b)
  local line = 1
  local rest_a, rest_b = a .. "\n", b .. "\n"
  while true do
    local x, y = rest_a:match "^([^\n]*\n)", rest_b:match "^([^\n]*\n)"
    if x ~= y or not x then return line end
    rest_a, rest_b, line = rest_a:sub(#x + 1), rest_b:sub(#y + 1), line + 1
  end
end

--- The first option whose values are not the recorded ones, as a sentence; nil if there is none.
local function option_apart(before, now)
  local names, seen = {}, {}
  for _, by_name in ipairs { before, now } do
    for name in pairs(by_name) do
      if not seen[name] then names[#names + 1] = name end
      seen[name] = true
    end
  end
  table.sort(names)
  for _, name in ipairs(names) do
    if before[name] ~= now[name] then
      return ("--%s was %s and is %s"):format(name, before[name] or "not given", now[name] or "not given")
    end
  end
end

local function difference(kept, p, script)
  if kept.script.text ~= script.text then
    return ("the text of %s has changed since, from line %d on"):format(script.path, first_line_apart(kept.script.text, script.text))
  end
  local apart = option_apart(describe(kept.options), describe(p.options))
  if apart then return apart end
  return option_apart({ seeds = table.concat(texts_of(kept.seeds), ", ") }, { seeds = table.concat(texts_of(p.seeds), ", ") })
end

local function contains(list, part)
  local known = {}
  for _, item in ipairs(list) do known[item] = true end
  for _, item in ipairs(part) do
    if not known[item] then return false end
  end
  return true
end

--- Whether all runs of the recorded sweep are runs of this one too, in the same folders: an option of one value is in no
--- folder's name, and has to stay one.
local function is_extended(kept, p, script)
  if kept.script.text ~= script.text or #kept.options ~= #p.options or not contains(p.seeds, kept.seeds) then return false end
  for i, option in ipairs(p.options) do
    local before, now = kept.options[i], texts_of(option.values)
    local named_alike = (#before.values > 1) == (#now > 1)
    if before.name ~= option.name or not named_alike or not contains(now, before.values) then return false end
  end
  return true
end

---Whether the record is there and says the same; the command fails if it is that of another sweep.
---@param folder string
---@param p gibbs.SweepPlan
---@param script { path: string, text: string }
---@param extend boolean  it may also be that of a part of this one
function record.check(folder, p, script, extend)
  local kept = read(recorded.join(folder, record.FILE))
  local apart = kept and difference(kept, p, script)
  if not apart then return kept ~= nil end
  local extended = is_extended(kept, p, script)
  if extended and extend then return false end
  command.fail(("%s holds another sweep: %s; %sgive this one a folder of its own with --out"):format(folder, apart,
    extended and "add to it with --extend, or " or ""))
end

---Write the record into the folder, unless it is there already.
function record.keep(folder, p, script, extend)
  if record.check(folder, p, script, extend) then return end
  local written, message = pcall(gibbs.write, recorded.join(folder, record.FILE), contents(p, script))
  if not written then command.fail((tostring(message):gsub("^gibbs%.write: ", ""))) end
end

return record
