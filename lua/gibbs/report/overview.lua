--- The page of several runs: a table of all, and their metrics in common charts.

local access = require "gibbs.access"
local recorded = require "gibbs.recorded"
local durations = require "gibbs.durations"
local html = require "gibbs.report.html"
local gather = require "gibbs.report.gather"
local page = require "gibbs.report.page"

local overview = {}

local MOST_CURVES = 40 -- in one chart

local function option_of(run, name)
  local options = run.manifest and run.manifest.options
  local value = type(options) == "table" and options[name]
  return value ~= nil and value ~= false and (math.type(value) or type(value) ~= "table") and value or nil
end

local function differs(runs, pick)
  local first, seen
  for _, run in ipairs(runs) do
    if run.manifest then
      local text = tostring(pick(run))
      if seen and text ~= first then return true end
      first, seen = text, true
    end
  end
  return false
end

local function differing_options(runs)
  local names = {}
  for _, name in ipairs(recorded.keys(runs, "options")) do
    if differs(runs, function(run) return option_of(run, name) end) then names[#names + 1] = name end
  end
  return names
end

--- The folder of a run as it is seen from the folder of all.
local function short(root, run)
  return run.folder:sub(1, #root + 1) == root .. "/" and run.folder:sub(#root + 2) or run.folder
end

local function escape_path(path)
  return (path:gsub("[^%w/._~-]", function(byte) return ("%%%02X"):format(byte:byte()) end))
end

--- A name, and where its own report lies if it has one.
local function name_cell(root, run, beside)
  local name = short(root, run)
  local file = beside and access.raw.open(recorded.join(run.folder, "report.html"), "rb")
  if not file then return { markup = html.fill("%s", name) } end
  file:close()
  return { markup = html.fill('<a href="%s/report.html">%s</a>', escape_path(name), name) }
end

local function runs_table(root, runs, options, beside)
  local header, rows = { "run", "status" }, {}
  table.move(options, 1, #options, 3, header)
  header[#header + 1] = "seed"
  header[#header + 1] = "duration"
  local names = recorded.metrics(recorded.last_rows(runs), false)
  table.move(names, 1, #names, #header + 1, header)
  for r, run in ipairs(runs) do
    local row = { name_cell(root, run, beside), { markup = page.status(run.status) } }
    for _, name in ipairs(options) do row[#row + 1] = option_of(run, name) or "" end
    local content, last = run.manifest or {}, recorded.last_rows({ run })[1]
    row[#row + 1] = content.seed or ""
    row[#row + 1] = type(content.seconds) == "number" and { number = durations.text(content.seconds) } or ""
    for _, name in ipairs(names) do row[#row + 1] = { number = html.minus(recorded.metric_text(last, name) or "") } end
    rows[r] = row
  end
  return html.table(("%d runs in %s"):format(#runs, root), header, rows)
end

--- What tells a run from the others: its differing options, and its seed where these leave it open.
local function label_of(root, run, options, seeds)
  local words = {}
  for _, name in ipairs(options) do
    local value = option_of(run, name)
    words[#words + 1] = ("%s %s"):format(name, value == nil and "none" or math.type(value) and html.number(value) or tostring(value))
  end
  if seeds then words[#words + 1] = ("seed %s"):format(tostring(run.manifest.seed)) end
  return #words > 0 and table.concat(words, ", ") or short(root, run)
end

local function charts(body, root, runs, options)
  local order, by_name, x_labels, left = {}, {}, {}, 0
  local seeds = differs(runs, function(run) return run.manifest.seed end)
  for _, run in ipairs(runs) do
    local metrics = run.manifest and gather.metrics(run.folder)
    for _, name in ipairs(metrics and gather.charted(metrics) or {}) do
      if not by_name[name] then order[#order + 1], by_name[name] = name, {} end
      if #by_name[name] < MOST_CURVES then
        local list = by_name[name]
        list[#list + 1], x_labels[name] = gather.curve(metrics, name, label_of(root, run, options, seeds))
      else
        left = left + 1
      end
    end
  end
  if #order == 0 then return end
  local parts = {}
  for i, name in ipairs(order) do parts[i] = body:chart(name, x_labels[name], by_name[name]) end
  body:section("metrics", "Metrics", '<div class="charts">\n', table.concat(parts), "</div>\n",
    left > 0 and html.fill("<p>A chart shows at most %s runs.</p>\n", MOST_CURVES) or "")
end

local function errors(body, runs)
  local rows = {}
  for _, run in ipairs(runs) do
    local message = run.wrong or run.manifest and run.manifest.error
    if type(message) == "string" then rows[#rows + 1] = { run.folder, run.status, message } end
  end
  if #rows > 0 then body:section("errors", "What went wrong", html.table("runs with an error", { "run", "status", "error" }, rows)) end
end

---The page of the runs below a folder.
---@param root string
---@param runs gibbs.Recorded[]
---@param beside boolean   the page lies in that folder, so that it can lead to others there
---@return string
function overview.of(root, runs, beside)
  local body, options = page.new_body(), differing_options(runs)
  body:section("runs", "Runs", runs_table(root, runs, options, beside))
  errors(body, runs)
  charts(body, root, runs, options)
  return html.page(root, body:markup(html.fill("<h1>%s</h1>\n", root)), { charts = body.charts })
end

return overview
