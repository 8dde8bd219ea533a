--- Rows as comma-separated text: for a file, or the same for the standard output.

local gibbs = require "gibbs"
local command = require "gibbs.command"
local kinds = require "gibbs.kinds"

local csv = {}

local function field(value)
  if value == nil then return "" end
  if type(value) ~= "string" then return kinds.text(value) end
  if value == "" or tonumber(value) or value:find '[,"\r\n]' then return '"' .. value:gsub('"', '""') .. '"' end
  return value
end

local function print_rows(header, rows)
  for r = 0, #rows do
    local cells = {}
    for c = 1, #header do cells[c] = field((rows[r] or header)[c]) end
    io.stdout:write(table.concat(cells, ","), "\n")
  end
end

---A file that is complete or not there; `path` "-" is the standard output.
---@param path string
---@param header string[]
---@param rows any[][]  cells may be nil
function csv.write(path, header, rows)
  if path == "-" then return print_rows(header, rows) end
  local whole = {}
  for r, row in ipairs(rows) do
    whole[r] = {}
    for c = 1, #header do whole[r][c] = row[c] == nil and gibbs.null or row[c] end
  end
  local written, message = pcall(gibbs.write, path, { header = header, rows = whole })
  if not written then command.fail((tostring(message):gsub("^gibbs%.write: ", ""))) end
end

---A kind for options: where a table goes.
csv.kind = {
  name = "string",
  legal = "a file that ends in .csv, or -",
  read = function(text) return (text == "-" or text:match "%.csv$") and text or nil end,
}

return csv
