--- The program's commands (gibbs list, ...): their words, read against rows, and their help, which comes from the same rows.
---
--- A command is a file lua/gibbs/command/<name>.lua and a row in src/app/command.h.  The file gives a table:
---   usage    what stands after the name, "script.lua [the script's options]"
---   what     what it does: a sentence or a paragraph
---   words    names of the words that are not options, in order; a last "name..." takes all that are left, "name?" and
---            "name...?" may be missing
---   options  rows { name, default, help, kind = ..., value = "N" }; `default` says what kind of value it is (gibbs.kinds),
---            unless `kind` does; `before`: where the rest is a script's, only words before the script's name are this option
---   rest     true: options that no row names, and words beyond `words`, are somebody else's (a script's); they are kept, in order
---   run      function(given): given.<option>, given.<word>, given.set.<option> (it was on the command line), given.rest.
---            Gives an exit code, or nothing for success.  A mistake on the command line is `command.refuse(message)`.

local _, core = ...
local kinds = require "gibbs.kinds"

local command = {}

local current -- the name of the command that runs

--- A mistake on the command line: the program ends with exit code 2.
function command.refuse(message)
  io.stdout:flush()
  io.stderr:write(("gibbs %s: %s\ngibbs %s --help lists the options\n"):format(current, message, current))
  os.exit(2, true)
end

--- What was asked for cannot be done: the program ends with exit code 1.
function command.fail(message)
  io.stdout:flush()
  io.stderr:write(("gibbs %s: %s\n"):format(current, message))
  os.exit(1, true)
end

-- ---- help ------------------------------------------------------------------------------------------------

---How an option is written: "--size N".
function command.forms(row)
  local spelt = "--" .. row.name:gsub("_", "-")
  return row.value and spelt .. " " .. row.value or spelt
end

---What is said of an option.
function command.text(row)
  local default = row.default
  if type(default) == "table" then default = default[1] end
  if default == nil or default == false or default == "" then return row.help end
  return ("%s (default %s)"):format(row.help, tostring(default))
end

---The text of `gibbs NAME --help`.
function command.help(name, description)
  local lines = { ("usage: gibbs %s %s"):format(name, description.usage), description.what, "" }
  local width = #"--help"
  for _, row in ipairs(description.options or {}) do width = math.max(width, #command.forms(row)) end
  local function add(forms, text) lines[#lines + 1] = "  " .. forms .. (" "):rep(width - #forms + 2) .. text end
  for _, row in ipairs(description.options or {}) do add(command.forms(row), command.text(row)) end
  add("--help", "print this and exit")
  return table.concat(lines, "\n") .. "\n"
end

-- ---- reading ---------------------------------------------------------------------------------------------

local function find_row(description, name)
  for _, row in ipairs(description.options or {}) do
    if row.name == name then return row end
  end
end

local function known_flags(description)
  local names = { ["--help"] = true }
  for _, row in ipairs(description.options or {}) do names["--" .. row.name:gsub("_", "-")] = true end
  return names
end

--- The value of a row from what follows "=" or from the next word; gives it and the number of words used beyond the flag.
local function read_value(row, spelt, text, next_word)
  local kind = row.kind or kinds.of(row.default)
  local used = 0
  if not text and kind == kinds.boolean then
    text = true
  elseif not text then
    local what = kind.legal == "a text" and row.value or kind.legal
    if next_word == nil then command.refuse(("%s needs a value: %s"):format(spelt, what)) end
    text, used = next_word, 1
  end
  local value = kind.read(text)
  if value == nil or (value == false and kind ~= kinds.boolean) then
    local hint = kind.words and core.hint(text, kind.words) or ""
    command.refuse(("%s is '%s'; it must be %s%s"):format(spelt, text, kind.legal, hint))
  end
  return value, used
end

local function put_word(description, given, word)
  local names = description.words or {}
  local count = given.count + 1
  local name = names[math.min(count, #names)]
  local many = name and name:match("^(.*)%.%.%.%??$")
  if many then
    given[many] = given[many] or {}
    table.insert(given[many], word)
  elseif count > #names then
    if not description.rest then command.refuse(("'%s' is one word too many"):format(word)) end
    given.rest[#given.rest + 1] = word
  else
    given[name:gsub("%?$", "")] = word
  end
  given.count = count
end

local function defaults(description)
  local given = { set = {}, rest = {}, count = 0 }
  for _, row in ipairs(description.options or {}) do
    given[row.name] = type(row.default) == "table" and row.default[1] or row.default
  end
  return given
end

local function check_missing(description, given)
  for _, name in ipairs(description.words or {}) do
    local plain = name:gsub("[%?%.]+$", "")
    if given[plain] == nil and not name:match("%?$") then command.refuse(("%s is missing"):format(plain:upper())) end
  end
end

local function take_flag(description, given, words, i)
  local spelt, text = words[i]:match("^(%-%-[^=]+)=(.*)$")
  spelt = spelt or words[i]
  local row = find_row(description, (spelt:gsub("^%-%-", ""):gsub("-", "_")))
  if row and row.before and description.rest and given.count > 0 then row = nil end
  if row then
    local value, used = read_value(row, spelt, text, words[i + 1])
    given[row.name], given.set[row.name] = value, true
    return i + 1 + used
  end
  if not description.rest or given.count == 0 then
    command.refuse(("unknown option '%s'%s"):format(spelt, core.hint(spelt, known_flags(description))))
  end
  given.rest[#given.rest + 1] = words[i]
  return i + 1
end

--- A script's options begin behind its name: before it, all are the command's own and have to be known.
local function read(description, words)
  local given, i = defaults(description), 1
  while i <= #words do
    if words[i]:match("^%-.") then
      i = take_flag(description, given, words, i)
    else
      put_word(description, given, words[i])
      i = i + 1
    end
  end
  check_missing(description, given)
  return given
end

local function asks_for_help(description, words)
  for i, word in ipairs(words) do
    if description.rest and i > 1 then return false end -- gibbs run script.lua --help asks the script
    if word == "--help" or word == "-h" then return true end
  end
  return false
end

---Run a command: what the program calls.
---@param name string
---@param words string[]  what follows the name on the command line
---@return integer? the exit code
function command.run(name, words)
  current = name
  local description = require("gibbs.command." .. name)
  if asks_for_help(description, words) then
    io.stdout:write(command.help(name, description))
    return 0
  end
  return description.run(read(description, words))
end

return command
