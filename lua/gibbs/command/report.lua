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

local function write(path, page)
  check_target(path)
  local ok, failure = pcall(core.write_bytes, "", path, page)
  if not ok then command.fail((tostring(failure):gsub("^.-: ", "", 1))) end
  print(path)
end

local function own_place(folder) return recorded.join(folder, "report.html") end

--- The pages of single runs come first, so that the one of all can lead to them.
local function write_each(runs)
  for _, run in ipairs(runs) do
    if run.manifest then write(own_place(run.folder), require("gibbs.report.page").of(run)) end
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
    { name = "each", default = false, help = "of several runs, write the page of each one too, into its folder" },
  },
  run = function(given)
    local folder = given.dir:gsub("(.)/+$", "%1")
    local path = given.out ~= "" and given.out or own_place(folder)
    if not path:match "%.html?$" then command.refuse(("--out is '%s'; it must end in .html"):format(path)) end
    local runs, message = recorded.find(folder)
    if not runs then command.refuse(message) end
    if #runs == 0 then command.refuse(("there is no recorded run in '%s'"):format(folder)) end
    if given.each and not recorded.is_run(folder) then write_each(runs) end
    write(path, page_of(folder, runs, path == own_place(folder)))
  end,
}
