--- Pages of the documentation as text: an entry, a class, a list, an overview, wrapped to a width.

local doc = require "gibbs.doc"

local page = {}

-- ---- text ----------------------------------------------------------------------------------------------------

---One paragraph in lines of at most `width`; the first one begins with `head`, the others are indented as far.
function page.wrap(lines, text, head, width)
  local indent = (" "):rep(utf8.len(head) or #head)
  local line, empty = head, true
  for word in text:gmatch("%S+") do
    if not empty and (utf8.len(line) or #line) + 1 + (utf8.len(word) or #word) > width then
      lines[#lines + 1] = line
      line, empty = indent, true
    end
    line = line .. (empty and "" or " ") .. word
    empty = false
  end
  lines[#lines + 1] = (line:gsub("%s+$", ""))
end

--- Paragraphs are parted by empty lines.
local function add_text(lines, text, indent, width)
  local first = true
  for paragraph in (text .. "\n\n"):gmatch("(.-)\n%s*\n%s*") do
    if not first then lines[#lines + 1] = "" end
    page.wrap(lines, paragraph, indent, width)
    first = false
  end
end

---Without the indentation that all its lines share.
function page.dedent(text)
  local least
  for space, rest in text:gmatch("([ \t]*)([^\n]*)") do
    if rest ~= "" and (not least or #space < least) then least = #space end
  end
  local lines = {}
  for line in (text .. "\n"):gmatch("(.-)\n") do lines[#lines + 1] = line:sub((least or 0) + 1) end
  while lines[1] and not lines[1]:match("%S") do table.remove(lines, 1) end
  while lines[1] and not lines[#lines]:match("%S") do lines[#lines] = nil end
  return lines
end

--- Rows {name, text}: the names in a column, the texts wrapped beside them; long names have a line of their own.
local function add_columns(lines, rows, width, indent)
  local column = 0
  local longest = math.max(12, width // 3)
  for _, row in ipairs(rows) do
    if #row[1] <= longest then column = math.max(column, #row[1]) end
  end
  local margin = (" "):rep(indent)
  for _, row in ipairs(rows) do
    local head = margin .. row[1]
    local room = indent + column + 2
    if #row[1] > column then
      lines[#lines + 1] = head
      page.wrap(lines, row[2], (" "):rep(room), width)
    else
      page.wrap(lines, row[2], head .. (" "):rep(room - #head), width)
    end
  end
end

-- ---- option rows -------------------------------------------------------------------------------------------------

local MOST = 1e12 -- a larger bound is there to catch nonsense, and is not worth a word

--- 16777216 and 0.001 as they are, 1000000000 as 1e9 and 0.000000001 as 1e-9.
local function number_text(value)
  local plain = math.type(value) == "integer" and tostring(value) or ("%.10g"):format(value)
  local short = ("%g"):format(value)
  local size = math.abs(value)
  if size < 1e6 and (size >= 1e-4 or size == 0) or tonumber(short) ~= value then return plain end
  return (short:gsub("e%+?(%-?)0*", "e%1"))
end

local function range_text(row)
  local what = row.kind == "integer" and "an integer" or "a number"
  local bounded_below = row.low and row.low > -MOST
  local bounded_above = row.high and row.high < MOST
  if bounded_below and bounded_above then return ("%s from %s to %s"):format(what, number_text(row.low), number_text(row.high)) end
  if bounded_below then return ("%s, at least %s"):format(what, number_text(row.low)) end
  return bounded_above and ("%s, at most %s"):format(what, number_text(row.high)) or what
end

---What an option may be: "an integer from 1 to 100", "'sampled' or 'summed'"; nil where its text says it.
---@return string?
function page.legal(row)
  if row.kind == "integer" or row.kind == "number" then return range_text(row) end
  if row.kind == "boolean" then return "true or false" end
  if row.words then
    local words = {}
    for i, word in ipairs(row.words) do words[i] = "'" .. word .. "'" end
    return table.concat(words, ", ", 1, #words - 1) .. (#words > 1 and " or " or "") .. words[#words]
  end
end

---How its default is written in a script; nil where there is none.  Everything that draws has the seed of the session.
---@return string?
function page.default(row)
  if row.name == "seed" then return "gibbs.seed()" end
  if row.initial == nil then return nil end
  return type(row.initial) == "string" and "'" .. row.initial .. "'" or
    (type(row.initial) == "number" and number_text(row.initial) or tostring(row.initial))
end

local function type_text(types) return "(" .. types:gsub("%s*|%s*", " or ") .. ")" end

--- `told`: the entry's parameter of that name, for its type and, where there is one, its text.
local function option_row(row, told)
  local default, legal = page.default(row), page.legal(row)
  local name = default and ("%s = %s"):format(row.name, default) or row.name
  local text = told and told[3] ~= "" and told[3] or row.doc
  return { name, (told and type_text(told[2]) .. " " or "") .. text .. (legal and (" (%s)"):format(legal) or "") }
end

local function add_options(lines, tables, width, told)
  for _, table in ipairs(tables) do
    lines[#lines + 1] = ""
    lines[#lines + 1] = table.when and ("  Options, %s"):format(table.when) or "  Options"
    local rows = {}
    for _, row in ipairs(table.rows) do rows[#rows + 1] = option_row(row, told and told[row.name]) end
    add_columns(lines, rows, width, 4)
  end
end

-- ---- entries -----------------------------------------------------------------------------------------------------

local function add_parameters(lines, entry, width)
  local signature = doc.signature(entry.signature or "")
  local told, rows = doc.told_options(entry), {}
  for _, parameter in ipairs(entry.parameters or {}) do
    local name = parameter[1]:gsub("%?$", "")
    local optional = parameter[1] ~= name or signature and signature.optional[name]
    if not told[name] and not name:match("^%-") then rows[#rows + 1] = { optional and name .. "?" or name, type_text(parameter[2]) .. " " .. parameter[3] } end
  end
  if #rows == 0 then return end
  lines[#lines + 1] = ""
  lines[#lines + 1] = "  Parameters"
  add_columns(lines, rows, width, 4)
end

local function add_facts(lines, entry, width)
  local rows = {}
  local function add(name, text) rows[#rows + 1] = text and { name, text } end
  if entry.returns or entry.returns_what then
    local parts = { entry.returns and entry.returns:gsub("%s*|%s*", " or ") }
    parts[#parts + 1] = entry.returns_what
    add(doc.kind(entry.name) == "field" and "Type" or "Returns", table.concat(parts, ": "))
  end
  add("Errors", entry.errors)
  add("Cost", entry.cost)
  add("Source", entry.source)
  add("See", entry.see and table.concat(entry.see, ", "))
  if #rows == 0 then return end
  lines[#lines + 1] = ""
  add_columns(lines, rows, width, 2)
end

local function add_example(lines, entry)
  if not entry.example then return end
  lines[#lines + 1] = ""
  lines[#lines + 1] = "  Example"
  for _, line in ipairs(page.dedent(entry.example)) do
    lines[#lines + 1] = line == "" and "" or "    " .. line
  end
end

--- What a command's own rows say.
local function add_flags(lines, entry, width)
  local rows = doc.flags(entry)
  if #rows == 0 then return end
  lines[#lines + 1] = ""
  lines[#lines + 1] = "  Options"
  add_columns(lines, rows, width, 4)
end

---@param entry gibbs.Entry
---@param width integer
---@return string[] lines
function page.entry(entry, width)
  local lines = {}
  page.wrap(lines, doc.call(entry), "", width)
  lines[#lines + 1] = ""
  add_text(lines, entry.what, "  ", width)
  add_parameters(lines, entry, width)
  add_options(lines, doc.options(entry), width, doc.told_options(entry))
  add_flags(lines, entry, width)
  add_facts(lines, entry, width)
  add_example(lines, entry)
  return lines
end

-- ---- classes ---------------------------------------------------------------------------------------------------

local function add_members(lines, title, names, width)
  if #names == 0 then return end
  local rows = {}
  for _, name in ipairs(names) do
    local entry = doc.entry(name)
    rows[#rows + 1] = { entry and entry.signature or name, entry and doc.summary(entry) or "" }
  end
  lines[#lines + 1] = ""
  lines[#lines + 1] = "  " .. title
  add_columns(lines, rows, width, 4)
end

---A class of objects, or of result tables.
---@param class {name: string, methods: string[], fields: string[], roles: string?}
function page.class(class, width)
  local lines = { class.name .. ": a class of objects" }
  local entry = doc.entry(class.name)
  if class.roles then lines[#lines + 1] = "  also called " .. class.roles:gsub(" ", ", ") .. ", by what it is used as" end
  if entry then
    lines[#lines + 1] = ""
    add_text(lines, entry.what, "  ", width)
    add_facts(lines, entry, width)
  end
  add_members(lines, "Methods", class.methods, width)
  add_members(lines, "Fields", class.fields, width)
  if entry then add_example(lines, entry) end
  return lines
end

-- ---- lists -------------------------------------------------------------------------------------------------------

---One sentence on a row of a list: its own, or that of the entry on the function that it names.
function page.row_text(row)
  local entry = row.topic and doc.entry(row.topic)
  local text = row.doc or entry and doc.summary(entry) or ""
  return text:match("^(.-)%.%s+%u") or text
end

local function add_rows(lines, rows, width)
  local columns = {}
  for _, row in ipairs(rows) do columns[#columns + 1] = { row.name, page.row_text(row) } end
  add_columns(lines, columns, width, 2)
end

---A list of the catalog: its rows, those of the same `when` together.
function page.list(list, width)
  local lines = {}
  page.wrap(lines, ("%s: %s"):format(list.name, list.doc), "", width)
  if #list.rows == 0 then lines[#lines + 1] = "  (none)" end
  local parts, by_when = {}, {}
  for _, row in ipairs(list.rows) do
    local when = row.when or ""
    if not by_when[when] then
      by_when[when] = {}
      parts[#parts + 1] = when
    end
    table.insert(by_when[when], row)
  end
  for _, when in ipairs(parts) do
    if when ~= "" then lines[#lines + 1] = " " .. when end
    add_rows(lines, by_when[when], width)
  end
  return lines
end

---A row of a list, with all that it says.
function page.row(list, row, width)
  local lines = { ("%s, one of the %s"):format(row.name, list.name), "" }
  add_text(lines, row.doc or "", "  ", width)
  add_options(lines, row.options and #row.options > 0 and { { rows = row.options } } or {}, width)
  add_facts(lines, { name = "", source = row.source ~= "" and row.source or nil, see = row.topic and { row.topic } }, width)
  return lines
end

-- ---- overviews ---------------------------------------------------------------------------------------------------

---Entries, a line each.
function page.summaries(entries, width)
  local rows, lines = {}, {}
  for _, entry in ipairs(entries) do rows[#rows + 1] = { entry.name, doc.summary(entry) } end
  add_columns(lines, rows, width, 2)
  return lines
end

--- The functions and commands of a room, and the classes whose methods and fields stand in it.
local function parts_of(room)
  local functions, classes, seen = {}, {}, {}
  for _, entry in ipairs(room.entries) do
    local kind = doc.kind(entry.name)
    local owner = entry.name:match("^([^.:]+)[.:]")
    local class = owner and doc.class(owner)
    owner = class and class.name or owner
    if kind == "function" or kind == "command" then
      functions[#functions + 1] = entry.name
    elseif kind ~= "class" and not seen[owner] then
      seen[owner] = true
      classes[#classes + 1] = owner
    end
  end
  return functions, classes
end

---All rooms with the names of their entries.
function page.overview(width)
  local lines = {}
  for _, room in ipairs(doc.rooms()) do
    local functions, classes = parts_of(room)
    if #lines > 0 then lines[#lines + 1] = "" end
    lines[#lines + 1] = room.title
    if #functions > 0 then page.wrap(lines, table.concat(functions, ", "), "  ", width) end
    if #classes > 0 then page.wrap(lines, table.concat(classes, ", "), "  objects: ", width) end
  end
  return lines
end

return page
