--- Pieces of a page that needs nothing but itself: escaped text, data in links, tables, and a policy by which a browser runs
--- no script but ours and asks no network.

local _, core = ...
local manifest = require "gibbs.manifest"

local html = {}

local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }

---A text as it is shown: markup in it is text, and so is what is no UTF-8 or controls a terminal.
function html.text(value)
  return (manifest.text(tostring(value)):gsub("[&<>\"']", entities):gsub("[\1-\8\11\12\14-\31\127]", "\u{FFFD}"))
end

---Markup with values in it: each %s is escaped, each %r stands as it is.
---@param markup string
function html.fill(markup, ...)
  local values, k = { ... }, 0
  return (markup:gsub("%%([sr])", function(how)
    k = k + 1
    return how == "s" and html.text(values[k]) or tostring(values[k])
  end))
end

-- ---- numbers ---------------------------------------------------------------------------------------------

---The text of a number with a minus as long as a plus.
function html.minus(text) return (text:gsub("^%-", "−")) end

---A number as one reads it.
function html.number(value) return html.minus((math.type(value) == "integer" and "%d" or "%.6g"):format(value)) end

-- ---- base64 ----------------------------------------------------------------------------------------------

local letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local pairs_of_letters = {} -- of 12 bits
for n = 0, 4095 do
  local high, low = n >> 6, n & 63
  pairs_of_letters[n] = letters:sub(high + 1, high + 1) .. letters:sub(low + 1, low + 1)
end

---@param bytes string
function html.base64(bytes)
  local parts = {}
  for at = 1, #bytes, 3 do
    local a, b, c = bytes:byte(at, at + 2)
    local bits = a << 16 | (b or 0) << 8 | (c or 0)
    local four = pairs_of_letters[bits >> 12] .. pairs_of_letters[bits & 4095]
    parts[#parts + 1] = c and four or b and four:sub(1, 3) .. "=" or four:sub(1, 2) .. "=="
  end
  return table.concat(parts)
end

local types = { svg = "image/svg+xml", png = "image/png", pdf = "application/pdf" }

---A file's bytes as an address.
---@param ending string
function html.data(ending, bytes) return ("data:%s;base64,%s"):format(types[ending], html.base64(bytes)) end

-- ---- data for our script -----------------------------------------------------------------------------------

local function json_text(text)
  return '"' .. manifest.text(text):gsub('[%c"\\<>&\127]', function(c) return ("\\u%04x"):format(c:byte()) end) .. '"'
end

---JSON of numbers, texts, booleans, lists and tables of names; what is not finite is null.  Nothing in it ends a script.
function html.json(value)
  if type(value) == "string" then return json_text(value) end
  if type(value) == "boolean" then return tostring(value) end
  if math.type(value) then return value == value and math.abs(value) < math.huge and ("%.9g"):format(value) or "null" end
  local parts = {}
  if #value > 0 or next(value) == nil then
    for i, item in ipairs(value) do parts[i] = html.json(item) end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  local names = {}
  for name in pairs(value) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do parts[i] = json_text(name) .. ":" .. html.json(value[name]) end
  return "{" .. table.concat(parts, ",") .. "}"
end

-- ---- tables ------------------------------------------------------------------------------------------------

--- What a cell shows as a number, or nil.
local function number_of(cell)
  return math.type(cell) and html.number(cell) or type(cell) == "table" and cell.number or nil
end

local function has_numbers(rows, c)
  for _, row in ipairs(rows) do
    if number_of(row[c]) then return true end
  end
  return false
end

---A table of texts; rows are lists of cells, a cell is a text, a number, { markup = ... } or { number = text }.
---@param caption string
---@param header string[]
---@param rows any[][]
function html.table(caption, header, rows)
  local parts = { html.fill('<div class="scroll" tabindex="0" role="region" aria-label="%s">', caption),
    html.fill("<table><caption>%s</caption><thead><tr>", caption) }
  for c, name in ipairs(header) do
    parts[#parts + 1] = html.fill(has_numbers(rows, c) and '<th scope="col" class="number">%s</th>' or '<th scope="col">%s</th>', name)
  end
  parts[#parts + 1] = "</tr></thead><tbody>"
  for _, row in ipairs(rows) do
    parts[#parts + 1] = "<tr>"
    for c = 1, #header do
      local cell = row[c]
      local number = number_of(cell)
      if number then
        parts[#parts + 1] = html.fill('<td class="number">%s</td>', number)
      else
        parts[#parts + 1] = html.fill("<td>%r</td>", type(cell) == "table" and cell.markup or html.text(cell == nil and "" or cell))
      end
    end
    parts[#parts + 1] = "</tr>"
  end
  parts[#parts + 1] = "</tbody></table></div>\n"
  return table.concat(parts)
end

---A list of names and what belongs to them.
---@param rows { [1]: string, [2]: any }[]
function html.facts(rows)
  local parts = { "<dl>" }
  for _, row in ipairs(rows) do
    local value = row[2]
    local shown = type(value) == "table" and value.markup or html.text(math.type(value) and html.number(value) or value)
    parts[#parts + 1] = html.fill("<div><dt>%s</dt><dd>%r</dd></div>", row[1], shown)
  end
  return table.concat(parts) .. "</dl>\n"
end

-- ---- the page ----------------------------------------------------------------------------------------------

local function from_hex(hex) return (hex:gsub("%x%x", function(two) return string.char(tonumber(two, 16)) end)) end

--- What a policy calls a text in the page.
local function source(text) return "'sha256-" .. html.base64(from_hex(core.sha256_text(text))) .. "'" end

--- The second line of every page: by it our own are known again.
html.mark = "<!-- made by gibbs report -->"

---A whole page.
---@param title string
---@param body string    markup
---@param data table     for the script of charts
function html.page(title, body, data)
  local style, script = require "gibbs.report.style", require "gibbs.report.chart"
  local policy = ("default-src 'none'; img-src data:; style-src %s; script-src %s; base-uri 'none'; form-action 'none'"):format(
    source(style), source(script))
  return table.concat {
    "<!DOCTYPE html>\n", html.mark, '\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
    '<meta http-equiv="Content-Security-Policy" content="', policy, '">\n',
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">\n',
    '<link rel="icon" href="data:,">\n',
    html.fill("<title>%s</title>\n", title), "<style>", style, "</style>\n</head>\n<body>\n", body,
    '<script type="application/json" id="chart-data">', html.json(data), "</script>\n<script>", script, "</script>\n</body>\n</html>\n",
  }
end

return html
