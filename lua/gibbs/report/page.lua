--- The page of one run.

local html = require "gibbs.report.html"
local gather = require "gibbs.report.gather"
local results = require "gibbs.report.results"
local durations = require "gibbs.durations"

local page = {}

local MOST_LINES = 5000 -- of a log that are shown
local MOST_ROWS = 200 -- of the metrics that stand in the table

-- ---- sections ----------------------------------------------------------------------------------------------

---@class gibbs.report.Body
---@field parts string[]    markup
---@field links string[]    of the navigation
---@field charts table[]    data for the script
local Body = {}
Body.__index = Body

local function new_body() return setmetatable({ parts = {}, links = {}, charts = {} }, Body) end

function Body:add(markup) self.parts[#self.parts + 1] = markup end

--- A section with a heading, which the navigation leads to.
function Body:section(id, title, ...)
  self.links[#self.links + 1] = html.fill('<li><a href="#%s">%s</a></li>', id, title)
  self:add(html.fill('<section id="%s" aria-labelledby="%s-title"><h2 id="%s-title">%s</h2>\n', id, id, id, title))
  for _, markup in ipairs { ... } do self:add(markup) end
  self:add "</section>\n"
end

---The place of a chart, whose data go to the script.
---@param note string?  below it
function Body:chart(title, x_label, series, note)
  local index = #self.charts
  self.charts[index + 1] = { title = title, x_label = x_label, series = series }
  return html.fill('<div class="chart" id="chart-%s"><header><h3>%s</h3></header><div class="plot"></div><output></output>%r</div>\n',
    index, title, note and html.fill('<p class="note">%s</p>', note) or "")
end

--- The whole: a heading, what leads to the sections, and the sections.
function Body:markup(heading)
  return table.concat {
    '<a class="skip" href="#main">to the contents</a>\n<header>', heading, '<nav aria-label="sections"><ul>', table.concat(self.links),
    '</ul></nav></header>\n<main id="main">\n', table.concat(self.parts), "</main>\n",
  }
end

page.new_body = new_body

-- ---- the head ----------------------------------------------------------------------------------------------

local function moment(text) return type(text) == "string" and (text:gsub("T", " "):gsub("Z$", " UTC")) or nil end

local function add_fact(rows, name, value)
  if value ~= nil and value ~= "" then rows[#rows + 1] = { name, value } end
end

function page.status(status) return html.fill('<span class="status %s">%s</span>', status, status) end

local function heading(run, content)
  local rows = {}
  add_fact(rows, "script", content.script.path)
  add_fact(rows, "seed", content.seed)
  add_fact(rows, "threads", content.threads)
  add_fact(rows, "started", moment(content.started))
  add_fact(rows, "ended", moment(content.ended))
  add_fact(rows, "duration", type(content.seconds) == "number" and durations.text(content.seconds) or nil)
  add_fact(rows, "gibbs", content.gibbs)
  local parts = { html.fill("<h1>%s</h1>\n<p>%r</p>\n", run.folder, page.status(run.status)) }
  if type(content.error) == "string" then parts[2] = html.fill('<p class="error" role="alert">%s</p>\n', content.error) end
  parts[#parts + 1] = html.facts(rows)
  return table.concat(parts)
end

-- ---- options and environment -------------------------------------------------------------------------------

local function names_of(values)
  local names = {}
  for name in pairs(type(values) == "table" and values or {}) do names[#names + 1] = tostring(name) end
  table.sort(names)
  return names
end

local function words(list)
  local texts = {}
  for i, word in ipairs(type(list) == "table" and list or {}) do texts[i] = tostring(word) end
  return table.concat(texts, " ")
end

local function options(body, content)
  local rows = {}
  for _, name in ipairs(names_of(content.options)) do
    local value = content.options[name]
    rows[#rows + 1] = { name, type(value) == "table" and words(value) or math.type(value) and value or tostring(value) }
  end
  local line = words(content.arguments)
  body:section("options", "Options",
    #rows > 0 and html.table("values of the script's options", { "option", "value" }, rows) or "<p>The script has no options.</p>\n",
    line ~= "" and html.fill("<p>On the command line: <code>%s</code></p>\n", line) or "")
end

local function environment(body, content)
  local rows = {}
  add_fact(rows, "gibbs", content.gibbs)
  for _, name in ipairs(names_of(content.libraries)) do add_fact(rows, name, tostring(content.libraries[name])) end
  local processor = type(content.processor) == "table" and content.processor or {}
  add_fact(rows, "processor", processor.name)
  add_fact(rows, "its features", words(processor.features))
  add_fact(rows, "threads", content.threads)
  add_fact(rows, "directory", content.directory)
  body:section("environment", "Environment", html.facts(rows))
end

-- ---- metrics -----------------------------------------------------------------------------------------------

--- The last rows, of which the last is most asked for.
local function metrics_table(metrics)
  local rows, first = {}, math.max(1, metrics.count - MOST_ROWS + 1)
  for i = first, metrics.count do
    local row = {}
    for c, name in ipairs(metrics.names) do
      local value = metrics.columns[name][i]
      row[c] = value == value and value or ""
    end
    rows[#rows + 1] = row
  end
  local caption = first > 1 and ("the last %d of %d rows of metrics.csv"):format(#rows, metrics.count) or "metrics.csv"
  return "<details><summary>Values in a table</summary>" .. html.table(caption, metrics.names, rows) .. "</details>\n"
end

local function metrics(body, folder)
  local found, wrong = gather.metrics(folder)
  if not found then
    if wrong then body:section("metrics", "Metrics", html.fill('<p class="error">%s</p>\n', wrong)) end
    return
  end
  local charts = {}
  for _, name in ipairs(gather.charted(found)) do
    local series, x_label, count = gather.curve(found, name)
    local note = count < found.count and ("a number in %d of %d rows"):format(count, found.count) or nil
    charts[#charts + 1] = body:chart(name, x_label, { series }, note)
  end
  body:section("metrics", "Metrics", '<div class="charts">\n', table.concat(charts), "</div>\n",
    "<noscript><p>The charts need JavaScript; the table has the values.</p></noscript>\n", metrics_table(found))
end

-- ---- figures and results -----------------------------------------------------------------------------------

local function figure(one)
  local address = html.data(one.ending, one.bytes)
  if one.ending == "pdf" then
    return html.fill('<figure><p><a download="%s" href="%r">%s</a></p><figcaption>figures/%s</figcaption></figure>\n',
      one.name, address, one.name, one.name)
  end
  return html.fill('<figure><img src="%r" alt="figure %s"><figcaption>figures/%s</figcaption></figure>\n', address, one.name, one.name)
end

local function figures(body, folder)
  local list = gather.figures(folder)
  if #list == 0 then return end
  local parts = {}
  for i, one in ipairs(list) do parts[i] = figure(one) end
  body:section("figures", "Figures", '<div class="figures">\n', table.concat(parts), "</div>\n")
end

local function saved(body, folder)
  local content, wrong = gather.results(folder)
  if not content and not wrong then return end
  body:section("results", "Results", content and results.markup(content) or html.fill('<p class="error">%s</p>\n', wrong))
end

-- ---- files, log and script ---------------------------------------------------------------------------------

local function files(body, content)
  if #content.files == 0 then return end
  local rows = {}
  for i, file in ipairs(content.files) do
    rows[i] = { tostring(file.path), tostring(file.how), file.bytes, { markup = html.fill('<span class="hash">%s</span>', file.sha256 or "") } }
  end
  body:section("files", "Files", html.table("files that the script used, beside itself", { "path", "how", "bytes", "SHA-256" }, rows))
end

local function log(body, folder)
  local text = gather.bytes(folder, "log.txt")
  if not text or text == "" then return end
  local lines = {}
  for line in (text:gsub("\n$", "") .. "\n"):gmatch "(.-)\n" do lines[#lines + 1] = line end
  local first = math.max(1, #lines - MOST_LINES + 1)
  local note = first > 1 and html.fill("<p>The last %s of %s lines.</p>\n", MOST_LINES, #lines) or ""
  body:section("log", "Log", note, html.fill('<pre tabindex="0">%s</pre>\n', table.concat(lines, "\n", first)))
end

local function script(body, content)
  local parts, number = {}, 0
  for line in (content.script.text:gsub("\r?\n$", "") .. "\n"):gmatch "(.-)\r?\n" do
    number = number + 1
    parts[number] = html.fill('<span id="line-%s">%s</span>', number, line)
  end
  body:section("script", "Script", html.fill('<p>%s, SHA-256 <span class="hash">%s</span></p>\n', content.script.path, content.script.sha256),
    '<pre class="script" tabindex="0"><code>', table.concat(parts), "</code></pre>\n")
end

---The page of a run.
---@param run gibbs.Recorded
---@return string
function page.of(run)
  local body, content = new_body(), run.manifest
  options(body, content)
  metrics(body, run.folder)
  figures(body, run.folder)
  saved(body, run.folder)
  environment(body, content)
  files(body, content)
  log(body, run.folder)
  script(body, content)
  return html.page(run.folder, body:markup(heading(run, content)), { charts = body.charts })
end

return page
