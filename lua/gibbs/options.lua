--- gibbs.option: a script's own command-line flags, checked and listed by --help.
--- Flags are judged when the script first uses anything else of gibbs (core.seal), so that a misspelt one, or --help, costs
--- no work.

local _, core = ...
local kinds = require "gibbs.kinds"

local options = {}

---@class gibbs.Option
---@field name string
---@field default any
---@field help string
---@field kind gibbs.Kind
---@field allowed string[]? for a choice
---@field value any         what the command line or the default says

local declared = {}  ---@type gibbs.Option[] in order
local by_name = {}   ---@type table<string, gibbs.Option>

---@class gibbs.Flag
---@field spelt string     as written, "--size"
---@field text string?     what follows "="
---@field position integer in `arg`
---@field used boolean?    an option took it

local flags           ---@type gibbs.Flag[]? of the command line, in order
local by_flag = {}    ---@type table<string, gibbs.Flag> by the option's name; the last one counts
local value_at = {}   ---@type table<integer, boolean> positions of words that are values

-- ---- the command line --------------------------------------------------------------------------------

--- `lua5.4 -e code` has an `arg` too, without a script: then the words are not ours.
local function words()
  local list = core.arg or rawget(_G, "arg")
  return list and list[-1] and list or {}
end

local function script_name() return (core.host and "gibbs " or "") .. tostring(words()[0] or "script") end

--- A mistake on the command line ends the program, as it does for any command.
local function refuse(message)
  io.stdout:flush()
  io.stderr:write(script_name(), ": ", message, "\n")
  os.exit(2, true)
end

