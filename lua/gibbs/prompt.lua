--- The prompt: read an input, evaluate it, show its values in one line each; `_` is the first of the last ones.
--- The names show and help are there without 'gibbs.'; everything else is Lua as in a script, but globals may be made.

local _, core = ...

local display = require "gibbs.display"

local prompt = {}

local LONGEST_MESSAGE = 2000 -- bytes of an error; a message may quote what was read

---@class gibbs.Host
---@field read fun(prompt: string, before: string): string|nil|false
---@field remember fun(text: string)
---@field explain function
---@field calm fun()
---@field colour boolean
---@field terminal boolean
---@field version string

local host ---@type gibbs.Host

-- ---- saying ---------------------------------------------------------------------------------------------------

local function say_error(message)
  if #message > LONGEST_MESSAGE then
    message = ("%s ... %s"):format(message:sub(1, LONGEST_MESSAGE - 200), message:sub(-200))
  end
  io.stdout:flush()
  io.stderr:write(host.colour and ("\27[31m%s\27[m"):format(message) or message, "\n")
end

--- Of an input of several lines the one that a message is about.
local function line_of(message, text)
  local number = text:find("\n", 1, true) and tonumber(message:match("^prompt:(%d+):"))
  if not number then return "" end
  local at = 0
  for line in (text .. "\n"):gmatch("(.-)\n") do
    at = at + 1
    if at == number then return ("\n   | %s"):format(line) end
  end
  return ""
end

--- Text of several lines is there to be read: Q:describe().
local function is_text(value) return type(value) == "string" and value:find("\n", 1, true) and not value:find("[^%g%s\128-\247]") end

local function print_values(values)
  if values.n == 1 and is_text(values[1]) then return io.stdout:write(values[1], values[1]:sub(-1) == "\n" and "" or "\n") end
  local texts = {}
  for i = 1, values.n do texts[i] = display.short(values[i]) end
  if #texts > 0 then io.stdout:write(table.concat(texts, "  "), "\n") end
end

local function greet()
  io.stdout:write(([[
gibbs %s: energy-based models and renormalization, in Lua 5.4
  help() tells how to get help, help "kl" of one thing; TAB completes names, options and files.
  show(x) prints all of a value, _ is the last one; gibbs --help lists the options of the program.
  Ctrl-C stops a computation and keeps what it has, Ctrl-D leaves.
]]):format(host.version))
end

-- ---- reading ------------------------------------------------------------------------------------------------

--- A string in quotes goes on in the next line behind a backslash only.
local function is_incomplete(message, text)
  if not message:match("<eof>$") then return false end
  return not message:match("unfinished string near <eof>$") or text:match("\\$") ~= nil
end

--- An input whose first word begins no statement is meant as an expression.
local function begins_no_statement(message, text)
  local first = message:match("unexpected symbol near '(.+)'$")
  return first ~= nil and text:match("^%s*(.*)"):sub(1, #first) == first
end

--- A chunk; or nil, a message, and whether lines are missing.
---@return function? chunk
---@return string? message
---@return boolean? incomplete
local function compile(text)
  if text:byte() == 27 then text = " " .. text end -- the mark of compiled code
  local chunk, as_value = load("return " .. text, "=prompt", "t")
  if chunk then return chunk end
  local message
  chunk, message = load(text, "=prompt", "t")
  if chunk then return chunk end
  if begins_no_statement(message, text) or is_incomplete(as_value, text) then message = as_value end
  return nil, message, is_incomplete(message, text)
end

--- A chunk from as many lines as it takes, with its text; nil and the text when that is no Lua, or was given up (false).
--- The third value is true at the end of the input.
local function read_chunk()
  local text = host.read("> ", "")
  if not text then return nil, nil, text == nil end
  while true do
    local chunk, message, incomplete = compile(text)
    if chunk then return chunk, text, false end
    if not incomplete then
      say_error(message .. line_of(message, text))
      return nil, text, false
    end
    local more = host.read(">> ", text .. "\n")
    if more == nil then say_error(message) end
    if not more then return nil, nil, more == nil end
    text = text .. "\n" .. more
  end
end

local hinted = false

local function hint_about_locals(text)
  if hinted or not text:match("^%s*local%s") then return end
  hinted = true
  io.stdout:write("(a local lasts for its line here: leave out the word 'local')\n")
end

-- ---- evaluating ---------------------------------------------------------------------------------------------

--- What a computation had when it was stopped: it is the last value.
local function keep_partial(message)
  local partial = core.partial
  core.partial = nil
  if not partial then return message end
  rawset(_G, "_", partial.value)
  return ("%s\n_ is what there is: %s"):format(message, display.short(partial.value))
end

--- Whether the input itself is what an error handler's caller was running, and not a function made by an earlier one.
local function is_running(chunk)
  local level = 3
  local info = debug.getinfo(level, "Sf")
  while info and (info.what == "C" or info.source:match("^=gibbs")) do
    level = level + 1
    info = debug.getinfo(level, "Sf")
  end
  return info ~= nil and info.func == chunk
end

local function evaluate(chunk, text)
  core.partial = nil
  local function explain(problem)
    local message = tostring(host.explain(problem))
    return is_running(chunk) and message .. line_of(message, text) or message
  end
  local values = table.pack(xpcall(chunk, explain))
  host.calm()
  if not values[1] then return say_error(keep_partial(tostring(values[2]))) end
  values = table.move(values, 2, values.n, 1, { n = values.n - 1 })
  if values.n > 0 then rawset(_G, "_", values[1]) end
  local shown, trouble = xpcall(print_values, host.explain, values)
  if not shown then say_error(tostring(trouble)) end
  host.calm()
end

local function define_names()
  rawset(_G, "_", rawget(_G, "_"))
  if rawget(_G, "show") == nil then rawset(_G, "show", core.fields.show) end
  if rawget(_G, "help") == nil then rawset(_G, "help", core.fields.help) end
end

--- One input; true at the end of them.
local function turn()
  local chunk, text, ended = read_chunk()
  if text and text:match("%S") then host.remember(text) end
  if chunk then
    evaluate(chunk, text)
    hint_about_locals(text)
  end
  return ended
end

---Read and evaluate until the end of the input.
---@param given gibbs.Host
function prompt.run(given)
  host = given
  core.seal()
  define_names()
  if host.terminal then greet() end
  repeat
    local whole, ended = xpcall(turn, host.explain)
    if not whole then -- Ctrl-C came between two inputs, or memory ran out
      host.calm()
      say_error(tostring(ended))
      ended = false
    end
  until ended
end

return prompt
