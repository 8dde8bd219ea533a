--- The prompt: read a line, evaluate, print the value; `_` is the last one.

local _, core = ...

local prompt = {}

-- ---- printing --------------------------------------------------------------------------------------------

local WIDEST = 12 -- entries of a table that are shown

local show

local function show_table(value, depth)
  if depth > 2 then return "{...}" end
  local parts, length = {}, #value
  for i = 1, math.min(length, WIDEST) do parts[i] = show(value[i], depth + 1) end
  local names = {}
  for key in next, value do
    if not (math.type(key) == "integer" and key >= 1 and key <= length) then names[#names + 1] = key end
  end
  table.sort(names, function(a, b) return tostring(a) < tostring(b) end)
  for i = 1, math.min(#names, WIDEST) do
    local key = type(names[i]) == "string" and names[i] or ("[%s]"):format(tostring(names[i]))
    parts[#parts + 1] = ("%s = %s"):format(key, show(value[names[i]], depth + 1))
  end
  if length > WIDEST or #names > WIDEST then parts[#parts + 1] = ("... (%d in all)"):format(length + #names) end
  return "{" .. table.concat(parts, ", ") .. "}"
end

function show(value, depth)
  if type(value) == "string" then return ("%q"):format(value):gsub("\\\n", "\\n") end
  local meta = debug.getmetatable(value)
  if type(value) == "table" and not (meta and meta.__tostring) then return show_table(value, depth) end
  return tostring(value)
end

local function print_values(values)
  local texts = {}
  for i = 1, values.n do texts[i] = (show(values[i], 1)) end
  if #texts > 0 then io.stdout:write(table.concat(texts, "  "), "\n") end
end

-- ---- reading ------------------------------------------------------------------------------------------------

local function is_incomplete(message) return message:match("<eof>$") ~= nil end

--- A chunk from as many lines as it takes; nil at the end of the input, false when it was given up.
local function read_chunk(host)
  local text = host.read("> ")
  if not text then return text end
  while true do
    local chunk = load("return " .. text, "=prompt", "t")
    if chunk then return chunk, text end
    local message
    chunk, message = load(text, "=prompt", "t")
    if chunk then return chunk, text end
    if not is_incomplete(message) then
      io.stderr:write(message, "\n")
      return false, text
    end
    local more = host.read(">> ")
    if not more then return more, text end
    text = text .. "\n" .. more
  end
end

local hinted = false

local function hint_about_locals(text)
  if hinted or not text:match("^%s*local%s") then return end
  hinted = true
  io.stdout:write("(a local lasts for its line here: leave out the word 'local')\n")
end

local function evaluate(host, chunk)
  local values = table.pack(xpcall(chunk, host.explain))
  host.calm()
  if not values[1] then
    io.stderr:write(tostring(values[2]), "\n")
    return
  end
  table.remove(values, 1)
  values.n = values.n - 1
  if values.n > 0 then rawset(_G, "_", values[1]) end
  local shown, trouble = pcall(print_values, values)
  if not shown then io.stderr:write(tostring(trouble), "\n") end
end

---Read and evaluate until the end of the input.
---@param host {read: fun(prompt: string): string|nil|false, remember: fun(line: string), explain: function, calm: fun()}
function prompt.run(host)
  core.seal()
  rawset(_G, "_", rawget(_G, "_"))
  if rawget(_G, "help") == nil then rawset(_G, "help", core.gibbs.help) end
  while true do
    local chunk, text = read_chunk(host)
    if chunk == nil then break end
    if text and text:match("%S") then host.remember(text) end
    if chunk then
      evaluate(host, chunk)
      hint_about_locals(text)
    end
  end
end

return prompt
