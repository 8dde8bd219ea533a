-- Measures formatted C sources against the house's sizes: lua5.4 scripts/dev/shape.lua src/*/*.c
-- Half of the functions have about 10 lines, nine of ten under 40, none over 60; files stay under 400 lines.
-- Exits 1 when a function or a file is over its limit.

local FUNCTION_LIMIT, FILE_LIMIT = 60, 400
local lengths, over = {}, {}

-- In formatted sources the head of a function begins in the first column, its body ends at a brace there.
local function measure(path)
  local number, head = 0, nil
  for line in io.lines(path) do
    number = number + 1
    if line:match("^[%a_]") then head = number end
    if line:match("{%s*$") == nil and line:match(";%s*$") and not line:match("^%s") then head = nil end
    if line:match("^}%s*$") and head then
      local length = number - head + 1
      lengths[#lengths + 1] = length
      if length > FUNCTION_LIMIT then over[#over + 1] = ("%s:%d: a function of %d lines"):format(path, head, length) end
      head = nil
    end
  end
  if number > FILE_LIMIT then over[#over + 1] = ("%s: %d lines"):format(path, number) end
end

for _, path in ipairs(arg) do measure(path) end
table.sort(lengths)
if #lengths > 0 then
  local function quantile(q) return lengths[math.max(1, math.ceil(q * #lengths))] end
  print(("%d functions of more than one line: median %d, nine of ten up to %d, longest %d")
    :format(#lengths, quantile(0.5), quantile(0.9), lengths[#lengths]))
end
for _, text in ipairs(over) do print(text) end
os.exit(#over == 0)
