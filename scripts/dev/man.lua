-- Writes the manual page gibbs(1), from the rows of the program and the entries of the documentation:
--   gibbs scripts/dev/man.lua VERSION DATE > gibbs.1

require "gibbs"
local core = package.loaded["gibbs.core"]
local doc = require "gibbs.doc"
local page = require "gibbs.page"

local version, date = arg[1], arg[2]
if not date then error("give the version and a date: gibbs scripts/dev/man.lua VERSION DATE", 0) end
local lines = {}
local function add(text) lines[#lines + 1] = text end

-- ---- roff ----------------------------------------------------------------------------------------------------

--- A text is no request: neither backslashes nor dots and quotes at the beginning of a line.
local function plain(text)
  text = text:gsub("%s+", " "):gsub("^ ", ""):gsub(" $", "")
  return (text:gsub("\\", "\\e"):gsub("%-", "\\-"):gsub("^([.'])", "\\&%1"))
end

--- An argument of a request.
local function quoted(text) return '"' .. plain(text):gsub('"', '\\(dq') .. '"' end

local WIDTH = 78 -- of a line of the source

--- Sentences begin lines of their own, so that the space between them is the formatter's.
local function add_paragraph(text)
  local line = ""
  local function finish()
    if line ~= "" then add(plain(line)) end
    line = ""
  end
  for word in text:gmatch("%S+") do
    if #line + #word >= WIDTH then finish() end
    line = line == "" and word or line .. " " .. word
    if word:match("[.!?]$") then finish() end
  end
  finish()
end

local function add_text(text)
  local first = true
  for paragraph in (text .. "\n\n"):gmatch("(.-)\n%s*\n%s*") do
    if not first then add ".PP" end
    add_paragraph(paragraph)
    first = false
  end
end

local function section(name) add(".SH " .. quoted(name)) end

local function term(name, text)
  add ".TP"
  add(".B " .. quoted(name))
  add_text(text)
end

local function verbatim(text)
  add ".PP"
  add ".nf"
  for _, line in ipairs(page.dedent(text)) do
    add((line:gsub("\\", "\\e"):gsub("%-", "\\-"):gsub("^([.'])", "\\&%1")))
  end
  add ".fi"
end

-- ---- sections ------------------------------------------------------------------------------------------------

local function forms(option)
  local name = option.short ~= "" and option.long ~= "" and option.short .. ", " .. option.long or option.short .. option.long
  return option.value ~= "" and name .. " " .. option.value or name
end

local function add_options()
  local group
  for _, option in ipairs(core.host.options()) do
    if option.group ~= group then add(".SS " .. quoted(option.group)) end
    group = option.group
    term(forms(option), option.doc .. ".")
  end
end

local function add_command(row)
  local description = require("gibbs.command." .. row.name)
  local entry = doc.entry("gibbs " .. row.name)
  add(".SS " .. quoted(("gibbs %s %s"):format(row.name, description.usage)))
  add_text(entry and entry.what or description.what)
  for _, parameter in ipairs(entry and entry.parameters or {}) do
    if not parameter[1]:match("^%-") then term(parameter[1], parameter[3] .. ".") end
  end
  for _, flag in ipairs(entry and doc.flags(entry) or {}) do term(flag[1], flag[2] .. ".") end
  if entry and entry.errors then
    add ".PP"
    add_text(entry.errors)
  end
end

--- The rooms of the library, with what each function is for.
local function add_library()
  for _, room in ipairs(doc.rooms()) do
    local entries = {}
    for _, entry in ipairs(room.entries) do
      if doc.kind(entry.name) == "function" then entries[#entries + 1] = entry end
    end
    if #entries > 0 then
      add(".SS " .. quoted(room.title))
      for _, entry in ipairs(entries) do term(entry.signature or entry.name, doc.summary(entry) .. ".") end
    end
  end
end

local function rows(list, name)
  for _, row in ipairs(list) do term(tostring(row[name]), row.doc .. ".") end
end

add '.\\" Made by scripts/dev/man.lua from the rows of the program and the entries of its documentation; do not edit.'
add(('.TH GIBBS 1 %s %s "User Commands"'):format(date, quoted("gibbs " .. version)))
section "NAME"
add "gibbs \\- an interpreter for energy\\-based models and renormalization"
section "SYNOPSIS"
add ".B gibbs"
add "[options] [script.lua [the script's options]]"
add ".br"
add ".B gibbs"
add "[options] COMMAND [its options]"
section "DESCRIPTION"
add_text(("Runs experiments with energy-based models, written in Lua 5.4. A script says what: an energy, a target, an objective; the core sums, samples, "
  .. "differentiates and estimates free energies. Without a script there is a prompt, where help(x) tells of anything. "
  .. "gibbs script.lua --help lists the options of a script."))
section "OPTIONS"
add_options()
section "COMMANDS"
add_text "Each has --help. A script that bears such a name is run as ./name."
for _, row in ipairs(core.host.commands()) do add_command(row) end
section "THE LIBRARY"
add_text "What scripts find in the table gibbs; gibbs doc NAME says all of one: parameters, options, errors, cost, source and an example."
add_library()
section "EXIT STATUS"
rows(core.host.exits(), "code")
section "ENVIRONMENT"
rows(core.host.environment(), "name")
section "EXAMPLES"
add_text "The free energy of a small Ising model:"
verbatim [[
gibbs -e 'print(gibbs.ising{ lattice = gibbs.lattice.square(4, 4), J = 0.4 }:free_energy())'
]]
section "SEE ALSO"
add ".BR lua (1)"

io.stdout:write(table.concat(lines, "\n"), "\n")
