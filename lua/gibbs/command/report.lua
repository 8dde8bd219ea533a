--- gibbs report: a page of HTML about a recorded run, or about all runs below a folder.

local core = require "gibbs.core"
local access = require "gibbs.access"
local command = require "gibbs.command"
local recorded = require "gibbs.recorded"
local html = require "gibbs.report.html"

--- Reports are made again; what is none is kept.
local function check_target(path)
  local file = access.raw.open(path, "rb")
  if not file then return end
  local head = file:read(200) or ""
  file:close()
  if head ~= "" and not head:find(html.mark, 1, true) then
    command.fail(("'%s' exists and is no report; give another file with --out"):format(path))
  end
end

local function page_of(folder, runs, beside)
  if not recorded.is_run(folder) then return require("gibbs.report.overview").of(folder, runs, beside) end
  if not runs[1].manifest then command.fail(runs[1].wrong) end
  return require("gibbs.report.page").of(runs[1])
end

return {
  usage = "DIR [options]",
  what = "Writes a page about the recorded run in DIR: its status, options, environment, metrics as charts, figures, results, log and\n"
    .. "script.  Where DIR holds several runs, as a sweep leaves them, the page compares them.  The page is one file that needs\n"
    .. "no network.",
  words = { "dir" },
  options = {
    { name = "out", value = "FILE", default = "", help = "where the page goes; by default report.html in DIR" },
  },
  run = function(given)
    local folder = given.dir:gsub("(.)/+$", "%1")
    local runs, message = recorded.find(folder)
    if not runs then command.refuse(message) end
    if #runs == 0 then command.refuse(("there is no recorded run in '%s'"):format(folder)) end
    local own = recorded.join(folder, "report.html")
    local path = given.out ~= "" and given.out or own
    if not path:match "%.html?$" then command.refuse(("--out is '%s'; it must end in .html"):format(path)) end
    check_target(path)
    local ok, failure = pcall(core.write_bytes, "", path, page_of(folder, runs, path == own))
    if not ok then command.fail((tostring(failure):gsub("^: ", ""))) end
    print(path)
  end,
}
