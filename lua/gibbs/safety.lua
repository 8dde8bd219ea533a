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

---The rows of a command's options, with those of safety added.
---@param rows table[]
function safety.with(rows)
  for _, row in ipairs(core.host.safety_rows()) do
    row.value = row.value ~= "" and row.value or nil
    if row.name == "sandbox" then
      row.default = false
    elseif row.name == "allow" then
      row.kind = list_kind()
    else
      row.kind = limit_kind(row.name)
    end
    rows[#rows + 1] = row
  end
  return rows
end

---Set the limits that were given, and enter the sandbox if it was asked for.
---@param given table  of a command
---@param folder string  where the script may write
---@param script string
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