local function add_flag(name, text, spelt, position)
  local flag = { spelt = spelt, text = text, position = position }
  flags[#flags + 1] = flag
  by_flag[name] = flag
end

--- Which words are values is not known before the options are, so every word that looks like a flag is noted.
local function read_command_line()
  flags = {}
  for position, word in ipairs(words()) do
    if word == "--" then return end
    local name, text = word:match("^%-%-([^=]+)=(.*)$")
    name = name or word:match("^%-%-(.+)$")
    if name then
      add_flag(name:gsub("-", "_"), text, "--" .. name, position)
    elseif word:match("^%-%a") then
      add_flag(word, nil, word, position)
    end
  end
end

--- `gibbs --options script.lua`: only what the options are is asked.
local function asks_for_options() return core.host and core.host.asks_for_options end

local function asks_for_help() return by_flag.help or by_flag["-h"] or asks_for_options() end

--- The text given for an option: what follows "=", or the next word; `true` for a boolean flag alone.
local function text_of(option, flag)
  local next_word = words()[flag.position + 1]
  if flag.text then return flag.text end
  if option.kind == kinds.boolean and next_word ~= "true" and next_word ~= "false" then return true end
  if next_word == nil then refuse(("%s needs a value: %s"):format(flag.spelt, option.kind.legal)) end
  value_at[flag.position + 1] = true
  return next_word
end

--- The flags of one name count as used, all of them; the last one gives the value.
local function take_flag(name)
  for _, flag in ipairs(flags) do
    if flag.spelt:gsub("^%-%-", ""):gsub("-", "_") == name then flag.used = true end
  end
  return by_flag[name]
end

local function value_of(option)
  if option.kind == kinds.boolean and take_flag("no_" .. option.name) then return false end
  local flag = take_flag(option.name)
  if not flag then return option.default end
  local text = text_of(option, flag)
  local value = option.kind.read(text)
  if value == nil then
    local hint = option.kind.words and core.hint(text, option.kind.words) or ""
    refuse(("%s is '%s'; it must be %s%s"):format(flag.spelt, text, option.kind.legal, hint))
  end
  return value
end

-- ---- declaring ----------------------------------------------------------------------------------------

local function check_declaration(name, default, help)
  if type(name) ~= "string" or not name:match("^%a[%w_]*$") then
    local shown = type(name) == "string" and "'" .. name .. "'" or type(name) == "table" and "a table" or tostring(name)
    core.raise(("gibbs.option: argument 'name' is %s; it must be a word of letters, digits and _, as in gibbs.option(\"size\", 8, \"linear size\")")
      :format(shown))
  end
  if core.sealed then
    core.raise(("gibbs.option: '%s' comes too late; options are declared before anything else of gibbs is used"):format(name))
  end
  if by_name[name] then core.raise(("gibbs.option: '%s' is declared twice"):format(name)) end
  local kind = kinds.of(default)
  if not kind then
    core.raise(("gibbs.option: argument 'default' of '%s' is %s; it must be a number, a string, true, false or a table of words")
      :format(name, type(default) == "table" and "a table" or tostring(default)))
  end
  if help ~= nil and type(help) ~= "string" then
    core.raise(("gibbs.option: argument 'help' of '%s' is not a string"):format(name))
  end
  return kind
end

---Declare a flag of the script and give its value: `--size 6`, `--size=6`, `--verbose`, `--no-verbose`.
---@param name string
---@param default any   its type is the type of the flag: an integer, a number, a boolean, a string, or a table of allowed words
---@param help? string  one line for --help
function options.option(name, default, help)
  local kind = check_declaration(name, default, help)
  if kind.words then default = default[1] end
  local option = { name = name, default = default, help = help or "", kind = kind }
  declared[#declared + 1] = option
  by_name[name] = option
  if not flags then read_command_line() end
  option.value = default
  if not asks_for_help() then option.value = value_of(option) end
  return option.value
end

---The options declared so far: each { name, default, value, ... }, in order.
---@return gibbs.Option[]
function options.declared() return declared end

-- ---- judging ------------------------------------------------------------------------------------------

--- Flags that every script understands; `declared` ones of the same name go before them.
local common = {
  { name = "seed", default = 1, help = "seed of all random numbers", kind = kinds.count(0, 2 ^ 53 | 0),
    apply = function(value) core.fields.seed(value) end },
  { name = "threads", default = "all processors", help = "threads to use", kind = kinds.count(1, 1024),
    apply = function(value) core.fields.threads(value) end },
  { name = "out", default = "what the script says", help = "folder for what gibbs.run leaves", kind = kinds.string, apply = function(value) core.out = value end },
}

local function print_help()
  local lines = { ("usage: %s [options]"):format(script_name()), "" }
  local rows = {}
  for _, option in ipairs(declared) do rows[#rows + 1] = option end
  for _, option in ipairs(common) do
    if not by_name[option.name] then rows[#rows + 1] = option end
  end
  local width = 0
  for _, option in ipairs(rows) do width = math.max(width, #option.name) end
  for _, option in ipairs(rows) do
    lines[#lines + 1] = ("  --%s%s  %s (%s; default %s)"):format(
      option.name, (" "):rep(width - #option.name), option.help, option.kind.legal, tostring(option.default))
  end
  io.stdout:write(table.concat(lines, "\n"), "\n")
end

--- For programs: name, kind, default, help and the words of a choice, between tabs.
local function print_rows()
  for _, option in ipairs(declared) do
    local row = { option.name, option.kind.name, kinds.text(option.default), option.help, table.unpack(option.kind.list or {}) }
    for i, field in ipairs(row) do row[i] = field:gsub("[\t\r\n]", " ") end
    io.stdout:write("option\t", table.concat(row, "\t"), "\n")
  end
  io.stdout:write("end of options\n")
end

local function known_flags()
  local names = { ["--help"] = true }
  for name in pairs(by_name) do names["--" .. name] = true end
  for _, option in ipairs(common) do names["--" .. option.name] = true end
  return names
end

--- Whether a flag is the program's, which reads its own before the script.
local function is_programs(spelt)
  for _, option in ipairs(core.host and core.host.options and core.host.options() or {}) do
    if option.long == spelt then return true end
  end
  return false
end

local function refuse_unknown()
  for _, flag in ipairs(flags) do
    if not flag.used and not value_at[flag.position] then
      local hint = is_programs(flag.spelt) and "; it is the program's, and stands before the script" or core.hint(flag.spelt, known_flags())
      local what = #declared == 0 and "; the script declares no options" or "; --help lists the options"
      refuse(("unknown option '%s'%s"):format(flag.spelt, hint ~= "" and hint or what))
    end
  end
end

local function apply_common()
  for _, option in ipairs(common) do
    if by_flag[option.name] then option.apply(value_of(option)) end
  end
end

--- Answer --help, refuse flags that nobody declared.  A script without options that reads `arg` itself is left alone, and so
--- is one that stock Lua runs.
function options.seal()
  if asks_for_options() then
    print_rows()
    os.exit(0, true)
  end
  if not flags then read_command_line() end
  if #declared == 0 and (core.arg_read or not core.host) then return end
  if asks_for_help() then
    print_help()
    os.exit(0, true)
  end
  for _, name in ipairs(core.host and core.host.flags or {}) do take_flag(name) end
  apply_common()
  refuse_unknown()
end

return options
