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

---Write the record into the folder, or find that it is there already and says the same.
---@param folder string
---@param p gibbs.SweepPlan
---@param script { path: string, text: string }
function record.keep(folder, p, script)
  local path = recorded.join(folder, record.FILE)
  local kept = read(path)
  if not kept then
    local written, message = pcall(gibbs.write, path, contents(p, script))
    if not written then command.fail((tostring(message):gsub("^gibbs%.write: ", ""))) end
    return
  end
  local apart = difference(kept, p, script)
  if apart then
    command.fail(("%s holds another sweep: %s; give this one a folder of its own with --out"):format(folder, apart))
  end
end

return record
