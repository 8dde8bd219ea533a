--- Where in a piece of Lua a text ends: in a string, in a comment, behind a name, between the braces of a call.
--- The text is an input that is still being typed: it is read token by token, and nothing of it is run.

local context = {}

local LONGEST = 65536 -- bytes that are looked at; longer inputs are pasted, not typed

local keywords = {}
for word in ("and break do else elseif end false for function goto if in local nil not or repeat return then true until while")
  :gmatch("%a+") do
  keywords[word] = true
end

---@class gibbs.Reading
---@field text string
---@field at integer          the next byte
---@field open table[]        brackets that are open: { mark =, call =, last =, option = }
---@field chain table?        the names that end here: { keys =, method =, separator =, start =, before = }
---@field last string         the last token that is no name: a mark, or "value"

--- A call by this chain of names: gibbs.kl( or P:chains{
local function call_of(chain)
  if not chain or chain.separator then return nil end
  return { keys = chain.keys, method = chain.method }
end

local function pass(reading, last, chain, to)
  reading.last, reading.chain, reading.at = last, chain, to
end

-- ---- strings and comments --------------------------------------------------------------------------------------

--- After the quote at reading.at; nil where it does not end in this text.
local function end_of_string(text, at, quote)
  local i = at + 1
  while i <= #text do
    local c = text:sub(i, i)
    if c == quote then return i end
    i = i + (c == "\\" and 2 or 1)
  end
end

--- The call that a string between braces or parentheses is given to, and the option that it is the value of.
local function innermost(reading)
  local open = reading.open[#reading.open]
  if not open then return nil end
  if open.mark == "{" and not open.call then
    local outer = reading.open[#reading.open - 1]
    return outer and outer.mark == "(" and outer.call or nil, open
  end
  return open.call, open
end

local function open_string(reading, quote)
  local call, open = innermost(reading)
  local told = call_of(reading.chain) or call
  local option = open and open.mark == "{" and reading.last == "=" and open.option or nil
  local text = reading.text:sub(reading.at + 1)
  return { quote = quote, text = text, prefix = text, call = told, option = option }
end

local function read_string(reading, quote)
  local close = end_of_string(reading.text, reading.at, quote)
  if not close then return open_string(reading, quote) end
  pass(reading, "value", nil, close + 1)
end

--- "[[...]]", "[==[...]==]"; false: it is none; nil: it ends the text.
local function end_of_long(text, at)
  local level = text:match("^%[(=*)%[", at)
  if not level then return false end
  local _, close = text:find("]" .. level .. "]", at, true)
  return close
end

local function read_comment(reading)
  local long = end_of_long(reading.text, reading.at + 2)
  local close = long or (long == false and reading.text:find("\n", reading.at, true)) or nil
  if not close then return false end
  reading.at = close + 1
end

-- ---- names -----------------------------------------------------------------------------------------------------

local function read_name(reading, name)
  local chain, start = reading.chain, reading.at
  local to = start + #name
  if chain and chain.separator then
    local method = chain.separator == ":"
    local keys = chain.keys
    if keys and not method then keys = table.move(keys, 1, #keys, 1, {}) end
    if keys and not method then keys[#keys + 1] = name end
    pass(reading, "value", { keys = keys, method = method and name or nil, base = chain.keys, mark = chain.separator,
      start = start, before = chain.before }, to)
  elseif keywords[name] then
    pass(reading, to > #reading.text and "value" or "keyword",
      to > #reading.text and { keys = { name }, start = start, before = reading.last } or nil, to)
  else
    local open = reading.open[#reading.open]
    if open and (reading.last == "{" or reading.last == "," or reading.last == ";") then open.option = name end
    pass(reading, "value", { keys = { name }, start = start, before = reading.last }, to)
  end
end

local function read_separator(reading, mark)
  local chain = reading.chain
  if chain and not chain.separator then
    local known = not chain.method and chain.keys or nil
    pass(reading, mark, { keys = known, separator = mark, start = reading.at + 1, before = chain.before }, reading.at + 1)
  elseif reading.last == "value" then -- behind a call, or a string
    pass(reading, mark, { separator = mark, start = reading.at + 1, before = "value" }, reading.at + 1)
  else
    pass(reading, mark, nil, reading.at + 1)
  end
end

-- ---- brackets ----------------------------------------------------------------------------------------------------

local function read_open(reading, mark)
  local open = { mark = mark, call = mark ~= "[" and call_of(reading.chain) or nil, chain = reading.chain, at = reading.at }
  reading.open[#reading.open + 1] = open
  pass(reading, mark, nil, reading.at + 1)
end

--- a[1] and a["x"] go on as names do; what a call gives is not known.
local function read_close(reading, mark)
  local open = table.remove(reading.open)
  local chain
  if open and open.mark == "[" and mark == "]" and open.chain and open.chain.keys and not open.chain.method then
    local inside = reading.text:sub(open.at + 1, reading.at - 1)
    local key = math.tointeger(tonumber(inside)) or inside:match('^"([^"\\]*)"$')
    if key then
      local keys = table.move(open.chain.keys, 1, #open.chain.keys, 1, {})
      keys[#keys + 1] = key
      chain = { keys = keys, start = reading.at, before = "value" }
    end
  end
  pass(reading, "value", chain, reading.at + 1)
end

-- ---- the text ----------------------------------------------------------------------------------------------------

--- One token; what is returned ends the reading.
local function read_token(reading)
  local text, at = reading.text, reading.at
  local c = text:sub(at, at)
  local name = text:match("^[%a_][%w_]*", at)
  if name then return read_name(reading, name) end
  if c:match("%s") then
    if reading.chain and not text:match("^%s+[.:({\"'%[]", at) then reading.chain = nil end
    reading.at = at + 1
  elseif text:match("^%-%-", at) then
    return read_comment(reading)
  elseif c == '"' or c == "'" then
    return read_string(reading, c)
  elseif text:match("^%[=*%[", at) then
    local close = end_of_long(text, at)
    if not close then return false end
    pass(reading, "value", nil, close + 1)
  elseif text:match("^%.?%d", at) then
    pass(reading, "value", nil, at + #text:match("^[%w.]+", at))
  elseif c:match("[({%[]") then
    read_open(reading, c)
  elseif c:match("[)}%]]") then
    read_close(reading, c)
  elseif (c == "." or c == ":") and not text:match("^[.:][.:]", at) then
    read_separator(reading, c)
  else
    pass(reading, c, nil, at + 1)
  end
end

--- Behind a name, or where one could begin.
local function at_name(reading)
  local chain, text = reading.chain, reading.text
  if chain and chain.separator then return { prefix = "", keys = chain.keys, separator = chain.separator } end
  if chain and chain.mark then
    return { prefix = text:sub(chain.start), keys = chain.base, separator = chain.mark }
  end
  if not chain and text:match("[%w_]$") then return nil end -- a number
  local before = chain and chain.before or reading.last
  local call, open = innermost(reading)
  local names_option = open and open.mark == "{" and call and (before == "{" or before == "," or before == ";")
  return { prefix = chain and text:sub(chain.start) or "", call = call, names_option = names_option or false }
end

---What the end of a text is; nil where nothing can be completed: in a comment, a long string, a number.
---@param text string
---@return {prefix: string, keys: any[]?, separator: string?, call: table?, names_option: boolean?, quote: string?, text: string?, option: string?}?
function context.at(text)
  if #text > LONGEST then return nil end
  local reading = { text = text, at = 1, open = {}, last = "" }
  while reading.at <= #text do
    local here = read_token(reading)
    if here ~= nil then return here or nil end
  end
  return at_name(reading)
end

return context
