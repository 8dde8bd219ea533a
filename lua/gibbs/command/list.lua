--- gibbs list: the rows of the core's lists.

local _, core = ...
local doc = require "gibbs.doc"
local page = require "gibbs.page"
local kinds = require "gibbs.kinds"

local names, lists = {}, {}
for i, list in ipairs(doc.catalog().lists) do
  names[i] = list.name
  lists[list.name] = list
end

--- In a pipe every row has a line of its own, whatever its length.
local function width()
  local columns = core.host and core.host.terminal()
  return columns and require("gibbs.manual").width() or math.maxinteger
end

local function overview()
  local rows = {}
  for i, name in ipairs(names) do
    rows[i] = { name = name, doc = ("%s (%d)"):format(lists[name].doc, #lists[name].rows) }
  end
  return page.list({ name = "gibbs list", doc = "what there is a list of", rows = rows }, width())
end

return {
  usage = "[KIND]",
  what = ("Prints what gibbs has of a kind, one a line:\n%s.\nWithout a word, what there is a list of.  gibbs doc NAME says more of one.")
    :format(table.concat(names, ", ")),
  words = { "kind?" },
  run = function(given)
    if given.kind and not lists[given.kind] then
      local choice = kinds.choice(names)
      require("gibbs.command").refuse(("'%s' is no list; it must be %s%s"):format(given.kind, choice.legal,
        core.hint(given.kind, choice.words)))
    end
    local lines = given.kind and page.list(lists[given.kind], width()) or overview()
    io.stdout:write(table.concat(lines, "\n"), "\n")
  end,
}
