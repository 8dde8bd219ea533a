--- --sandbox, --allow, --memory and --time for commands that run a script; the program has the same for scripts without a command.

local _, core = ...

local safety = {}

--- A value that the program's own reader accepts, as it was written.
local function limit_kind(name)
  local _, message = core.host.read_limit(name, "")
  return {
    legal = message:match("it must be (.*)$"),
    read = function(text) return core.host.read_limit(name, text) and text or nil end,
  }
end

--- A word each time; the value is the list of all.
local function list_kind()
  local list = {}
  return {
    legal = "a path",
    read = function(text)
      list[#list + 1] = text
      return list
    end,
  }
end

--- A script may have options of these names: they count for the command when they stand before it.
local function row_of(option)
  local name = option.long:gsub("^%-%-", "")
  local row = { name = name, value = option.value, help = option.doc, before = true }
  if name == "sandbox" then
    row.default, row.value = false, nil
  else
    row.kind = name == "allow" and list_kind() or limit_kind(name)
  end
  return row
end

---The rows of a command's options, with those of safety added.
---@param rows table[]
function safety.with(rows)
  for _, option in ipairs(core.host.options()) do
    if option.group == "Safety" then rows[#rows + 1] = row_of(option) end
  end
  return rows
end

---The same options for another command.
---@param given table
---@return string[] words
function safety.words(given)
  local words = given.sandbox and { "--sandbox" } or {}
  for _, path in ipairs(given.allow or {}) do words[#words + 1] = "--allow=" .. path end
  for _, name in ipairs { "memory", "time" } do
    if given[name] then words[#words + 1] = ("--%s=%s"):format(name, given[name]) end
  end
  return words
end

---Set the limits that were given, and enter the sandbox if it was asked for.
---@param given table  of a command
---@param folder string  where the script may write
---@param script string?  read too
---@return boolean, string?  false and a message: a mistake on the command line
function safety.apply(given, folder, script)
  if given.allow and not given.sandbox then return false, "--allow says what a sandbox lets be read; give --sandbox too" end
  for _, name in ipairs { "memory", "time" } do
    if given[name] then
      local ok, message = core.host.set_limit(name, given[name])
      if not ok then return false, message end
    end
  end
  if not given.sandbox then return true end
  local inputs = table.move(given.allow or {}, 1, #(given.allow or {}), 1, {})
  inputs[#inputs + 1] = script
  return core.host.confine(folder, inputs)
end

return safety
