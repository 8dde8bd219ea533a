--- gibbs list: the rows of the core's lists, a line each.

local gibbs = require "gibbs"
local kinds = require "gibbs.kinds"

--- list -> what gives its rows { name, doc }
local lists = { kernels = gibbs.kernels, objectives = gibbs.objectives }
local names = {}
for name in pairs(lists) do names[#names + 1] = name end
table.sort(names)

local function print_list(name)
  local rows, width = lists[name](), 0
  for _, row in ipairs(rows) do width = math.max(width, #row.name) end
  for _, row in ipairs(rows) do print(("  %s%s  %s"):format(row.name, (" "):rep(width - #row.name), row.doc)) end
end

return {
  usage = "[" .. table.concat(names, "|") .. "]",
  what = "Prints what gibbs has of a kind, one a line; without a word, all kinds.",
  words = { "kind?" },
  run = function(given)
    if given.kind then
      if not lists[given.kind] then
        require("gibbs.command").refuse(("'%s' is no list; it must be %s"):format(given.kind, kinds.choice(names).legal))
      end
      print_list(given.kind)
      return
    end
    for i, name in ipairs(names) do
      print((i > 1 and "\n" or "") .. name)
      print_list(name)
    end
  end,
}
